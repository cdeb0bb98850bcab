#nullable disable
using Akka.Actor.Internal;

namespace Akka.Actor;

public partial class ActorCell
{
    private readonly Children _children = new();
    private long _childNumber = -1;

    public IEnumerable<IInternalActorRef> GetChildren() => _children.Refs;

    IEnumerable<IActorRef> IActorContext.GetChildren() => _children.Refs;

    public IActorRef Child(string name) => _children.ByName(name)?.Child ?? ActorRefs.Nobody;

    public IInternalActorRef GetSingleChild(string name)
    {
        var hash = name.IndexOf('#');
        var stats = _children.ByName(hash < 0 ? name : name[..hash]);
        if (stats == null || (hash >= 0 && stats.Uid.ToString() != name[(hash + 1)..]))
        {
            return ActorRefs.Nobody;
        }

        return stats.Child;
    }

    /// <summary>Stops a child; of any other actor it is no more than a request.</summary>
    public void Stop(IActorRef child)
    {
        _children.MarkDying(child);
        ((IInternalActorRef)child).Stop();
    }

    public void Stop() => ((IInternalActorRef)Self).Stop();

    internal IInternalActorRef MakeChild(Props props, string name, bool isSystemService)
    {
        if (name != null)
        {
            CheckName(name);
        }

        if (_children.IsTerminating)
        {
            throw new InvalidOperationException("Cannot create child while terminating or terminated");
        }

        var path = new ChildActorPath(Self.Path, name ?? NextAnonymousName(), ActorSystemImpl.NewUid());
        var child = SystemImpl.Provider.ActorOf(SystemImpl, props, (IInternalActorRef)Self, path);
        _children.Add(child);
        child.Start();
        return child;
    }

    /// <summary>Takes in a child that was made elsewhere: a guardian.</summary>
    internal void Adopt(IInternalActorRef child) => _children.Add(child);

    private static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw new InvalidActorNameException("Actor name must not be empty.");
        }

        if (!ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, not be empty, and only contain ASCII "
                + $"letters, digits and these special characters: `{ActorPath.ValidSymbols}`");
        }
    }

    /// <summary>Looked up only by a strategy that wants to know: with many children each death would cost a list of all.</summary>
    private IEnumerable<IInternalActorRef> RemainingChildren()
    {
        foreach (var child in _children.Refs)
        {
            yield return child;
        }
    }

    private string NextAnonymousName() => "$" + ShortNames.Of(Interlocked.Increment(ref _childNumber));

    private void HandleChildTerminated(IActorRef child)
    {
        var waitedFor = _children.Remove(child);
        try
        {
            SupervisorStrategyOfActor?.HandleChildTerminated(this, child, RemainingChildren());
        }
        catch (Exception e)
        {
            PublishError(e, "handleChildTerminated failed");
            HandleInvokeFailure(e);
        }

        switch (waitedFor)
        {
            case WaitingFor.Recreation recreation:
                FinishRecreate(recreation.Cause);
                ReplayWaitingSystemMessages();
                break;
            case WaitingFor.Creation:
                FinishCreate();
                ReplayWaitingSystemMessages();
                break;
            case WaitingFor.Termination:
                FinishTerminate();
                break;
        }
    }
}
