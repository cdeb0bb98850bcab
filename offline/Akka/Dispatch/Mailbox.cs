#nullable disable
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch.MessageQueues;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// The messages of one actor and the guarantee that one thread at a time works on them.
/// </summary>
/// <remarks>
/// A sender enqueues first and looks at the status after a full fence; the worker sets the status first and looks at the
/// queue after a full fence. So at least one of the two sees the other, and no message is left lying with nobody at work.
/// The count of suspensions is written by the worker only.
/// </remarks>
public class Mailbox : IRunnable
{
    private const int Idle = 0;
    private const int Scheduled = 1;
    private const int Closed = 2;

    private static readonly SystemMessage ClosedMark = new Terminate();

    private readonly IMessageQueue _queue;
    private ActorCell _cell;
    private SystemMessage _systemMessages;
    private int _suspensions;
    private int _status;

    public Mailbox(IMessageQueue messageQueue)
    {
        _queue = messageQueue;
    }

    public IMessageQueue MessageQueue => _queue;

    public MessageDispatcher Dispatcher { get; private set; }

    internal bool IsClosed => Volatile.Read(ref _status) == Closed;

    internal bool IsSuspended => Volatile.Read(ref _suspensions) > 0;

    private bool HasWork =>
        Volatile.Read(ref _systemMessages) != null || (Volatile.Read(ref _suspensions) == 0 && _queue.HasMessages);

    public virtual void SetActor(ActorCell actorCell)
    {
        _cell = actorCell;
        Dispatcher = actorCell.Dispatcher;
    }

    public void Run()
    {
        var before = InternalCurrentActorCellKeeper.Current;
        InternalCurrentActorCellKeeper.Current = _cell;
        try
        {
            RunSystemMessages();
            if (_suspensions == 0 && _status != Closed)
            {
                RunUserMessages();
            }
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = before;
            LeaveOrContinue();
        }
    }

    public void Execute() => Run();

    /// <summary>Everything still here becomes dead letters.</summary>
    public virtual void CleanUp() => _queue.CleanUp(_cell.Self, _cell.SystemImpl.DeadLetterQueue);

    internal void Post(in Envelope envelope)
    {
        _queue.Enqueue(_cell.Self, envelope);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _status) != Scheduled)
        {
            AfterEnqueue();
        }
    }

    internal void PostSystem(SystemMessage message)
    {
        SystemMessage head;
        do
        {
            head = Volatile.Read(ref _systemMessages);
            if (ReferenceEquals(head, ClosedMark))
            {
                _cell.SystemMessageAfterDeath(message);
                return;
            }

            message.Next = head;
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _systemMessages, message, head), head));

        TrySchedule();
    }

    internal void Suspend() => _suspensions++;

    internal void Resume()
    {
        if (_suspensions > 0)
        {
            _suspensions--;
        }
    }

    /// <summary>The actor has stopped. Called by the worker; from here on every message is a dead letter.</summary>
    internal void Close()
    {
        Volatile.Write(ref _status, Closed);
        var rest = Oldest(Interlocked.Exchange(ref _systemMessages, ClosedMark));
        while (rest != null)
        {
            var next = rest.Next;
            rest.Next = null;
            _cell.SystemMessageAfterDeath(rest);
            rest = next;
        }

        CleanUp();
    }

    private void AfterEnqueue()
    {
        if (IsClosed)
        {
            CleanUp();
        }
        else if (HasWork)
        {
            TrySchedule();
        }
    }

    private void TrySchedule()
    {
        if (Volatile.Read(ref _status) == Idle && Interlocked.CompareExchange(ref _status, Scheduled, Idle) == Idle)
        {
            Dispatcher.Schedule(this);
        }
    }

    private void RunUserMessages()
    {
        var left = Dispatcher.Throughput;
        while (left-- > 0 && _queue.TryDequeue(out var envelope))
        {
            _cell.Invoke(envelope);
            if (Volatile.Read(ref _systemMessages) != null)
            {
                RunSystemMessages();
            }

            if (_suspensions > 0 || _status == Closed)
            {
                return;
            }
        }
    }

    private void RunSystemMessages()
    {
        while (Volatile.Read(ref _systemMessages) is { } head && !ReferenceEquals(head, ClosedMark))
        {
            var message = Oldest(Interlocked.Exchange(ref _systemMessages, null));
            while (message != null)
            {
                var next = message.Next;
                message.Next = null;
                if (_status == Closed)
                {
                    _cell.SystemMessageAfterDeath(message);
                }
                else
                {
                    _cell.InvokeSystem(message);
                }

                message = next;
            }
        }
    }

    private void LeaveOrContinue()
    {
        if (_status == Closed)
        {
            return;
        }

        Volatile.Write(ref _status, Idle);
        Interlocked.MemoryBarrier();
        if (HasWork)
        {
            TrySchedule();
        }
    }

    private static SystemMessage Oldest(SystemMessage newest)
    {
        SystemMessage oldest = null;
        while (newest != null)
        {
            var next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }
}
