#nullable disable
using Akka.Util;

namespace Akka.Actor;

/// <summary>Where an actor system lives. In one process there is only the protocol and the name of the system.</summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>, IComparable, ISurrogated, ICloneable
{
    public static readonly Address AllSystems = new("akka", "all-systems");

    private readonly string _text;

    public Address(string protocol, string system, string host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
        _text = Host == null ? $"{Protocol}://{System}" : $"{Protocol}://{System}@{Host}:{Port}";
    }

    public string Protocol { get; }

    public string System { get; }

    public string Host { get; }

    public int? Port { get; }

    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    public bool HasGlobalScope => !HasLocalScope;

    public static bool operator ==(Address left, Address right) => Equals(left, right);

    public static bool operator !=(Address left, Address right) => !Equals(left, right);

    public static Address Parse(string address) =>
        TryParse(address, out var parsed) ? parsed : throw new ArgumentException($"Not an address: {address}", nameof(address));

    public static bool TryParse(string path, out Address address) => TryParse(path, out address, out _);

    /// <summary>Reads an address off the front of a path; what follows it comes back with its leading slash.</summary>
    public static bool TryParse(string path, out Address address, out string absolutUri)
    {
        address = null;
        absolutUri = null;
        var schemeEnd = path?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (schemeEnd <= 0)
        {
            return false;
        }

        var rest = path[(schemeEnd + 3)..];
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        absolutUri = slash < 0 ? "/" : rest[slash..];
        var at = authority.IndexOf('@');
        if (at < 0)
        {
            address = new Address(path[..schemeEnd], authority);
            return authority.Length > 0;
        }

        var colon = authority.LastIndexOf(':');
        if (colon < at || !int.TryParse(authority.AsSpan(colon + 1), out var port))
        {
            return false;
        }

        address = new Address(path[..schemeEnd], authority[..at], authority[(at + 1)..colon], port);
        return true;
    }

    public string HostPort() => Host == null ? System : $"{System}@{Host}:{Port}";

    public Address WithHost(string host = null) => new(Protocol, System, host, Port);

    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    public object Clone() => new Address(Protocol, System, Host, Port);

    public int CompareTo(Address other) => other is null ? 1 : string.CompareOrdinal(_text, other._text);

    int IComparable.CompareTo(object obj) => CompareTo(obj as Address);

    public bool Equals(Address other) => other is not null && _text == other._text;

    public override bool Equals(object obj) => obj is Address other && Equals(other);

    public override int GetHashCode() => _text.GetHashCode();

    public override string ToString() => _text;

    public ISurrogate ToSurrogate(ActorSystem system) =>
        new AddressSurrogate { Protocol = Protocol, System = System, Host = Host, Port = Port };

    public sealed class AddressSurrogate : ISurrogate
    {
        public string Protocol { get; set; }

        public string System { get; set; }

        public string Host { get; set; }

        public int? Port { get; set; }

        public ISurrogated FromSurrogate(ActorSystem system) => new Address(Protocol, System, Host, Port);
    }
}
