#nullable disable
using Akka.Dispatch;

namespace Akka.Actor.Internal;

/// <summary>A stash that gives its messages back to the front of the actor's mailbox.</summary>
internal sealed class MailboxStash : IStash
{
    private readonly ActorCell _cell;
    private readonly IDequeBasedMessageQueueSemantics _mailbox;
    private LinkedList<(Envelope Envelope, int Id)> _stashed = new();
    private int _lastStashed;

    public MailboxStash(ActorCell cell, bool unbounded)
    {
        _cell = cell;
        _mailbox = cell.Mailbox.MessageQueue as IDequeBasedMessageQueueSemantics
            ?? throw new NotSupportedException(
                $"DequeBasedMailbox required, got: {cell.Mailbox.MessageQueue.GetType().Name}\nAn (unbounded) deque-based mailbox "
                + "can be configured as follows:\n  my-custom-mailbox {\n    mailbox-type = "
                + "\"Akka.Dispatch.UnboundedDequeBasedMailbox\"\n  }\n");
        Capacity = unbounded ? -1 : CapacityOf(cell);
        _lastStashed = -1;
    }

    public int Count => _stashed.Count;

    public bool IsEmpty => _stashed.Count == 0;

    public bool NonEmpty => _stashed.Count > 0;

    public bool IsFull => Capacity >= 0 && _stashed.Count >= Capacity;

    public int Capacity { get; }

    public void Stash()
    {
        if (_cell.CurrentEnvelopeId == _lastStashed)
        {
            throw new IllegalActorStateException($"Can't stash the same message {_cell.CurrentMessage} more than once");
        }

        if (IsFull)
        {
            throw new StashOverflowException(
                $"Couldn't enqueue message {_cell.CurrentMessage} from {_cell.Sender} to stash of {_cell.Self}");
        }

        _lastStashed = _cell.CurrentEnvelopeId;
        _stashed.AddLast((_cell.CurrentEnvelope, _lastStashed));
    }

    public void Unstash()
    {
        if (_stashed.First is { } first)
        {
            _stashed.RemoveFirst();
            PutBack(first.Value.Envelope);
        }
    }

    public void UnstashAll() => UnstashAll(static _ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        // Each goes to the very front, so the newest has to go first.
        for (var node = _stashed.Last; node != null; node = node.Previous)
        {
            if (predicate(node.Value.Envelope))
            {
                PutBack(node.Value.Envelope);
            }
        }

        _stashed.Clear();
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var all = _stashed;
        _stashed = new LinkedList<(Envelope, int)>();
        return all.Select(s => s.Envelope).ToList();
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        var before = _stashed.First;
        foreach (var envelope in envelopes.ToList())
        {
            if (IsFull)
            {
                throw new StashOverflowException(
                    $"Couldn't enqueue message {envelope.Message} from {envelope.Sender} to stash of {_cell.Self}");
            }

            if (before == null)
            {
                _stashed.AddLast((envelope, -1));
            }
            else
            {
                _stashed.AddBefore(before, (envelope, -1));
            }
        }
    }

    private static int CapacityOf(ActorCell cell) =>
        cell.Props.Deploy.StashCapacity != Deploy.NoStashSize
            ? cell.Props.Deploy.StashCapacity
            : cell.System.Mailboxes.StashCapacity(cell.Props.Dispatcher, cell.Props.Mailbox);

    private void PutBack(Envelope envelope)
    {
        if (envelope.Message is Terminated terminated)
        {
            _cell.TerminatedQueuedAgain(terminated.ActorRef);
        }

        _mailbox.EnqueueFirst(envelope);
    }
}
