using Akka.Actor;
using RedisActors.Subscriptions;
using RedisValue = StackExchange.Redis.RedisValue;

namespace RedisActors.Simulation.Subscriptions;

/// <summary>
/// One run of the ledger of subscriptions: a model server that publishes numbers and adds them to streams, a link that is lost now and then,
/// subscribers that come and go and take their time. Virtual time in milliseconds.
/// </summary>
internal sealed class SubscriptionRun : ISubscriptionOutlet
{
    private const int Channels = 3;
    private const int EndOfFaults = 40_000;
    private const int EndOfRun = 120_000;
    private const int MayExceed = 5;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Chance _chance;
    private readonly SubscriptionMutation _mutation;
    private readonly Action<string>? _trace;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly SubscriptionLedger _ledger;
    private readonly ModelChannel[] _channels;
    private readonly List<ModelSubscriber> _subscribers = [];
    private readonly HashSet<Topic> _onServer = [];
    private readonly Queue<(long At, Action<bool> Serve)> _requests = new();
    private readonly Queue<(long Sent, bool IsAnswer, Action Hear)> _wire = new();
    private readonly HashSet<IActorRef> _watched = [];
    private readonly bool _trims;
    private long _order;
    private long _now;
    private long _link;
    private bool _isUp;
    private bool _delivering;
    private bool _withholds;
    private long _lastSign;
    private long _asked;
    private Action? _late;
    private string? _wrong;

    private SubscriptionRun(int seed, SubscriptionMutation mutation, Action<string>? trace)
    {
        _chance = new Chance(seed);
        _mutation = mutation;
        _trace = trace;
        _trims = _chance.Of(0.2);
        _ledger = new SubscriptionLedger(this) { MayExceed = MayExceed };
        _channels = [.. Enumerable.Range(0, Channels).Select(i => new ModelChannel($"c{i}"))];
    }

    private DateTimeOffset ServerTime => Epoch.AddMilliseconds(_now);

    private TimeSpan Now => TimeSpan.FromMilliseconds(_now);

    /// <summary>What is wrong; null: nothing.</summary>
    public static string? Go(int seed, SubscriptionMutation mutation = SubscriptionMutation.None, Action<string>? trace = null)
    {
        var run = new SubscriptionRun(seed, mutation, trace);
        try
        {
            return run.Go();
        }
        catch (Exception error)
        {
            return error.ToString();
        }
    }

    /// <summary>The first seed that shows a violation.</summary>
    public static Finding? Search(int from, int seeds, SubscriptionMutation mutation = SubscriptionMutation.None)
    {
        for (var seed = from; seed < from + seeds; seed++)
        {
            if (Go(seed, mutation) is { } violation) return new Finding(seed, violation);
        }

        return null;
    }

    void ISubscriptionOutlet.Subscribe(Topic topic)
    {
        Trace($"asks for {topic}");
        if (_mutation == SubscriptionMutation.ResubscribeForgotten && _link > 1 && topic.Name == "c1") return;
        if (_mutation == SubscriptionMutation.ConfirmationForged) After(0, () => _ledger.Confirmed(topic, ServerTime));
        var refused = _now < EndOfFaults && _chance.Of(0.03);
        Ask(() =>
        {
            if (!refused) _onServer.Add(topic);
            Answer(() =>
            {
                if (refused)
                {
                    _ledger.Postponed(topic);
                    After(100, () => _ledger.AskAgain());
                }
                else
                {
                    _ledger.Confirmed(topic, ServerTime);
                }
            });
        });
    }

    void ISubscriptionOutlet.Unsubscribe(Topic topic)
    {
        Trace($"leaves {topic}");
        Ask(() =>
        {
            if (_mutation != SubscriptionMutation.UnsubscribeForgotten) _onServer.Remove(topic);
            Answer(() => _ledger.Left(topic));
        });
    }

    void ISubscriptionOutlet.AskExtent(Membership member)
    {
        var channel = ChannelOf(member.Topic);
        Ask(() =>
        {
            var added = channel.Added;
            var last = channel.Stream.Count > 0 ? channel.Stream[^1].Id : channel.Last;
            var seen = new StreamExtent(last, added, channel.Stream.Count > 0 ? channel.Stream[0].Id : null);
            if (_mutation == SubscriptionMutation.TrimmingHidden) seen = seen with { Added = null, First = default(StreamId) };
            Answer(() => _ledger.OnExtent(member, seen, Now));
        });
    }

