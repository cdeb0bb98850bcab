using Akka.Actor;

namespace RedisActors.Subscriptions;

/// <summary>
/// One subscriber of one topic, and what it has not taken yet. Messages go to its mailbox as long as there are few of them; the rest waits
/// here, within a bound. What it is told keeps its order.
/// </summary>
/// <remarks>
/// How much of its mailbox a subscriber has taken is found out without its help: an <see cref="Identify"/> is answered by every actor, when
/// it has taken everything before.
/// </remarks>
internal sealed class Membership(Topic topic, IActorRef subscriber, ISubscriberOutlet outlet)
{
    private const int MostIdleMarks = 5;

    private readonly Queue<object> _waiting = new();
    private readonly Queue<RedisMessage> _held = new();
    private ISubscriberOutlet _outlet = outlet;
    private long _heldDropped;
    private int _maxUnread;
    private int _mostInMailbox;
    private int _markEvery;
    private long _sent;
    private long _taken;
    private long _marked;
    private long _dropped;
    private long _takenAtMark;
    private int _idleMarks;

    public Topic Topic => topic;

    public IActorRef Subscriber => subscriber;

    /// <summary>When it asked, by the server's clock where that is known.</summary>
    public DateTimeOffset SubscribedAt { get; init; }

    /// <summary>Who else asked for it and is owed an answer.</summary>
    public List<IActorRef> Askers { get; } = [];

    /// <summary>Whether it was told that the server has confirmed.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Whether it was told of an interruption that has not ended.</summary>
    public bool IsInterrupted => Gap is not null;

    /// <summary>From when on it may have missed messages; null: it does not.</summary>
    public SubscriptionGap? Gap { get; private set; }

    /// <summary>Whether messages are held until it has been told that the subscription goes on.</summary>
    public bool IsHeld { get; private set; } = true;

    public SlowSubscriber WhenSlow { get; private set; }

    /// <summary>Where it is told what it missed from; null: from nowhere.</summary>
    public RedisBackfill? Stream { get; private set; }

    /// <summary>What it was told, to be compared with the stream; null: there is none.</summary>
    public BackfillLog? Log { get; private set; }

    /// <summary>Whether the next page of the stream is to be read when it has taken the former one.</summary>
    public bool ReadsOn { get; set; }

    /// <summary>Whether it did not catch up when it was waited for; it is not waited for again before it has.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Whether so much waits that it is worth waiting for the subscriber.</summary>
    public bool IsBehind => _waiting.Count > _maxUnread - _mostInMailbox;

    /// <summary>Whether nothing more goes to its mailbox before it says that it has taken something.</summary>
    public bool IsFull => _sent - _taken >= _mostInMailbox;

    /// <summary>How many messages are here and not in the mailbox.</summary>
    public int Waiting => _waiting.Count + _held.Count;

    /// <summary>Whoever sends the present message in favour of a subscriber, so that it is answered too; null: the subscriber itself, or nobody.</summary>
    public static IActorRef? AskerOf(IActorContext context, IActorRef subscriber)
    {
        var sender = context.Sender;
        return sender.IsNobody() || sender.Equals(subscriber) || sender.Equals(context.System.DeadLetters) ? null : sender;
    }

    public void Obey(RedisSubscribe options)
    {
        _maxUnread = options.MaxUnread;
        _mostInMailbox = Math.Max(1, _maxUnread / 2);
        _markEvery = Math.Max(1, _mostInMailbox / 4);
        WhenSlow = options.WhenSlow;
        if (Equals(Stream, options.Stream)) return;
        Stream = options.Stream;
        Log = Stream is null ? null : new BackfillLog();
        if (IsInterrupted) Log?.Open(TimeSpan.Zero);
    }

    /// <summary>A missed message was read from the stream. Those who read wait for the subscriber as long as it takes any.</summary>
    public void Backfill(RedisMessage message)
    {
        if (_waiting.Count == 0 && !IsFull) Send(message);
        else _waiting.Enqueue(message);
        while (IsSlow && _waiting.Count > BackfillLog.PageSize) DropOldest();
    }

    /// <summary>Another one tells it from here on. What the mailbox holds is not known to that one.</summary>
    public void MoveTo(ISubscriberOutlet next)
    {
        _outlet = next;
        _sent = _taken = _marked = _takenAtMark = 0;
    }

    /// <summary>A message came. False: the subscriber is too slow, and the subscription is to end.</summary>
    /// <param name="message">The message.</param>
    /// <param name="mayExceed">How many more than allowed may wait, while the subscriber is waited for.</param>
    public bool Offer(RedisMessage message, int mayExceed)
    {
        var most = _maxUnread - _mostInMailbox + (IsSlow ? 0 : mayExceed);
        if (IsHeld)
        {
            _held.Enqueue(message);
            if (_held.Count <= most) return true;
            _held.Dequeue();
            _heldDropped++;
            return WhenSlow != SlowSubscriber.Disconnect;
        }

        if (_waiting.Count == 0 && !IsFull)
        {
            Send(message);
            return true;
        }

        _waiting.Enqueue(message);
        if (_waiting.Count <= most) return true;
        if (WhenSlow == SlowSubscriber.Disconnect) return false;
        while (_waiting.Count > most) DropOldest();
        return true;
    }

