using Akka.Actor;
using Akka.Event;
using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Lanes;

/// <summary>
/// A lane as its RedisActor sees it: where to send the lane's messages. Messages that arrive before the lane has started are kept, in order.
/// </summary>
/// <param name="number">From 1.</param>
internal sealed class Lane(int number)
{
    private Queue<Early>? _early = new();
    private IActorRef _commands = ActorRefs.Nobody;
    private IActorRef _supervisor = ActorRefs.Nobody;
    private CommandBatch? _gathered;

    public int Number => number;

    /// <summary>The lane's actor.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>Makes links to where the lane leads, with other settings.</summary>
    public Func<LinkSettings, IRedisLinkFactory> Links { get; init; } = static _ => throw new InvalidOperationException("The lane has no links.");

    /// <summary>Whether this is the lane's command actor.</summary>
    public bool IsTakenBy(IActorRef commands) => _commands.Equals(commands);

    /// <summary>Sends a command together with those that follow, at the latest when told to <see cref="SendGathered"/>.</summary>
    public void Gather(RedisCommand command, IActorRef sender)
    {
        _gathered ??= new CommandBatch();
        _gathered.Add(command, sender);
        if (_gathered.IsFull) SendGathered();
    }

    /// <summary>Sends the commands that have gathered.</summary>
    public void SendGathered()
    {
        if (_gathered is not { } batch) return;
        _gathered = null;
        Send(batch, null);
    }

    /// <summary>Sends to the command actor, behind what has gathered.</summary>
    public void ToCommands(object message, IActorRef? sender = null)
    {
        SendGathered();
        Send(message, sender);
    }

    private void Send(object message, IActorRef? sender)
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

    /// <summary>The lane has started or restarted.</summary>
    public void Started(LaneStarted message)
    {
        _commands = message.Commands;
        _supervisor = message.Supervisor;
        var early = _early;
        _early = null;
        if (early is null) return;
        foreach (var (what, sender, forSupervisor) in early) (forSupervisor ? _supervisor : _commands).Tell(what, sender);
    }

    /// <summary>The lane will never start: the messages it kept become dead letters, whose senders are answered.</summary>
    public void Strand(ActorSystem system, IActorRef redis)
    {
        while (_early?.TryDequeue(out var early) == true)
        {
            system.EventStream.Publish(new DeadLetter(early.Message, early.Sender ?? ActorRefs.Nobody, redis));
        }
    }

    private sealed record Early(object Message, IActorRef? Sender, bool ForSupervisor);
}