    void ISubscriptionOutlet.AskPage(Membership member, StreamId after, StreamId to)
    {
        var channel = ChannelOf(member.Topic);
        Ask(() =>
        {
            var page = channel.Stream.Where(entry => entry.Id.CompareTo(after) > 0 && entry.Id.CompareTo(to) <= 0)
                .Take(BackfillLog.PageSize)
                .Select(entry => new StreamEntry(entry.Id, ModelChannel.PayloadOf(entry.Number)))
                .ToList();
            Answer(() =>
            {
                if (_mutation == SubscriptionMutation.PageSkipped) page = page.Count > 1 ? page[..^1] : page;
                if (_mutation == SubscriptionMutation.PageTwice) page = [.. page, .. page];
                _ledger.OnPage(member, page, Now);
            });
        });
    }

    void ISubscriberOutlet.Tell(IActorRef actor, object message)
    {
        if (_mutation == SubscriptionMutation.DroppedUntold && message is RedisMessagesDropped) return;
        if (actor is not ModelSubscriber subscriber) return;
        if (message is RedisSubscriptionResumed resumed && resumed.ToEpoch == _link && _isUp)
        {
            foreach (var topic in _subscribers.Where(other => other is { IsAlive: true, IsKnown: true } && other.SinceLink < _link).Select(other => other.Topic))
            {
                if (!_onServer.Contains(topic)) Wrong($"{subscriber.Name} is told that it goes on, and the server has not {topic}");
            }
        }

        Trace($"{subscriber.Name} is told {message}");
        subscriber.Tell(message);
        if (subscriber.Unread > Math.Max(1, subscriber.MaxUnread / 2)) Wrong($"{subscriber.Name} has {subscriber.Unread} unread messages");
        Take(subscriber);
    }

    void ISubscriberOutlet.Mark(Membership member, long mark)
    {
        if (_mutation == SubscriptionMutation.MarksLost) return;
        var subscriber = (ModelSubscriber)member.Subscriber;
        if (_mutation == SubscriptionMutation.MarksForged) After(0, () => Taken(member, mark));
        subscriber.Mark(() => Taken(member, mark));
        Take(subscriber);
    }

    void ISubscriptionOutlet.Ended(Membership member)
    {
    }

    void ISubscriptionOutlet.Ended(Topic topic)
    {
    }

    void ISubscriptionOutlet.Watch(IActorRef subscriber) => _watched.Add(subscriber);

    void ISubscriptionOutlet.Unwatch(IActorRef subscriber) => _watched.Remove(subscriber);

    private string? Go()
    {
        for (var i = 0; i < 6; i++) After(_chance.UpTo(10_000) / 1000, NewSubscriber);
        foreach (var channel in _channels) After(_chance.Between(1, 50), () => Publish(channel));
        After(_chance.Between(1, 100), Connect);
        After(100, Heartbeat);
        After(1000, EachSecond);
        while (_wrong is null && _events.TryDequeue(out var act, out var when) && when.Time < EndOfRun)
        {
            _now = when.Time;
            act();
        }

        if (_wrong is null) CheckEnd();
        return _wrong;
    }

    private void CheckEnd()
    {
        foreach (var subscriber in _subscribers)
        {
            var channel = ChannelOf(subscriber.Topic);
            if (subscriber.Check(channel, Epoch, lastMoment: EndOfFaults + 10_000) is { } wrong) Wrong($"{subscriber.Name}: {wrong}");
        }

        foreach (var topic in _onServer)
        {
            if (!_subscribers.Exists(subscriber => subscriber is { IsAlive: true, IsOver: false } && subscriber.Topic == topic)) Wrong($"nobody subscribes to {topic}, and the server still has it");
        }
    }

    private void NewSubscriber()
    {
        var channel = _chance.Pick(_channels);
        var backfill = _chance.Of(0.5) ? new RedisBackfill(channel.Name) : null;
        var subscriber = new ModelSubscriber($"s{_subscribers.Count}", new Topic(RedisSubscriptionKind.Channel, channel.Name), () => _now)
        {
            MaxUnread = _chance.Pick([1, 4, 20, 1000]),
            MillisecondsPerMessage = _chance.Pick([0, 0, 1, 30]),
            HasBackfill = backfill is not null,
            Trims = _trims,
        };
        _subscribers.Add(subscriber);
        Trace($"{subscriber.Name} subscribes to {channel.Name}, at most {subscriber.MaxUnread} unread, backfill {backfill}");
        subscriber.IsKnown = true;
        subscriber.SinceLink = _link;
        _ledger.Subscribe(
            new Subscribe(channel.Name, subscriber)
            {
                MaxUnread = subscriber.MaxUnread,
                WhenSlow = _chance.Of(0.2) ? SlowSubscriber.Disconnect : SlowSubscriber.DropOldest,
                Backfill = backfill,
            },
            null,
            ServerTime);
        if (_chance.Of(0.3)) After(_chance.Between(1_000, 60_000), () => Unsubscribe(subscriber, channel.Name));
        else if (_chance.Of(0.3)) After(_chance.Between(1_000, 60_000), () => Stop(subscriber));
    }

