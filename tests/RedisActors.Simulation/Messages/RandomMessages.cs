using Akka.Actor;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Simulation.Messages;

/// <summary>Messages of every public kind, with whatever content they may have. The same seed, the same messages.</summary>
internal sealed class RandomMessages
{
    private const int MaxDepth = 4;

    private readonly Chance _chance;
    private readonly IReadOnlyList<IActorRef> _actors;
    private readonly Func<object>[] _kinds;

    public RandomMessages(int seed, IReadOnlyList<IActorRef> actors)
    {
        _chance = new Chance(seed);
        _actors = actors;
        _kinds =
        [
            () => Command(),
            () => Script(),
            () => Transaction(),
            () => new RedisReply(Value(), State()),
            () => Value(),
            () => Failure(),
            () => Status(),
            () => Event(),
            () => GetStatus.Instance,
            () => new RedisStatus(_chance.Of(0.2) ? null : Event(), Count(), Count()),
            () => new SubscribeToState(Actor()),
            () => new UnsubscribeFromState(Actor()),
            () => new ForceReconnect(Text()),
            () => new PauseConnection(Text()),
            () => ResumeConnection.Instance,
            () => new DrainCommands(_chance.Of(0.2) ? Timeout.InfiniteTimeSpan : Duration()),
            () => new DrainedCommands(Count()),
            () => new RedisStreamEntry(Text(), Text(), Text(), RespValue.Array(Many(4, () => Value()).SelectMany(value => (RespValue[])[value, Value()]).ToArray()).AsPairs(), Count()),
            () => new AcknowledgeStreamEntry(Text()),
            () => new FailStreamEntry(Text(), Text()),
            () => StopConsuming.Instance,
            () => GetStreamConsumerStatus.Instance,
            () => new StreamConsumerStatus(Text(), Text(), Text(), Count(), CountOrNull(), CountOrNull(), Count(), Count(), Count(), Count()),
            () => new Subscribe(Name(), Actor()) { MaxUnread = Unread(), WhenSlow = Slow(), Backfill = Backfill() },
            () => new PSubscribe(Name(), Actor()) { MaxUnread = Unread(), WhenSlow = Slow() },
            () => new SSubscribe(Name(), Actor()) { MaxUnread = Unread(), WhenSlow = Slow(), Backfill = Backfill() },
            () => new Unsubscribe(Name(), Actor()),
            () => new PUnsubscribe(Name(), Actor()),
            () => new SUnsubscribe(Name(), Actor()),
            () => new RedisMessage(Text(), _chance.Of(0.5) ? null : Text(), Bytes(), Count()),
            () => new RedisSubscribed(Subscription(), Text(), Count(), Time()),
            () => new RedisUnsubscribed(Subscription(), Text()),
            () => new RedisSubscriptionInterrupted(Subscription(), Text(), Count(), Time(), Text()),
            () => new RedisSubscriptionResumed(Subscription(), Text(), Time(), Time(), Count(), Count(), Text()) { Backfilled = Count(), IsComplete = _chance.Of(0.5) },
            () => new RedisMessagesDropped(Subscription(), Text(), Count()),
            () => new RedisSubscriptionEnded(Subscription(), Text(), Text(), _chance.Of(0.5) ? null : Text()),
            () => new CommandFrame(Count(), Count(), Count(), Count(), _chance.Of(0.5), Many(4, Request)) { StartUntil = Count(), KeepsUpTo = Count() },
            () => new AnswerFrame(
                Count(), Count(), Count(), Count(), _chance.Of(0.5), Count(), _chance.Pick(Enum.GetValues<RemoteServing>()), Many(4, Answer))
            {
                Clients = Many(2, Client),
            },
            () => new EndClients(Count(), Many(2, Client)),
            () => new ClientsEnded(Count(), _chance.Of(0.5) ? null : Text()),
        ];
    }

    /// <summary>A message of a kind left to chance.</summary>
    public object Next() => _chance.Pick(_kinds)();

