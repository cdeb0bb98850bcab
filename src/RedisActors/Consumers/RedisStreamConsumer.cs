using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Event;
using RedisActors.Commands;
using RedisActors.Consumers;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>
/// A member of a consumer group: reads the entries of a stream and hands them to a handler, at least once each, in the order of the stream,
/// and no more at a time than <see cref="RedisStreamConsumerOptions.MaxInHand"/>. The handler answers each <see cref="RedisStreamEntry"/> with
/// <see cref="RedisStreamEntry.Acknowledge"/> or <see cref="RedisStreamEntry.Fail"/>.
/// </summary>
/// <remarks>
/// <para>
/// Nothing is lost and nothing stays behind: while Redis is away the consumer waits; what was given to it by a reply that was lost, or before
/// it was restarted, it finds and hands over; what other consumers left behind, it takes over after
/// <see cref="RedisStreamConsumerOptions.ClaimIdle"/>; and what fails time and again goes to a stream of dead letters. An entry can be handed
/// over twice: a handler that sends its writes exactly-once, with <see cref="RedisStreamEntry.Token"/>, makes each once and for all.
/// </para>
/// <para>
/// When the handler stops, the consumer stops. It takes <see cref="StopConsuming"/> and <see cref="GetStreamConsumerStatus"/>, and publishes a
/// <see cref="StreamConsumerStatus"/> on the event stream at regular intervals. Its reads wait on a session, a connection that nobody else uses
/// meanwhile (the settings <c>sessions</c>).
/// </para>
/// </remarks>
/// <example>
/// <code>
/// system.ActorOf(RedisStreamConsumer.Props(redis, new RedisStreamConsumerOptions("orders", "billing", "billing-1"), handler));
/// </code>
/// </example>
public sealed class RedisStreamConsumer : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ClockInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly IActorRef _redis;
    private readonly RedisStreamConsumerOptions _options;
    private readonly IActorRef _handler;
    private readonly StreamLedger _ledger;
    private readonly CancellationTokenSource _reads = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly IActorRef _self = Context.Self;
    private bool _isStepping;
    private bool _isAcknowledging;
    private bool _willAcknowledge;
    private long _pausedUntil;
    private string? _lastProblem;
    private long? _pending;
    private long? _lag;
    private StreamConsumerStatus _status;
    private IDisposable? _shown;

    /// <summary>Called by Akka; see <see cref="Props"/>.</summary>
    /// <param name="redis">As for <see cref="Props"/>.</param>
    /// <param name="options">As for <see cref="Props"/>.</param>
    /// <param name="handler">As for <see cref="Props"/>.</param>
    public RedisStreamConsumer(IActorRef redis, RedisStreamConsumerOptions options, IActorRef handler)
    {
        _redis = redis;
        _options = options;
        _handler = handler;
        _ledger = new StreamLedger(options);
        _status = Status();
        Receive<Stepped>(OnStepped);
        Receive<AcknowledgeStreamEntry>(message => OnAcknowledge(message.Id));
        Receive<FailStreamEntry>(OnFail);
        Receive<LetGoOfStreamEntry>(OnLetGo);
        Receive<Told>(OnTold);
        Receive<AddedToDeadLetters>(OnAddedToDeadLetters);
        Receive<AcknowledgeTick>(_ => OnAcknowledgeTick());
        Receive<ClockTick>(_ => OnClockTick());
        Receive<StatusTick>(_ => AskForGroups());
        Receive<Groups>(OnGroups);
        Receive<StopConsuming>(_ => OnStop());
        Receive<GetStreamConsumerStatus>(_ => Sender.Tell(Status()));
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    /// <summary>Set by Akka.</summary>
    ITimerScheduler IWithTimers.Timers { get; set; } = null!;

    private ITimerScheduler Timers => ((IWithTimers)this).Timers;

    private long Now => (long)_clock.MonotonicClock.TotalMilliseconds;

    /// <summary>What it takes to start a consumer.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="options">What is consumed, and how.</param>
    /// <param name="handler">Gets the entries; more than one actor behind a router, for example.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Props Props(IActorRef redis, RedisStreamConsumerOptions options, IActorRef handler)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        return Akka.Actor.Props.Create(() => new RedisStreamConsumer(redis, options, handler));
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.Watch(_handler);
        if (_options.StopInPhase is { } phase) StopBeforeShutdown(Context.System, phase, _self);
        Begin();
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        // The handler is watched, and the shutdown knows of this actor.
        Begin();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _reads.Cancel();
        _shown?.Dispose();
    }

    private static void StopBeforeShutdown(ActorSystem system, string phase, IActorRef self)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(phase, $"{self.Path.Name}-stop", async () =>
        {
            try
            {
                await self.GracefulStop(shutdown.Timeout(phase), StopConsuming.Instance).ConfigureAwait(false);
            }
            catch (TaskCanceledException)
            {
                // What the handler has not finished is handed over again elsewhere.
            }

            return Akka.Done.Instance;
        });
    }

    private void Begin()
    {
        _shown = RedisMetrics.Show(() => Volatile.Read(ref _status));
        Timers.StartPeriodicTimer(ClockTick.Instance, ClockTick.Instance, ClockInterval);
        Timers.StartPeriodicTimer(StatusTick.Instance, StatusTick.Instance, _options.StatusInterval);
        Step();
    }

    /// <summary>Does what is next, if nothing is under way.</summary>
    private void Step()
    {
        var now = Now;
        if (_isStepping || now < _pausedUntil || _ledger.Next(now) is not { } step) return;
        _isStepping = true;
        _redis.ExecuteAsync(CommandFor(step), step is StreamStep.ReadNew ? _reads.Token : CancellationToken.None)
            .PipeTo(_self, success: reply => new Stepped(step, reply.Value, null), failure: error => new Stepped(step, default, error));
    }

    private RedisCommand CommandFor(StreamStep step)
    {
        var (stream, group, consumer) = (_options.Stream, _options.Group, _options.Consumer);
        return step switch
        {
            StreamStep.CreateGroup => new RedisCommand("XGROUP", "CREATE", stream, group, _options.StartAt, "MKSTREAM")
            {
                Delivery = DeliveryMode.AtLeastOnce,
            },
            StreamStep.ReadNew read => new RedisCommand(
                "XREADGROUP", ["GROUP", group, consumer, "COUNT", read.Count, .. Block(read.Block), "STREAMS", stream, ">"])
            {
                Delivery = DeliveryMode.AtMostOnce,
                Timeout = read.Block > TimeSpan.Zero ? read.Block + RequestTimeout : null,
            },
            StreamStep.LookForOwn look => new RedisCommand("XPENDING", stream, group, look.Behind, "+", look.Count, consumer),
            StreamStep.LookForIdle look => new RedisCommand(
                "XPENDING", stream, group, "IDLE", (long)_options.ClaimIdle.TotalMilliseconds, look.Behind, "+", look.Count),
            // Whether the handler gets them is not certain before the reply is here, so they are not counted yet.
            StreamStep.Claim claim => ClaimUntaken(claim.Entries, "RETRYCOUNT", claim.Entries[0].Deliveries),
            StreamStep.Renew renew => ClaimUntaken(renew.Entries, "JUSTID"),
            _ => throw new InvalidOperationException($"There is no command for {step}."),
        };
    }

    /// <summary>Somebody else's interest in one of the entries makes its idle time shorter than it was.</summary>
    private RedisCommand ClaimUntaken(IReadOnlyList<PendingEntry> entries, params ReadOnlySpan<RedisValue> options) =>
        Claim(entries.Min(entry => entry.Idle), [.. entries.Select(entry => (RedisValue)entry.Id)], options);

    private RedisCommand Claim(long idle, ReadOnlySpan<RedisValue> ids, params ReadOnlySpan<RedisValue> options) => new(
        "XCLAIM", [_options.Stream, _options.Group, _options.Consumer, idle, .. ids, .. options])
    {
        Delivery = DeliveryMode.AtMostOnce,
    };

    private static RedisValue[] Block(TimeSpan time) => time > TimeSpan.Zero ? ["BLOCK", Math.Max(1, (long)time.TotalMilliseconds)] : [];

    private void OnStepped(Stepped message)
    {
        _isStepping = false;
        if (message.Error is null) OnAnswered(message.Step, message.Reply);
        else OnStepFailed(message.Step, message.Error);
        Step();
        StopWhenIdle();
    }

    private void OnAnswered(StreamStep step, RespValue reply)
    {
        _lastProblem = null;
        switch (step)
        {
            case StreamStep.CreateGroup:
                _ledger.OnGroupThere();
                break;
            case StreamStep.ReadNew read:
                HandOver(_ledger.OnRead(read, StreamReplies.Read(_options, reply), Now));
                break;
            case StreamStep.LookForOwn or StreamStep.LookForIdle:
                _ledger.OnPage(StreamReplies.Pending(reply));
                break;
            case StreamStep.Renew:
                _ledger.OnRenewed();
                break;
            case StreamStep.Claim claim:
                HandOverAgain(_ledger.OnClaimed(claim, StreamReplies.Entries(_options, reply), Now));
                break;
        }
    }

    private void OnStepFailed(StreamStep step, Exception error)
    {
        var words = (error as RedisOutcomeException)?.ServerError ?? string.Empty;
        if (words.StartsWith("BUSYGROUP ", StringComparison.Ordinal))
        {
            _ledger.OnGroupThere();
            return;
        }

        if (words.StartsWith("NOGROUP ", StringComparison.Ordinal))
        {
            _log.Warning("redis stream {0}: there is no consumer group {1}, or no stream; making it anew at {2}", _options.Stream, _options.Group, _options.StartAt);
            _ledger.OnGroupMissing();
            return;
        }

        if (step is StreamStep.ReadNew or StreamStep.Claim) _ledger.OnReplyLost();
        if (_ledger.IsStopping) return;
        Pause(error);
    }

    /// <summary>Waits a little. While Redis is away, the RedisActor waits for it, and this is not needed.</summary>
    private void Pause(Exception error)
    {
        _pausedUntil = Now + (long)_options.RetryAfter.TotalMilliseconds;
        if (error.Message == _lastProblem) return;
        _lastProblem = error.Message;
        _log.Warning("redis stream {0}, group {1}: {2}", _options.Stream, _options.Group, error.Message);
    }

    private void HandOver(IReadOnlyList<RedisStreamEntry> entries)
    {
        foreach (var entry in entries) _handler.Tell(entry, Self);
    }

    private void HandOverAgain(IReadOnlyList<RedisStreamEntry> entries)
    {
        foreach (var equal in entries.GroupBy(entry => entry.Deliveries)) CountDeliveries(equal.Key, [.. equal.Select(entry => (RedisValue)entry.Id)]);
        HandOver(entries);
    }

    /// <summary>So that an entry whose handling ends this process does not come back for ever. Nobody waits for it.</summary>
    private void CountDeliveries(int deliveries, RedisValue[] ids) =>
        _redis.Tell(Claim(0, ids, "RETRYCOUNT", deliveries, "JUSTID"), ActorRefs.NoSender);

    private void OnAcknowledge(string id)
    {
        _ledger.Acknowledge(id);
        if (_isAcknowledging || _willAcknowledge) return;

        // Behind what the handler has answered already.
        _willAcknowledge = true;
        _self.Tell(AcknowledgeTick.Instance);
    }

    private void OnAcknowledgeTick()
    {
        _willAcknowledge = false;
        Acknowledge();
        Step();
    }

    /// <summary>Tells the server what is done; what comes while it is being told gathers.</summary>
    private void Acknowledge()
    {
        if (_isAcknowledging || _ledger.Unacknowledged == 0) return;
        _isAcknowledging = true;
        var ids = _ledger.TakeDone();
        RedisValue[] arguments = [_options.Stream, _options.Group, .. ids.Select(id => (RedisValue)id)];
        _redis.ExecuteAsync(new RedisCommand("XACK", arguments) { Delivery = DeliveryMode.AtLeastOnce })
            .PipeTo(_self, success: _ => new Told(ids, null), failure: error => new Told(ids, error));
    }

    private void OnTold(Told message)
    {
        _isAcknowledging = false;
        if (message.Error is null)
        {
            _ledger.OnAcknowledged(message.Ids);
            Acknowledge();
        }
        else
        {
            // The clock tries again.
            _ledger.OnNotAcknowledged(message.Ids);
            Pause(message.Error);
        }

        Step();
        StopWhenIdle();
    }

    private void OnFail(FailStreamEntry message)
    {
        if (_ledger.Fail(message.Id, message.Reason, Now)) AddToDeadLetters();
        Step();
    }

    private void OnLetGo(LetGoOfStreamEntry message)
    {
        _ledger.LetGo(message.Id);
        Step();
        StopWhenIdle();
    }

    private void OnClockTick()
    {
        HandOverAgain(_ledger.OnTime(Now));
        AddToDeadLetters();
        if (Now >= _pausedUntil) Acknowledge();
        Volatile.Write(ref _status, Status());
        Step();
        StopWhenIdle();
    }

    private void AddToDeadLetters()
    {
        while (_ledger.TakeFailed(Now) is { } held)
        {
            _redis.ExecuteAsync(DeadLetterOf(held)).PipeTo(
                _self, success: _ => new AddedToDeadLetters(held, null), failure: error => new AddedToDeadLetters(held, error));
        }
    }

    private RedisCommand DeadLetterOf(HeldEntry held)
    {
        var entry = held.Entry;
        RedisValue[] arguments =
        [
            _options.DeadLetters, "*", .. entry.Fields.SelectMany(field => (RedisValue[])[field.Key.AsRedisValue(), field.Value.AsRedisValue()]),
            "redis-actors:stream", entry.Stream, "redis-actors:group", entry.Group, "redis-actors:id", entry.Id,
            "redis-actors:deliveries", entry.Deliveries, "redis-actors:reason", held.Reason,
        ];
        return new RedisCommand("XADD", arguments) { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = entry.Token("dead-letter") };
    }

    private void OnAddedToDeadLetters(AddedToDeadLetters message)
    {
        if (message.Error is null)
        {
            var entry = message.Held.Entry;
            _log.Warning("redis stream {0}, group {1}: {2} went to {3} after {4} deliveries: {5}", entry.Stream, entry.Group, entry.Id, _options.DeadLetters, entry.Deliveries, message.Held.Reason);
            _ledger.OnDeadLettered(message.Held);
            Acknowledge();
        }
        else
        {
            _ledger.OnNotDeadLettered(message.Held, Now);
            Pause(message.Error);
        }
    }

    private void OnStop()
    {
        _ledger.IsStopping = true;
        _reads.Cancel();
        StopWhenIdle();
    }

    private void StopWhenIdle()
    {
        if (_ledger.IsStopping && !_isStepping && !_isAcknowledging && _ledger.IsIdle) Context.Stop(Self);
    }

    private void AskForGroups() => _redis.ExecuteAsync(new RedisCommand("XINFO", "GROUPS", _options.Stream))
        .PipeTo(_self, success: reply => new Groups(reply.Value), failure: _ => new Groups(RespValue.Null));

    private void OnGroups(Groups message)
    {
        (_pending, _lag) = StreamReplies.Group(message.Reply, _options.Group);
        Context.System.EventStream.Publish(Status());
    }

    private StreamConsumerStatus Status() => new(
        _options.Stream, _options.Group, _options.Consumer, _ledger.InHand, _pending, _lag, _ledger.Acknowledged, _ledger.Failed, _ledger.TakenOver, _ledger.DeadLettered);

    private sealed record Stepped(StreamStep Step, RespValue Reply, Exception? Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Told(IReadOnlyList<string> Ids, Exception? Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record AddedToDeadLetters(HeldEntry Held, Exception? Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Groups(RespValue Reply) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class AcknowledgeTick : Tick<AcknowledgeTick>;

    private sealed class ClockTick : Tick<ClockTick>;

    private sealed class StatusTick : Tick<StatusTick>;
}

/// <summary>From a handler of the same process: it has not begun with the entry, and will not.</summary>
internal sealed record LetGoOfStreamEntry(string Id) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
