#nullable disable
using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Where an actor keeps messages that it cannot handle yet.</summary>
public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    /// <summary>False whenever <see cref="Capacity"/> is -1.</summary>
    bool IsFull { get; }

    /// <summary>How many messages there is room for, or -1 for any number.</summary>
    int Capacity { get; }

    /// <summary>Keeps the message that is being handled.</summary>
    void Stash();

    /// <summary>Puts the oldest message back, before everything else in the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages back, in their order, before everything else in the mailbox.</summary>
    void UnstashAll();

    /// <summary>The same for those messages that fit; the others are dropped from the stash too.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Takes all messages out and hands them over.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts messages before those that are stashed already.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);
}

public interface IActorStash
{
    IStash Stash { get; set; }
}

public interface IWithUnrestrictedStash : IActorStash
{
}

public interface IWithStash : IWithUnrestrictedStash, IRequiresMessageQueue<IDequeBasedMessageQueueSemantics>
{
}

public interface IWithUnboundedStash : IWithUnrestrictedStash, IRequiresMessageQueue<IUnboundedDequeBasedMessageQueueSemantics>
{
}

public static class StashFactory
{
    public static IStash CreateStash<T>(this IActorContext context)
        where T : ActorBase => CreateStash(context, typeof(T));

    public static IStash CreateStash(this IActorContext context, IActorStash actorInstance) =>
        CreateStash(context, actorInstance.GetType());

    public static IStash CreateStash(this IActorContext context, Type actorType) =>
        new Internal.MailboxStash((ActorCell)context, unbounded: typeof(IWithUnboundedStash).IsAssignableFrom(actorType));
}