    private void Unsubscribe(ModelSubscriber subscriber, string channel)
    {
        Trace($"{subscriber.Name} unsubscribes");
        subscriber.IsKnown = false;
        _ledger.Unsubscribe(new Unsubscribe(channel, subscriber), null);
        subscriber.LeftAt = _isUp ? _now : _lastSign;
    }

    private void Stop(ModelSubscriber subscriber)
    {
        Trace($"{subscriber.Name} stops");
        subscriber.IsAlive = false;
        subscriber.LeftAt = _isUp ? _now : _lastSign;
        if (_watched.Contains(subscriber) && _mutation != SubscriptionMutation.StopUnnoticed) _ledger.SubscriberStopped(subscriber);
    }

    private void Publish(ModelChannel channel)
    {
        if (_now > EndOfFaults + 10_000) return;
        var delay = _mutation == SubscriptionMutation.PublishedTooLate && _chance.Of(0.01) ? 6_000
            : _chance.Of(0.7) ? 0 : _chance.Between(0, _chance.Of(0.1) ? 1_800 : 20);
        var number = channel.Add(_now, _trims);
        After(delay, () =>
        {
            channel.PublishedAt(number, _now);
            var topic = new Topic(RedisSubscriptionKind.Channel, channel.Name);
            if (_isUp && _onServer.Contains(topic))
            {
                var message = new RedisMessage(channel.Name, null, ModelChannel.PayloadOf(number), _link);
                var lost = _mutation == SubscriptionMutation.MessageLost && _chance.Of(0.001);
                if (!lost) Send(isAnswer: false, () => _ledger.OnMessage(topic, message, Now));
            }

            After(_chance.Of(0.05) ? _chance.Between(100, 1_000) : _chance.Between(1, 40), () => Publish(channel));
        });
    }

    private void Connect()
    {
        _link++;
        _isUp = true;
        _lastSign = _now;
        Trace($"link {_link} is up");
        _ledger.LinkUp(_link);
        if (_late is { } late) After(1, late);
        _late = null;
        if (_now < EndOfFaults) After(_chance.Between(50, _chance.Of(0.3) ? 500 : 12_000), Break);
    }

    private void Break()
    {
        if (_now >= EndOfFaults) return;
        var silent = _chance.Of(0.5) ? _chance.Between(1, 1_500) : 0;
        Trace($"the server hears and sends no more; that is noticed in {silent} ms");
        _onServer.Clear();
        _requests.Clear();
        if (_mutation == SubscriptionMutation.LateMessageTaken && _wire.LastOrDefault(item => !item.IsAnswer) is { Hear: { } hear }) _late = hear;
        if (_chance.Of(0.7)) _wire.Clear();
        _isUp = false;
        After(silent, () =>
        {
            _wire.Clear();
            _withholds = false;
            var since = _mutation == SubscriptionMutation.GapFromLoss ? ServerTime : Epoch.AddMilliseconds(_lastSign);
            Trace($"the link is lost, since {since:mm:ss.fff}");
            _ledger.LinkLost(since, "lost", TimeSpan.FromMilliseconds(_lastSign));
            After(_chance.Between(1, _chance.Of(0.2) ? 8_000 : 500), Connect);
        });
    }

    private void Heartbeat()
    {
        if (_isUp)
        {
            var asked = _now;
            Ask(() => Answer(() => { }), asked);
        }

        After(100, Heartbeat);
    }

    private void EachSecond()
    {
        if (_isUp) _ledger.Mark();
        _ledger.MarkCrowded();
        if (_isUp) _ledger.ReadOn(Now);
        After(1000, EachSecond);
    }

    private void Ask(Action serve, long? askedAt = null)
    {
        if (!_isUp) return;
        var (link, asked) = (_link, askedAt ?? _now);
        _requests.Enqueue((asked, _ => serve()));
        After(_chance.Between(0, 3), () =>
        {
            if (!_isUp || link != _link || !_requests.TryDequeue(out var request)) return;
            _asked = request.At;
            request.Serve(true);
        });
    }

    private void Answer(Action hear)
    {
        var asked = _asked;
        Send(isAnswer: true, () =>
        {
            _lastSign = Math.Max(_lastSign, asked);
            hear();
        });
    }

    private void Send(bool isAnswer, Action hear)
    {
        _wire.Enqueue((_now, isAnswer, hear));
        Deliver();
    }