    /// <summary>Tells an event in its place among the messages.</summary>
    public void Tell(RedisSubscriptionEvent what)
    {
        if (_waiting.Count > 0)
        {
            _waiting.Enqueue(what);
            return;
        }

        TellDropped();
        _outlet.Tell(subscriber, what);
    }

    /// <summary>Tells an event ahead of what waits, which is forgotten.</summary>
    public void TellLast(RedisSubscriptionEvent what)
    {
        _waiting.Clear();
        _dropped = 0;
        ForgetHeld();
        _outlet.Tell(subscriber, what);
    }

    /// <summary>The subscriber has taken as many messages as it had been sent at a mark.</summary>
    public void Taken(long mark)
    {
        _taken = Math.Max(_taken, mark);
        SendWaiting();
    }

    /// <summary>The subscription has been interrupted: what comes is held until it goes on.</summary>
    public void Interrupt(SubscriptionGap gap)
    {
        Gap = gap;
        Tell(new RedisSubscriptionInterrupted(topic.Kind, topic.Name, gap.Epoch, gap.From, gap.Cause));
        IsHeld = true;
    }

    /// <summary>The subscription goes on, and what came meanwhile is told behind that.</summary>
    public void GoOn(RedisSubscriptionEvent resumed)
    {
        Gap = null;
        Tell(resumed);
        IsHeld = false;
        if (_heldDropped > 0) Tell(new RedisMessagesDropped(topic.Kind, topic.Name, _heldDropped));
        _heldDropped = 0;
        foreach (var message in _held) _waiting.Enqueue(message);
        _held.Clear();
        SendWaiting();
    }

    /// <summary>What came over a connection on which the subscription had not gone on is a part of the gap.</summary>
    public void ForgetHeld()
    {
        _held.Clear();
        _heldDropped = 0;
    }

    /// <summary>
    /// Asks again how much has been taken: between nodes, a question or an answer may be lost. Called once a second; who has taken nothing
    /// several times is slow.
    /// </summary>
    public void MarkAgain()
    {
        _idleMarks = _taken == _takenAtMark ? _idleMarks + 1 : 0;
        _takenAtMark = _taken;
        if (_idleMarks >= MostIdleMarks) IsSlow = true;
        Mark();
    }

    private void Mark()
    {
        _marked = _sent;
        _outlet.Mark(this, _sent);
    }

    private void SendWaiting()
    {
        while (_waiting.TryPeek(out var next))
        {
            if (next is RedisMessage && IsFull) return;
            TellDropped();
            _waiting.Dequeue();
            if (next is RedisMessage message) Send(message);
            else _outlet.Tell(subscriber, next);
        }

        TellDropped();
        IsSlow = false;
    }

    private void Send(RedisMessage message)
    {
        TellDropped();
        _outlet.Tell(subscriber, message);
        _sent++;
        if (_sent - _marked >= _markEvery) Mark();
    }

    /// <summary>Events are few, and are not dropped: they go ahead of the bound.</summary>
    private void DropOldest()
    {
        if (_waiting.Dequeue() is RedisSubscriptionEvent what)
        {
            TellDropped();
            _outlet.Tell(subscriber, what);
        }
        else
        {
            _dropped++;
        }
    }

    private void TellDropped()
    {
        if (_dropped == 0) return;
        _outlet.Tell(subscriber, new RedisMessagesDropped(topic.Kind, topic.Name, _dropped));
        _dropped = 0;
    }
}

/// <summary>Messages may have been missed from a time on.</summary>
/// <param name="From">The last sign of life of the connection that was lost.</param>
/// <param name="Epoch">Its number.</param>
/// <param name="Cause">Why it was lost.</param>
internal sealed record SubscriptionGap(DateTimeOffset From, long Epoch, string Cause);

/// <summary>What a <see cref="Membership"/> has done by others.</summary>
internal interface ISubscriberOutlet
{
    /// <summary>Tells an actor.</summary>
    void Tell(IActorRef actor, object message);

    /// <summary>Asks a subscriber to say when it has taken what it was told until now; that is told as <see cref="Membership.Taken"/>.</summary>
    void Mark(Membership member, long mark);
}

/// <summary>What a <see cref="SubscriptionLedger"/> has done by others.</summary>
internal interface ISubscriptionOutlet : ISubscriberOutlet
{
    /// <summary>Asks the server to send what is published to a topic.</summary>
    void Subscribe(Topic topic);

    /// <summary>Asks the server to send no more of it.</summary>
    void Unsubscribe(Topic topic);

    /// <summary>Asks how far the stream of a subscriber goes; answered by <see cref="SubscriptionLedger.OnExtent"/>.</summary>
    void AskExtent(Membership member);

    /// <summary>A subscriber has been told of a gap.</summary>
    /// <param name="complete">Whether it has got everything that was published meanwhile.</param>
    void Resumed(bool complete)
    {
    }

    /// <summary>Asks for the entries of its stream after an id and up to another; answered by <see cref="SubscriptionLedger.OnPage"/>.</summary>
    void AskPage(Membership member, StreamId after, StreamId to);

    /// <summary>A subscriber has left a topic: its marks are of no use any more.</summary>
    void Ended(Membership member);

    /// <summary>Nobody subscribes to a topic any more.</summary>
    void Ended(Topic topic);

    /// <summary>An actor has become a subscriber.</summary>
    void Watch(IActorRef subscriber);

    /// <summary>An actor is no subscriber any more.</summary>
    void Unwatch(IActorRef subscriber);
}