    /// <summary>One message of each kind.</summary>
    public IEnumerable<object> OneOfEach() => _kinds.Select(kind => kind());

    private ClientIdentity Client() => new(Count(), _chance.Of(0.5) ? null : $"10.0.0.1:{Count()}");

    private RemoteRequest Request() => _chance.Of(0.1)
        ? new RemoteRequest(Count(), Count() + 1L, null, Text())
        : new RemoteRequest(
            Count(),
            _chance.Of(0.1) ? long.MaxValue : Count() + 1L,
            _chance.Of(0.2) ? Script() : _chance.Of(0.2) ? Transaction() : _chance.Of(0.5) ? Command() with { Timeout = null, State = null } : Command(),
            TokenMayGo: _chance.Of(0.5));

    private RemoteAnswer Answer() => _chance.Of(0.5)
        ? new RemoteAnswer(Count(), RemoteAnswerKind.Applied, Value())
        : new RemoteAnswer(
            Count(), _chance.Pick([RemoteAnswerKind.Unknown, RemoteAnswerKind.Rejected, RemoteAnswerKind.NotSent, RemoteAnswerKind.Returned]),
            Message: _chance.Of(0.2) ? null : Text(), ServerError: _chance.Of(0.5) ? null : Text());

    private RedisCommand Command(int depth = 0) =>
        WithOptions(new RedisCommand(_chance.Pick(["GET", "set", "HSET", "x.y", "JSON.GET", "!~"]), Many(8, Argument)), depth);

    private RedisCommand Script() => WithOptions(
        new RedisScript(_chance.Pick(["", "return 1", "#!lua flags=no-writes\nreturn KEYS"]) + Text(), Many(3, Argument), Many(3, Argument))
        {
            ReadOnly = _chance.Of(0.5),
        },
        depth: 0);

    private RedisCommand Transaction() => WithOptions(
        new RedisTransaction([Command(MaxDepth), .. Many(3, () => _chance.Of(0.1) ? Script() : Command(MaxDepth))])
        {
            Conditions = [.. Many(3, () => _chance.Pick<Func<RedisCondition>>(
            [
                () => RedisCondition.KeyExists(Argument()), () => RedisCondition.StringEqual(Argument(), Argument()),
                () => RedisCondition.HashNotEqual(Argument(), Argument(), RedisValue.Null), () => RedisCondition.SortedSetLengthLessThan(Argument(), Count()),
            ])())],
        },
        depth: 0);

    private RedisCommand WithOptions(RedisCommand command, int depth) => command with
    {
        Database = _chance.Of(0.5) ? null : _chance.Pick([0, 1, 15, int.MaxValue]),
        Timeout = _chance.Of(0.5) ? null : _chance.Of(0.2) ? Timeout.InfiniteTimeSpan : Duration() + TimeSpan.FromTicks(1),
        State = State(depth),
        Delivery = _chance.Of(0.3) ? null : _chance.Pick(Enum.GetValues<DeliveryMode>()),
        ReplayClass = _chance.Of(0.3) ? null : _chance.Pick(Enum.GetValues<ReplayClass>()),
        IdempotencyKey = _chance.Of(0.5) ? null : "token " + Text(),
    };

    private RedisValue Argument() => _chance.Between(0, 7) switch
    {
        0 or 1 => RedisValue.EmptyString,
        2 => _chance.Between(int.MinValue, int.MaxValue - 1),
        3 => _chance.Pick([long.MinValue, -1, 0, 1, long.MaxValue]),
        4 => _chance.Pick([0.1, -1.5, 1e300, double.NegativeInfinity, double.Epsilon]),
        5 => Bytes(),
        _ => Text(),
    };

    private RespValue Value(int depth = 0) => _chance.Between(0, depth < MaxDepth ? 6 : 4) switch
    {
        0 => RespValue.Null,
        1 => RespValue.Integer(_chance.Pick([long.MinValue, -1, 0, 1, long.MaxValue])),
        2 => RespValue.BulkString(Bytes()),
        3 => RespValue.SimpleString(Text()),
        4 => RespValue.Error(Text()),
        _ => RespValue.Array(Many(5, () => Value(depth + 1))),
    };

