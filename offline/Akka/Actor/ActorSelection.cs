#nullable disable
using System.Text.RegularExpressions;

namespace Akka.Actor;

/// <summary>A path, possibly with wildcards, that is looked up each time something is told to it.</summary>
public class ActorSelection : ICanTell
{
    public ActorSelection()
    {
    }

    public ActorSelection(IActorRef anchor, SelectionPathElement[] path)
    {
        Anchor = anchor;
        Path = path;
    }

    public ActorSelection(IActorRef anchor, string path)
        : this(anchor, path.Split('/'))
    {
    }

    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
        : this(anchor, elements.Where(e => e.Length > 0).Select(SelectionPathElement.Of).ToArray())
    {
    }

    public IActorRef Anchor { get; }

    public SelectionPathElement[] Path { get; }

    public string PathString => "/" + string.Join("/", Path.Select(p => p.ToString()));

    public void Tell(object message, IActorRef sender = null)
    {
        sender ??= ActorCell.GetCurrentSelfOrNoSender();
        if (Path.Length == 0)
        {
            Anchor.Tell(message, sender);
        }
        else
        {
            ActorSelectionDelivery.Deliver(
                (IInternalActorRef)Anchor, sender, new ActorSelectionMessage(message, Path, Path.Any(p => p is SelectChildPattern)));
        }
    }

    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <summary>Asks who is there; <see cref="ActorNotFoundException"/> if nobody answers in time.</summary>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(null), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException("subject was null");
        }
        catch (Exception e)
        {
            throw new ActorNotFoundException("Exception occurred while resolving ActorSelection", e);
        }
    }

    public override bool Equals(object obj) => obj is ActorSelection other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Anchor, PathString);

    public override string ToString() => $"ActorSelection[Anchor({Anchor.Path}), Path({PathString})]";

    protected bool Equals(ActorSelection other) => Equals(Anchor, other.Anchor) && PathString == other.PathString;
}

public abstract class SelectionPathElement
{
    internal static SelectionPathElement Of(string element) => element switch
    {
        ".." => SelectParent.Instance,
        _ when element.Contains('*') || element.Contains('?') => new SelectChildPattern(element),
        _ => new SelectChildName(element),
    };
}

public class SelectChildName : SelectionPathElement
{
    public SelectChildName(string name)
    {
        Name = name;
    }

    public string Name { get; }

    public override string ToString() => Name;
}

public class SelectChildPattern : SelectionPathElement
{
    private readonly Regex _pattern;

    public SelectChildPattern(string patternStr)
    {
        PatternStr = patternStr;
        _pattern = new Regex($"^{Regex.Escape(patternStr).Replace("\\*", ".*").Replace("\\?", ".")}$");
    }

    public string PatternStr { get; }

    public override string ToString() => PatternStr;

    internal bool Fits(string name) => _pattern.IsMatch(name);
}

public class SelectParent : SelectionPathElement
{
    public static readonly SelectParent Instance = new();

    public override string ToString() => "..";
}

public class ActorSelectionMessage : IAutoReceivedMessage, IPossiblyHarmful, IWrappedMessage
{
    public ActorSelectionMessage(object message, SelectionPathElement[] elements, bool wildCardFanOut = false)
    {
        Message = message;
        Elements = elements;
        WildCardFanOut = wildCardFanOut;
    }

    public object Message { get; }

    public SelectionPathElement[] Elements { get; }

    public bool WildCardFanOut { get; }

    public override string ToString() =>
        $"ActorSelectionMessage - Message: {Message} - WildCartFanOut: {WildCardFanOut} - Elements: {string.Join("/", Elements.Select(e => e.ToString()))}";
}

internal static class ActorSelectionDelivery
{
    /// <summary>Walks down from the anchor and tells everyone whom the path names, or the place where the way ended.</summary>
    public static void Deliver(IInternalActorRef anchor, IActorRef sender, ActorSelectionMessage selected)
    {
        var provider = anchor.Provider;
        var at = new List<IInternalActorRef> { anchor };
        foreach (var element in selected.Elements)
        {
            at = at.SelectMany(from => Next(from, element)).ToList();
            if (at.Count == 0)
            {
                if (!selected.WildCardFanOut)
                {
                    var missing = anchor.Path / selected.Elements.Select(e => e.ToString());
                    new EmptyLocalActorRef(provider, missing, ((Internal.LocalActorRefProvider)provider).EventStream)
                        .Tell(selected, sender);
                }

                return;
            }
        }

        foreach (var receiver in at)
        {
            receiver.Tell(selected.Message, sender);
        }
    }

    private static IEnumerable<IInternalActorRef> Next(IInternalActorRef from, SelectionPathElement element)
    {
        switch (element)
        {
            case SelectParent:
                return from.Parent.IsNobody() ? [from] : [from.Parent];
            case SelectChildName named:
                var child = from.GetChild([named.Name]);
                return child.IsNobody() ? [] : [(IInternalActorRef)child];
            case SelectChildPattern pattern when from is LocalActorRef local:
                return local.Children.Cast<IInternalActorRef>().Where(c => pattern.Fits(c.Path.Name));
            default:
                return [];
        }
    }
}
