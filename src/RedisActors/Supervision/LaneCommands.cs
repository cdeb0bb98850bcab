using Akka.Actor;
using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Supervision;

/// <summary>What a supervisor tells the actor that takes its lane's commands; one that attaches later is told how things stand.</summary>
internal sealed class LaneCommands(SupervisorMemory memory, string connection) : IDisposable
{
    private LinkUp? _link;
    private string? _whyNoMoreLinks;
    private IDisposable? _shown;

    /// <summary>The link there is; null: none.</summary>
    public IRedisLink? Link => _link?.Link;

    public void Attach(AttachCommands message)
    {
        memory.Commands = message.Commands;
        Show(message.Gauges);
        if (_link is not null) memory.Commands.Tell(_link);
        if (_whyNoMoreLinks is { } why) memory.Commands.Tell(new NoMoreLinks(why));
    }

    /// <summary>Whoever measures, and who hears of a return, is told of these, until this is disposed of.</summary>
    public void Show(LaneGauges gauges)
    {
        memory.Gauges = gauges;
        _shown?.Dispose();
        _shown = RedisMetrics.Show(connection, memory.Lane, gauges.InFlight, gauges.Stashed);
    }

    /// <summary>Commands flow over this link from now on.</summary>
    public void LinkUp(long epoch, IRedisLink link)
    {
        _whyNoMoreLinks = null;
        _link = new LinkUp(epoch, link);
        memory.Commands.Tell(_link);
    }

    /// <summary>The link is gone and disposed of.</summary>
    public void LinkDown(long epoch, string cause)
    {
        _link = null;
        memory.Commands.Tell(new LinkDown(epoch, cause));
    }

    /// <summary>The link is to be left in good order.</summary>
    public void Leave(string reason) => memory.Commands.Tell(new LeaveLink(reason));

    /// <summary>There is no link to wait for.</summary>
    public void Answer(string why)
    {
        _whyNoMoreLinks = why;
        memory.Commands.Tell(new NoMoreLinks(why));
    }

    /// <summary>There may be a link again.</summary>
    public void LetWait()
    {
        if (_whyNoMoreLinks is null) return;
        _whyNoMoreLinks = null;
        memory.Commands.Tell(LinksAgain.Instance);
    }

    public void Dispose() => _shown?.Dispose();
}