    /// <summary>In order, one after the other, a little later.</summary>
    private void Deliver()
    {
        if (_delivering || _withholds) return;
        _delivering = true;
        After(_chance.Between(0, 5), () =>
        {
            _delivering = false;
            if (_withholds) return;
            for (var most = _chance.Between(1, 10); most > 0 && _wire.Count > 0 && !_withholds; most--)
            {
                if (_mutation == SubscriptionMutation.AnswersOvertake && _wire.FirstOrDefault(item => item.IsAnswer).Hear is { } ahead)
                {
                    var rest = _wire.Where(item => item.Hear != ahead).ToList();
                    _wire.Clear();
                    foreach (var item in rest) _wire.Enqueue(item);
                    ahead();
                    continue;
                }

                _wire.Dequeue().Hear();
                if (!_ledger.IsBehind()) continue;
                _withholds = true;
                var link = _link;
                After(100, () =>
                {
                    if (!_withholds || link != _link) return;
                    _ledger.WaitNoLonger();
                    _withholds = false;
                    Deliver();
                });
            }

            if (_wire.Count > 0) Deliver();
        });
    }

    private void Take(ModelSubscriber subscriber)
    {
        if (subscriber.IsBusy) return;
        subscriber.IsBusy = true;
        After(subscriber.MillisecondsPerMessage, () =>
        {
            subscriber.IsBusy = false;
            if (subscriber.TakeNext()) Take(subscriber);
        });
    }

    private void Taken(Membership member, long mark)
    {
        if (!((ModelSubscriber)member.Subscriber).IsAlive) return;
        Trace($"{((ModelSubscriber)member.Subscriber).Name} has taken {mark}");
        _ledger.Taken(member, mark, Now);
        if (!_withholds || _ledger.IsBehind()) return;
        _withholds = false;
        Deliver();
    }

    private void After(long delay, Action act) => _events.Enqueue(act, (_now + delay, _order++));

    private ModelChannel ChannelOf(Topic topic) => _channels.First(channel => channel.Name == topic.Name);

    private void Wrong(string what) => _wrong ??= $"at {_now} ms: {what}";

    private void Trace(string what) => _trace?.Invoke($"{_now,7} {what}");
}

/// <summary>A channel of the model server, and the stream beside it.</summary>
internal sealed class ModelChannel(string name)
{
    private const int MostTrimmed = 60;

    private readonly Dictionary<long, long> _publishedAt = [];
    private long _number;
    private ulong _sequence;

    public string Name => name;

    public List<(StreamId Id, long Number)> Stream { get; } = [];

    public long Added { get; private set; }

    public StreamId Last { get; private set; }

    /// <summary>The numbers that were published, and when.</summary>
    public IReadOnlyDictionary<long, long> Published => _publishedAt;

    public static byte[] PayloadOf(long number) => (byte[]?)(RedisValue)number ?? [];

    /// <summary>Adds the next number to the stream.</summary>
    public long Add(long now, bool trims)
    {
        Last = new StreamId((ulong)(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + now), ++_sequence);
        Stream.Add((Last, ++_number));
        Added++;
        if (trims && Stream.Count > MostTrimmed) Stream.RemoveRange(0, Stream.Count - MostTrimmed);
        return _number;
    }

    public void PublishedAt(long number, long now) => _publishedAt[number] = now;
}

/// <summary>A subscriber of the model: takes what it is told one by one, in its own time, and keeps an account.</summary>
internal sealed class ModelSubscriber(string name, Topic topic, Func<long> clock) : MinimalActorRef
{
    private readonly Queue<object> _mailbox = new();
    private readonly List<(long At, object What)> _told = [];

    public string Name => name;

    public Topic Topic => topic;

    public int MaxUnread { get; init; }

    public int MillisecondsPerMessage { get; init; }

    public bool HasBackfill { get; init; }

    public bool Trims { get; init; }

    public bool IsAlive { get; set; } = true;

    /// <summary>Whether it has subscribed and not unsubscribed.</summary>
    public bool IsKnown { get; set; }

    /// <summary>The link in whose time it subscribed.</summary>
    public long SinceLink { get; set; }

    public bool IsBusy { get; set; }

    public long? LeftAt { get; set; }

    /// <summary>Whether it has been told that nothing more comes.</summary>
    public bool IsOver { get; private set; }

    public int Unread => _mailbox.Count(what => what is RedisMessage);

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "model" / name;

    public override IActorRefProvider Provider => throw new NotSupportedException();

