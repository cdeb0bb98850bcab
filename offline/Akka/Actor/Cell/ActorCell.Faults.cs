#nullable disable
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Start, failure, restart, stop.</summary>
public partial class ActorCell
{
    private Queue<SystemMessage> _waitingSystemMessages;
    private bool _failed;
    private IActorRef _perpetrator;
    private TimerScheduler _timers;

    public bool IsTerminated => _mailbox.IsClosed;

    private SupervisorStrategy SupervisorStrategyOfActor => _actor?.StrategyForChildren;

    internal TimerScheduler Timers => _timers ??= new TimerScheduler(this);

    /// <summary>While children are being waited for, everything that would change the state of this actor must wait too.</summary>
    private bool ShouldWait(SystemMessage message) =>
        message is Recreate or Dispatch.SysMsg.Suspend or Resume or Failed && _children.IsWaiting && !_children.IsTerminating;

    private void ReplayWaitingSystemMessages()
    {
        while (_waitingSystemMessages is { Count: > 0 } && !_children.IsWaiting)
        {
            Handle(_waitingSystemMessages.Dequeue());
        }
    }

    private void FirstStart()
    {
        try
        {
            NewInstance();
            _actor.AroundPreStart();
            RestartReceiveTimeout();
        }
        catch (Exception e)
        {
            DropInstance();
            throw new ActorInitializationException(Self, "Exception during creation", e);
        }
    }

    private void NewInstance()
    {
        _outerBehaviors = null;
        var instance = Props.NewActor();
        if (instance == null)
        {
            throw new ActorInitializationException(Self, "Actor instance passed to ActorOf can't be 'null'");
        }

        _actor = instance;
        _behavior = instance.DefaultReceive;
        (instance as IInitializableActor)?.Init();
        if (instance is IActorStash stashing)
        {
            stashing.Stash ??= StashFactory.CreateStash(this, stashing);
        }

        if (instance is IWithTimers timing)
        {
            timing.Timers = Timers;
        }
    }

    /// <summary>The instance has failed while it was made; nothing of it may be called again.</summary>
    private void DropInstance()
    {
        _timers?.CancelAll();
        _actor?.Clear(Self);
        _actor = null;
        _behavior = null;
        _outerBehaviors = null;
    }

    /// <summary>The instance ends in an orderly way: what it stashed goes back into the mailbox, before everything else.</summary>
    private void ReleaseInstance()
    {
        (_actor as IActorStash)?.Stash?.UnstashAll();
        Props.Release(_actor);
        DropInstance();
    }

    private void HandleInvokeFailure(Exception failure)
    {
        _mailbox.Suspend();
        if (_failed || _mailbox.IsClosed)
        {
            return;
        }

        _failed = true;
        SuspendChildren(except: _perpetrator);
        Parent.SendSystemMessage(new Failed(Self, failure, Self.Path.Uid));
    }

    private void HandleFailed(Failed failed)
    {
        var stats = _children.ByRef(failed.Child);
        if (stats == null || stats.Uid != failed.Uid)
        {
            return;
        }

        // The strategy may want to speak to the child that failed.
        _sender = failed.Child;
        _perpetrator = failed.Child;
        var strategy = SupervisorStrategyOfActor ?? SupervisorStrategy.DefaultStrategy;
        if (!strategy.HandleFailure(this, failed.Child, failed.Cause, stats, _children.Stats))
        {
            // Escalated: this actor fails with what its child failed with.
            HandleInvokeFailure(failed.Cause);
        }

        _perpetrator = _failed ? failed.Child : null;
    }

    private void FaultSuspend()
    {
        _mailbox.Suspend();
        SuspendChildren(except: null);
    }

    private void FaultResume(Exception causedByFailure)
    {
        if (_actor == null)
        {
            FaultCreate();
            return;
        }

        var perpetrator = _perpetrator;
        _mailbox.Resume();
        if (causedByFailure != null)
        {
            _failed = false;
            _perpetrator = null;
        }

        foreach (var child in _children.Refs)
        {
            child.Resume(child.Equals(perpetrator) ? causedByFailure : null);
        }

        RestartReceiveTimeout();
    }

    private void FaultRecreate(Exception cause)
    {
        if (_actor == null)
        {
            FaultCreate();
            return;
        }

        CancelReceiveTimeout();
        try
        {
            _actor.AroundPreRestart(cause, CurrentMessage);
        }
        catch (Exception e)
        {
            var wrapped = new PreRestartException(Self, e, cause, CurrentMessage);
            PublishError(wrapped, e.Message);
        }

        ReleaseInstance();
        CurrentMessage = null;
        if (!_children.WaitForDying(new WaitingFor.Recreation(cause)))
        {
            FinishRecreate(cause);
        }
    }

    private void FinishRecreate(Exception cause)
    {
        var survivors = _children.Refs;
        try
        {
            _mailbox.Resume();
            _failed = false;
            _perpetrator = null;
            NewInstance();
            _actor.AroundPostRestart(cause);
        }
        catch (Exception e)
        {
            // An instance that failed only afterwards stays, so that its PreRestart or PostStop can still clean up.
            HandleInvokeFailure(new PostRestartException(Self, e, cause));
            return;
        }

        RestartReceiveTimeout();
        foreach (var child in survivors)
        {
            child.Restart(cause);
        }
    }

    /// <summary>The first instance never came to life; start over without the children it may have had.</summary>
    private void FaultCreate()
    {
        StopReceiveTimeout();
        foreach (var child in _children.Refs)
        {
            Stop(child);
        }

        if (!_children.WaitForDying(new WaitingFor.Creation()))
        {
            FinishCreate();
        }
    }

    private void FinishCreate()
    {
        _mailbox.Resume();
        _failed = false;
        _perpetrator = null;
        try
        {
            FirstStart();
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
    }

    private void Terminate()
    {
        StopReceiveTimeout();
        UnwatchWatchedActors();
        foreach (var child in _children.Refs)
        {
            Stop(child);
        }

        var already = _children.IsTerminating;
        if (!_children.WaitForDying(new WaitingFor.Termination()))
        {
            FinishTerminate();
        }
        else if (!already)
        {
            // No user message comes through any more, and a failure on the way out is nobody's business.
            _mailbox.Suspend();
            _failed = true;
        }
    }

    private void FinishTerminate()
    {
        try
        {
            _actor?.AroundPostStop();
        }
        catch (Exception e)
        {
            PublishError(e, e.Message);
        }

        ReleaseInstance();
        UnwatchWatchedActors();
        _waitingSystemMessages = null;
        CurrentMessage = null;
        _mailbox.Close();
        Parent.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
        TellWatchersWeDied();
    }

    private void SuspendChildren(IActorRef except)
    {
        foreach (var child in _children.Refs)
        {
            if (!child.Equals(except))
            {
                child.Suspend();
            }
        }
    }
}
