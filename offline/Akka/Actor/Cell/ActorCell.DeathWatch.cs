#nullable disable
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

public partial class ActorCell
{
    private static readonly object PlainTerminated = new();

    private Dictionary<IActorRef, object> _watching;
    private Dictionary<IActorRef, object> _terminatedQueued;
    private HashSet<IInternalActorRef> _watchedBy;

    public IActorRef Watch(IActorRef subject) => WatchFor(subject, PlainTerminated);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return WatchFor(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        if (_watching != null && _watching.Remove(subject))
        {
            ((IInternalActorRef)subject).SendSystemMessage(new Unwatch((IInternalActorRef)subject, (IInternalActorRef)Self));
        }

        _terminatedQueued?.Remove(subject);
        return subject;
    }

    /// <summary>A death notice goes back into the mailbox from a stash and must be accepted a second time.</summary>
    internal void TerminatedQueuedAgain(IActorRef subject) => (_terminatedQueued ??= [])[subject] = PlainTerminated;

    protected void ReceivedTerminated(Terminated terminated)
    {
        if (_terminatedQueued == null || !_terminatedQueued.Remove(terminated.ActorRef, out var message))
        {
            return;
        }

        if (!ReferenceEquals(message, PlainTerminated))
        {
            CurrentMessage = message;
        }

        ReceiveMessage(CurrentMessage);
    }

    private IActorRef WatchFor(IActorRef subject, object message)
    {
        if (subject.Equals(Self))
        {
            return subject;
        }

        // Whoever watches already goes on as before: another message takes an Unwatch first.
        _watching ??= [];
        if (_watching.TryAdd(subject, message))
        {
            ((IInternalActorRef)subject).SendSystemMessage(new Watch((IInternalActorRef)subject, (IInternalActorRef)Self));
        }

        return subject;
    }

    private void WatchedActorTerminated(DeathWatchNotification notification)
    {
        var dead = notification.Actor;
        if (_watching != null && _watching.Remove(dead, out var message) && !_children.IsTerminating)
        {
            (_terminatedQueued ??= [])[dead] = message;
            Self.Tell(new Terminated(dead, notification.ExistenceConfirmed, notification.AddressTerminated), dead);
        }

        if (_children.ByRef(dead) != null)
        {
            HandleChildTerminated(dead);
        }
    }

    private void AddWatcher(Watch watch)
    {
        if (watch.Watchee.Equals(Self) && !watch.Watcher.Equals(Self))
        {
            (_watchedBy ??= []).Add(watch.Watcher);
        }
    }

    private void RemoveWatcher(Unwatch unwatch)
    {
        if (unwatch.Watchee.Equals(Self))
        {
            _watchedBy?.Remove(unwatch.Watcher);
        }
    }

    /// <summary>The parent is told apart from the watchers, and so once only.</summary>
    private void TellWatchersWeDied()
    {
        foreach (var watcher in _watchedBy ?? [])
        {
            if (!watcher.Equals(Parent))
            {
                watcher.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
            }
        }

        _watchedBy = null;
    }

    private void UnwatchWatchedActors()
    {
        foreach (var subject in _watching?.Keys ?? Enumerable.Empty<IActorRef>())
        {
            ((IInternalActorRef)subject).SendSystemMessage(new Unwatch((IInternalActorRef)subject, (IInternalActorRef)Self));
        }

        _watching = null;
        _terminatedQueued = null;
    }
}