    public void Tell(object message)
    {
        if (message is RedisUnsubscribed or RedisSubscriptionEnded) IsOver = true;
        if (message is RedisSubscriptionEnded) IsKnown = false;
        _mailbox.Enqueue(message);
        _told.Add((clock(), message));
    }

    public void Mark(Action answer) => _mailbox.Enqueue(answer);

    /// <summary>Takes the next; whether there is more.</summary>
    public bool TakeNext()
    {
        if (!_mailbox.TryDequeue(out var next)) return false;
        if (next is Action answer) answer();
        return _mailbox.Count > 0;
    }

    /// <summary>What is wrong with what it was told; null: nothing.</summary>
    public string? Check(ModelChannel channel, DateTimeOffset epoch, long lastMoment)
    {
        long? begun = null;
        var expected = channel.Published.OrderBy(each => each.Key).ToList();
        var received = new HashSet<long>();
        var gaps = new List<(long From, long To, bool IsComplete)>();
        var dropped = new List<(long After, long Before, long Count)>();
        RedisSubscriptionInterrupted? interrupted = null;
        long last = 0, lastBefore = 0, between = 0, lost = 0;
        long? over = null;
        foreach (var (at, what) in _told)
        {
            if (over is not null && !(what is RedisUnsubscribed or RedisSubscriptionEnded)) return $"told {what} after the end";
            switch (what)
            {
                case RedisSubscribed subscribed:
                    begun ??= (long)(subscribed.At - epoch).TotalMilliseconds;
                    break;
                case RedisMessage message:
                    var number = (long)message.Payload;
                    if (begun is null) return $"{number} before it was confirmed";
                    if (number <= last) return $"{number} comes after {last}";
                    if (interrupted is not null && !HasBackfill) return $"{number} while it is interrupted";
                    if (lost > 0) dropped.Add((last, number, lost));
                    (last, lost) = (number, 0);
                    if (!received.Add(number)) return $"{number} twice";
                    between++;
                    break;
                case RedisMessagesDropped drop:
                    lost += drop.Count;
                    break;
                case RedisSubscriptionInterrupted begin:
                    if (interrupted is not null) return "interrupted twice";
                    (interrupted, between, lastBefore) = (begin, 0, last);
                    break;
                case RedisSubscriptionResumed resumed:
                    // Where it is not known what came before, a message may also come behind one from the stream.
                    if (!resumed.IsComplete) last = lastBefore;
                    if (interrupted is null) return "resumed without an interruption";
                    if (resumed.From != interrupted.Since) return "the gap begins elsewhere than the interruption said";
                    if (resumed.Backfilled < between) return $"{between} between, and {resumed.Backfilled} told";
                    gaps.Add(((long)(resumed.From - epoch).TotalMilliseconds, (long)(resumed.To - epoch).TotalMilliseconds, resumed.IsComplete));
                    interrupted = null;
                    break;
                case RedisUnsubscribed or RedisSubscriptionEnded:
                    over = at;
                    break;
            }
        }

        if (lost > 0) dropped.Add((last, long.MaxValue, lost));
        if (over is null && LeftAt is null)
        {
            if (begun is null) return "never confirmed";
            if (interrupted is not null) return "never resumed";
        }

        if (begun is null) return null;
        var until = Math.Min(Math.Min(over ?? long.MaxValue, LeftAt ?? long.MaxValue) - 2_000 - (MillisecondsPerMessage * 100_000L), lastMoment);
        if (interrupted is not null) until = Math.Min(until, (long)(interrupted.Since - epoch).TotalMilliseconds - 1);
        foreach (var (number, at) in expected)
        {
            if (at <= begun || at >= until || received.Contains(number)) continue;
            if (dropped.Exists(drop => drop.After < number && number < drop.Before)) continue;
            var gap = gaps.FindIndex(gap => gap.From <= at && at <= gap.To);
            if (gap < 0) return $"{number}, published at {at} ms, is missing and in no gap";
            if (gaps.Exists(each => each.From <= at && at <= each.To && !each.IsComplete)) continue;
            return $"{number}, published at {at} ms, is missing in a gap that is called complete";
        }

        var young = begun + 3_500;
        foreach (var (from, to, isComplete) in HasBackfill && !Trims ? gaps : [])
        {
            if (isComplete) continue;
            if (from > young) return "a gap is not complete, and the stream was whole";
            young = to + 3_500;
        }

        foreach (var (after, before, count) in dropped)
        {
            var missing = expected.Count(each => each.Key > after && each.Key < before && !received.Contains(each.Key));
            if (missing < count) return $"{count} are told as dropped between {after} and {before}, and only {missing} are missing there";
        }

        return null;
    }

    protected override void TellInternal(object message, IActorRef sender) => Tell(message);
}
