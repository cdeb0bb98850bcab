#nullable disable
using Akka.Util;

namespace Akka.Actor;

/// <summary>The name of an actor from the root down. <see cref="Uid"/> tells apart actors that bore the same name in turn.</summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>, ISurrogated
{
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    private readonly ActorPath _parent;
    private string _text;
    private IReadOnlyList<string> _elements;

    protected ActorPath(Address address, string name)
    {
        Address = address;
        Name = name;
    }

    protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        _parent = parentPath;
        Address = parentPath.Address;
        Name = name;
        Uid = uid;
        Depth = parentPath.Depth + 1;
    }

    public Address Address { get; }

    public string Name { get; }

    public long Uid { get; }

    public int Depth { get; }

    public ActorPath Parent => _parent ?? this;

    public ActorPath Root => ParentOf(0);

    public IReadOnlyList<string> Elements => _elements ??= CollectElements();

    public static ActorPath operator /(ActorPath path, string name) => path.Child(name);

    public static ActorPath operator /(ActorPath path, IEnumerable<string> names) => names.Aggregate(path, (at, name) => at.Child(name));

    public static bool operator ==(ActorPath left, ActorPath right) => Equals(left, right);

    public static bool operator !=(ActorPath left, ActorPath right) => !Equals(left, right);

    public static string FormatPathElements(IEnumerable<string> pathElements) => string.Join("/", pathElements);

    public static bool IsValidPathElement(string s) =>
        !string.IsNullOrEmpty(s) && s[0] != '$' && s.All(c => char.IsAsciiLetterOrDigit(c) || c == '%' || ValidSymbols.Contains(c));

    public static ActorPath Parse(string path) =>
        TryParse(path, out var parsed) ? parsed : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    public static bool TryParse(string path, out ActorPath actorPath)
    {
        actorPath = null;
        if (!Address.TryParse(path, out var address, out var rest))
        {
            return false;
        }

        actorPath = new RootActorPath(address);
        foreach (var element in rest.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            actorPath = actorPath.Child(element);
        }

        return true;
    }

    /// <summary>The path one below, its uid split off if <paramref name="childName"/> ends in <c>#uid</c>.</summary>
    public ActorPath Child(string childName)
    {
        var hash = childName.IndexOf('#');
        return hash < 0
            ? new ChildActorPath(this, childName, 0)
            : new ChildActorPath(this, childName[..hash], long.TryParse(childName.AsSpan(hash + 1), out var uid) ? uid : 0);
    }

    public ActorPath ParentOf(int depth)
    {
        var path = this;
        while (path.Depth > depth && path._parent is not null)
        {
            path = path._parent;
        }

        return path;
    }

    public ActorPath WithUid(long uid) => _parent is null || uid == Uid ? this : new ChildActorPath(_parent, Name, uid);

    public string ToStringWithoutAddress() => "/" + FormatPathElements(Elements);

    public string ToStringWithAddress() => ToString();

    public string ToStringWithAddress(Address address) => (Address.HasGlobalScope ? Address : address) + ToStringWithoutAddress();

    public string ToStringWithUid() => Uid == 0 ? ToString() : $"{this}#{Uid}";

    public string ToSerializationFormat() => ToStringWithUid();

    public string ToSerializationFormatWithAddress(Address address) =>
        Uid == 0 ? ToStringWithAddress(address) : $"{ToStringWithAddress(address)}#{Uid}";

    public bool Equals(ActorPath other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || Depth != other.Depth || !Address.Equals(other.Address))
        {
            return false;
        }

        ActorPath mine = this, theirs = other;
        while (mine is not null)
        {
            if (ReferenceEquals(mine, theirs))
            {
                return true;
            }

            if (mine.Name != theirs.Name)
            {
                return false;
            }

            mine = mine._parent;
            theirs = theirs._parent;
        }

        return true;
    }

    public override bool Equals(object obj) => obj is ActorPath other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Address, Name, Depth);

    public int CompareTo(ActorPath other) => string.CompareOrdinal(ToString(), other?.ToString());

    public override string ToString() => _text ??= Address + ToStringWithoutAddress();

    public ISurrogate ToSurrogate(ActorSystem system) => new Surrogate(ToSerializationFormat());

    private string[] CollectElements()
    {
        var elements = new string[Depth];
        for (var path = this; path.Depth > 0; path = path._parent)
        {
            elements[path.Depth - 1] = path.Name;
        }

        return elements;
    }

    public sealed class Surrogate : ISurrogate
    {
        public Surrogate(string path)
        {
            Path = path;
        }

        public string Path { get; }

        public ISurrogated FromSurrogate(ActorSystem system) => Parse(Path);
    }
}

public sealed class RootActorPath : ActorPath
{
    public RootActorPath(Address address, string name = "")
        : base(address, name)
    {
    }
}

public sealed class ChildActorPath : ActorPath
{
    public ChildActorPath(ActorPath parentPath, string name, long uid)
        : base(parentPath, name, uid)
    {
    }
}