    /// <summary>What a sender may give along; the objects go through the actor system's own serializers.</summary>
    private object? State(int depth = 0) => _chance.Between(0, depth < MaxDepth ? 9 : 8) switch
    {
        0 or 1 => null,
        2 => Text(),
        3 => _chance.Between(int.MinValue, int.MaxValue - 1),
        4 => _chance.Pick([long.MinValue, 0, long.MaxValue]),
        5 => new Guid(Enumerable.Range(0, 16).Select(_ => (byte)_chance.Between(0, 255)).ToArray()),
        6 => Actor(),
        7 => Bytes(),
        8 => new SomeState(Text(), Count()),
        _ => Command(depth + 1),
    };

    private RedisOutcomeException Failure()
    {
        var outcome = _chance.Pick([Outcome.Rejected, Outcome.NotSent, Outcome.Unknown]);
        return new RedisOutcomeException(outcome, _chance.Pick<Func<RedisCommand>>([() => Command(), Script, Transaction])(), Text(), outcome == Outcome.Rejected ? Text() : null);
    }

    private Status.Failure Status()
    {
        var cause = Failure();
        return new Status.Failure(cause, _chance.Of(0.7) ? cause.State : State());
    }

    private RedisConnectionEvent Event()
    {
        var (connection, epoch, endpoint) = (Text(), _chance.Pick([0L, 1, 7, long.MaxValue]), Text());
        RedisConnectionEvent change = _chance.Between(0, 5) switch
        {
            0 => new RedisConnecting(connection, epoch, endpoint, Count()),
            1 => new RedisReady(connection, epoch, endpoint, Count(), Duration()) { Stashed = Count(), Replayed = Count(), ClientAddress = _chance.Of(0.5) ? null : "10.0.0.1:1" },
            2 => new RedisLost(connection, epoch, endpoint, Text()),
            3 => new RedisBackingOff(connection, epoch, endpoint, Count(), Duration(), Text()) { Misconfigured = _chance.Of(0.5) },
            4 => new RedisGaveUp(connection, epoch, endpoint, Text()),
            _ => new RedisSuspended(connection, epoch, endpoint, Text()),
        };
        return change with { Lane = _chance.Between(1, 16) };
    }

    private string Name() => $"news {Text()}";

    private RedisBackfill? Backfill() => _chance.Of(0.3) ? null : new RedisBackfill(Name(), Name());

    private int Unread() => Math.Max(1, Count());

    private SlowSubscriber Slow() => _chance.Pick(Enum.GetValues<SlowSubscriber>());

    private RedisSubscriptionKind Subscription() => _chance.Pick(Enum.GetValues<RedisSubscriptionKind>());

    private DateTimeOffset Time() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(_chance.Pick([0L, 1, 12_345, TimeSpan.TicksPerDay * 20_000]));

    private IActorRef Actor() => _chance.Pick(_actors);

    private int Count() => _chance.Pick([0, 1, 5, 1_000_000, int.MaxValue]);

    private long? CountOrNull() => _chance.Of(0.3) ? null : Count();

    private TimeSpan Duration() => TimeSpan.FromTicks(_chance.Pick([0L, 1, 12_345, TimeSpan.TicksPerHour, long.MaxValue / 2]));

    private string Text() => string.Concat(Many(12, () => _chance.Pick(["a", "Z", "0", " ", "\n", "\0", "ä", "€", "😀"])));

    private byte[] Bytes() => Many(_chance.Of(0.05) ? 5_000 : 20, () => (byte)_chance.Between(0, 255));

    private T[] Many<T>(int most, Func<T> one)
    {
        var items = new T[_chance.Between(0, most)];
        for (var i = 0; i < items.Length; i++) items[i] = one();
        return items;
    }

    /// <summary>An application's own type, of which RedisActors knows nothing.</summary>
    public sealed record SomeState(string Name, int Number);
}
