using Akka.Actor;

namespace RedisActors.Commands;

/// <summary>No more commands are taken; whoever asked for that is told when none is left, or time is up.</summary>
internal sealed class CommandDrain
{
    private readonly List<IActorRef> _askers = [];
    private long _deadline;

    public bool HasBegun { get; private set; }

    /// <summary>Takes no more commands from now on. Where that was asked for before, the new time limit holds for all who asked.</summary>
    public void Begin(IActorRef asker, TimeSpan timeout, long now)
    {
        HasBegun = true;
        _askers.Add(asker);
        _deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : now + (long)timeout.TotalMilliseconds;
    }

    /// <summary>Whether nothing is left to wait for.</summary>
    public bool IsOver(int unfinished, long now) => unfinished == 0 || now >= _deadline;

    /// <summary>Tells all who asked how many commands were not answered by then.</summary>
    public void Tell(int unfinished, IActorRef sender)
    {
        foreach (var asker in _askers) asker.Tell(new DrainedCommands(unfinished), sender);
        _askers.Clear();
    }
}
