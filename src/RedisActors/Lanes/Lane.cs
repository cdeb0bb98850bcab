using Akka.Actor;
using Akka.Event;

namespace RedisActors.Lanes;

/// <summary>
/// A lane as its RedisActor sees it: where to send what is meant for it. What comes before the lane has started is kept, in order.
/// </summary>
/// <param name="number">From 1.</param>
internal sealed class Lane(int number)
{
    private Queue<Early>? _early = new();
    private IActorRef _commands = ActorRefs.Nobody;
    private IActorRef _supervisor = ActorRefs.Nobody;

    public int Number => number;

    /// <summary>The lane's actor.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>Whether this is the actor that takes the lane's commands.</summary>
    public bool IsTakenBy(IActorRef commands) => _commands.Equals(commands);

    /// <summary>Sends to the actor that takes the commands.</summary>
    public void ToCommands(object message, IActorRef? sender = null)
    {
        if (_early is null) _commands.Tell(message, sender);
        else _early.Enqueue(new Early(message, sender, ForSupervisor: false));
    }

    /// <summary>Sends to the supervisor.</summary>
    public void ToSupervisor(object message, IActorRef? sender = null)
    {
        if (_early is null) _supervisor.Tell(message, sender);
        else _early.Enqueue(new Early(message, sender, ForSupervisor: true));
    }

    /// <summary>The lane has started, or started anew.</summary>
    public void Started(LaneStarted message)
    {
        _commands = message.Commands;
        _supervisor = message.Supervisor;
        var early = _early;
        _early = null;
        if (early is null) return;
        foreach (var (what, sender, forSupervisor) in early) (forSupervisor ? _supervisor : _commands).Tell(what, sender);
    }

    /// <summary>Nobody will take what came too early: it is left to the dead letters, where its senders are answered.</summary>
    public void Strand(ActorSystem system, IActorRef redis)
    {
        while (_early?.TryDequeue(out var early) == true)
        {
            system.EventStream.Publish(new DeadLetter(early.Message, early.Sender, redis));
        }
    }

    private sealed record Early(object Message, IActorRef? Sender, bool ForSupervisor);
}
