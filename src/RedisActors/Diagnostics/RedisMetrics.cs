using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors;

/// <summary>
/// The metrics of RedisActors, instruments of a <see cref="Meter"/> named <see cref="MeterName"/>. With OpenTelemetry:
/// <c>metrics.AddMeter(RedisMetrics.MeterName)</c>. Those of connections and commands have the tag <c>connection</c>, the connection's name in
/// the settings. Those of a lane have the tag <c>lane</c>, a number from 1; the sessions of commands that block have
/// numbers from 100001. Those of a <see cref="RedisStreamConsumer"/> have the tags <c>stream</c>, <c>group</c> and <c>consumer</c>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>redisactors.connection.changes</c></term><description>Counter: changes of state, by <c>state</c>: <c>connecting</c>,
/// <c>ready</c>, <c>lost</c>, <c>backing-off</c>, <c>suspended</c>, <c>gave-up</c>.</description></item>
/// <item><term><c>redisactors.connection.away</c></term><description>Histogram: how long there was no connection, in seconds;
/// recorded at each reconnect.</description></item>
/// <item><term><c>redisactors.connection.ready</c></term><description>Up-down counter: 1 while a lane has its connection, otherwise
/// 0.</description></item>
/// <item><term><c>db.client.operation.duration</c></term><description>Histogram: how long commands took from their arrival to their answer, in
/// seconds, with the tags of OpenTelemetry's conventions for Redis.</description></item>
/// <item><term><c>redisactors.commands.answered</c></term><description>Counter: commands that have got their answer, by <c>outcome</c>:
/// <c>applied</c>, <c>rejected</c>, <c>not-sent</c>, <c>unknown</c>.</description></item>
/// <item><term><c>redisactors.commands.retried</c></term><description>Counter: commands sent once more, after a refusal for the time being or
/// after a lost connection.</description></item>
/// <item><term><c>redisactors.subscriptions.gaps</c></term><description>Counter: gaps that subscribers were told of, by <c>complete</c>:
/// whether a stream has filled it.</description></item>
/// <item><term><c>redisactors.commands.replayed</c></term><description>Counter: commands that were replayed after a
/// reconnect.</description></item>
/// <item><term><c>redisactors.commands.failed</c></term><description>Counter: commands that did not end as Applied, by <c>outcome</c>:
/// <c>rejected</c>, <c>not-sent</c>, <c>unknown</c>.</description></item>
/// <item><term><c>redisactors.commands.in_flight</c></term><description>Up-down counter: commands handed to a connection and not
/// answered.</description></item>
/// <item><term><c>redisactors.commands.stashed</c></term><description>Up-down counter: commands that wait for a connection.</description></item>
/// <item><term><c>redisactors.consumer.in_hand</c>, <c>.pending</c>, <c>.lag</c></term><description>Up-down counters: see
/// <see cref="StreamConsumerStatus"/>.</description></item>
/// <item><term><c>redisactors.consumer.acknowledged</c>, <c>.failed</c>, <c>.taken_over</c>, <c>.dead_lettered</c></term><description>Counters:
/// entries, see <see cref="StreamConsumerStatus"/>.</description></item>
/// </list>
/// </remarks>
public static class RedisMetrics
{
    /// <summary>The name of the meter: <c>RedisActors</c>.</summary>
    public const string MeterName = "RedisActors";

    /// <summary>The actor that sends slices of a command, which fail without the command failing.</summary>
    internal const string SessionsName = "sessions";

    private static readonly Meter Meter = new(MeterName, typeof(RedisMetrics).Assembly.GetName().Version?.ToString(3));
    private static readonly ConcurrentDictionary<LaneGauge, byte> Lanes = new();
    private static readonly ConcurrentDictionary<ConsumerGauge, byte> Consumers = new();

    // A listener is told of each instrument by the thread that makes it, and may throw; then there is no such instrument.
    private static readonly Counter<long>? Changes = Try(() => Meter.CreateCounter<long>(
        "redisactors.connection.changes", "{change}", "Changes of state of the supervised connections."));

    private static readonly Histogram<double>? Away = Try(() => Meter.CreateHistogram<double>(
        "redisactors.connection.away", "s", "How long there was no connection, at each reconnect."));

    private static readonly Counter<long>? Replayed = Try(() => Meter.CreateCounter<long>(
        "redisactors.commands.replayed", "{command}", "Commands that were replayed after a reconnect."));

    private static readonly Counter<long>? Failed = Try(() => Meter.CreateCounter<long>(
        "redisactors.commands.failed", "{command}", "Commands that did not end as Applied."));

    private static readonly Counter<long>? Answered = Try(() => Meter.CreateCounter<long>(
        "redisactors.commands.answered", "{command}", "Commands that have got their answer, by outcome."));

    private static readonly Counter<long>? Retried = Try(() => Meter.CreateCounter<long>(
        "redisactors.commands.retried", "{command}", "Commands handed to a connection once more, after a refusal for the time being or a lost connection."));

    private static readonly Counter<long>? Gaps = Try(() => Meter.CreateCounter<long>(
        "redisactors.subscriptions.gaps", "{gap}", "Gaps in subscriptions that subscribers were told of when they went on."));

    private static readonly Histogram<double>? Duration = Try(() => Meter.CreateHistogram(
        "db.client.operation.duration", "s", "Duration of database client operations.", tags: null,
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] }));

    static RedisMetrics()
    {
        Try(() => Meter.CreateObservableUpDownCounter(
            "redisactors.connection.ready",
            () => Lanes.Keys.Select(lane => new Measurement<int>(lane.IsReady() ? 1 : 0, lane.Tags)),
            "{connection}",
            "1 while the connection is ready, otherwise 0."));
        Try(() => Meter.CreateObservableUpDownCounter(
            "redisactors.commands.in_flight",
            () => Lanes.Keys.Select(lane => new Measurement<int>(lane.InFlight(), lane.Tags)),
            "{command}",
            "Commands handed to a connection and not answered."));
        Try(() => Meter.CreateObservableUpDownCounter(
            "redisactors.commands.stashed",
            () => Lanes.Keys.Select(lane => new Measurement<int>(lane.Stashed(), lane.Tags)),
            "{command}",
            "Commands that wait for a connection."));
        ObserveConsumers("in_hand", "Entries that the consumer holds.", status => status.InHand);
        ObserveConsumers("pending", "Entries of the group that some consumer was given and none has acknowledged.", status => status.Pending);
        ObserveConsumers("lag", "Entries of the stream that the group has not been given yet.", status => status.Lag);
        CountConsumers("acknowledged", "Entries that the consumer has acknowledged.", status => status.Acknowledged);
        CountConsumers("failed", "How often an entry failed.", status => status.Failed);
        CountConsumers("taken_over", "Entries that other consumers had left.", status => status.TakenOver);
        CountConsumers("dead_lettered", "Entries that went to the dead letters.", status => status.DeadLettered);
    }

    /// <summary>Whether anybody wants to know how commands end.</summary>
    internal static bool CountsCommands => Answered?.Enabled == true || Failed?.Enabled == true;

    /// <summary>Whether anybody wants to know how long commands take.</summary>
    internal static bool TimesCommands => Duration?.Enabled == true;

    internal static void StateChanged(RedisConnectionEvent state)
    {
        var tags = Tags(state.Connection, state.Lane);
        if (state is RedisReady ready)
        {
            if (ready.Away > TimeSpan.Zero) Record(Away, ready.Away.TotalSeconds, tags);
            if (ready.Replayed > 0) Add(Replayed, ready.Replayed, tags);
        }

        tags.Add("state", Word(state));
        Add(Changes, 1, tags);
    }

    /// <param name="redis">The RedisActor that the command was sent to.</param>
    /// <param name="command">The command.</param>
    /// <param name="answer">What its sender is told.</param>
    internal static void CommandEnded(IActorRef redis, RedisCommand command, object answer)
    {
        if (!CountsCommands || command.State is IPartOfCommand || redis.Path.Name == SessionsName) return;
        var outcome = answer is Status.Failure { Cause: RedisOutcomeException failure } ? failure.Outcome : Outcome.Applied;
        var tags = new TagList { { "connection", ConnectionOf(redis) }, { "outcome", Word(outcome) } };
        Add(Answered, 1, tags);
        if (outcome != Outcome.Applied) Add(Failed, 1, tags);
    }

    /// <summary>A command is sent that came back from a connection before.</summary>
    internal static void CommandRetried(IActorRef redis)
    {
        if (Retried?.Enabled == true && redis.Path.Name != SessionsName) Add(Retried, 1, new TagList { { "connection", ConnectionOf(redis) } });
    }

    /// <summary>How long a command took from its arrival to its answer.</summary>
    internal static void CommandTimed(TimeSpan time, in TagList tags) => Record(Duration, time.TotalSeconds, tags);

    /// <summary>A subscriber is told what it missed while there was no connection.</summary>
    internal static void SubscriptionResumed(IActorRef redis, bool complete)
    {
        if (Gaps?.Enabled == true) Add(Gaps, 1, new TagList { { "connection", ConnectionOf(redis) }, { "complete", complete } });
    }

    /// <summary>The name of a RedisActor's connection.</summary>
    internal static string ConnectionOf(IActorRef redis)
    {
        var name = redis.Path.Name;
        return name == "redis" ? "default" : name.StartsWith("redis-", StringComparison.Ordinal) ? name["redis-".Length..] : name;
    }

    /// <summary>Measures what a lane holds until the result is disposed. The functions are called from any thread.</summary>
    internal static IDisposable Show(string connection, int lane, Func<int> inFlight, Func<int> stashed, Func<bool> isReady)
    {
        var gauge = new LaneGauge(Tags(connection, lane), inFlight, stashed, isReady);
        Lanes.TryAdd(gauge, 0);
        return gauge;
    }

    /// <summary>Measures a consumer until the result is disposed. The function is called from any thread.</summary>
    internal static IDisposable Show(Func<StreamConsumerStatus> status)
    {
        var gauge = new ConsumerGauge(status);
        Consumers.TryAdd(gauge, 0);
        return gauge;
    }

    private static void ObserveConsumers(string name, string meaning, Func<StreamConsumerStatus, long?> value) =>
        Try(() => Meter.CreateObservableUpDownCounter($"redisactors.consumer.{name}", () => MeasureConsumers(value), "{entry}", meaning));

    private static void CountConsumers(string name, string meaning, Func<StreamConsumerStatus, long?> value) =>
        Try(() => Meter.CreateObservableCounter($"redisactors.consumer.{name}", () => MeasureConsumers(value), "{entry}", meaning));

    /// <summary>What is not known is not measured.</summary>
    private static IEnumerable<Measurement<long>> MeasureConsumers(Func<StreamConsumerStatus, long?> value)
    {
        foreach (var consumer in Consumers.Keys)
        {
            var status = consumer.Status();
            if (value(status) is not { } number) continue;
            yield return new Measurement<long>(
                number, new TagList { { "stream", status.Stream }, { "group", status.Group }, { "consumer", status.Consumer } });
        }
    }

    /// <summary>
    /// Listeners are called by the thread that measures, and one that throws is no reason for a connection or a command to fail.
    /// Those that come after it miss this measurement.
    /// </summary>
    private static void Add(Counter<long>? counter, long value, TagList tags)
    {
        try
        {
            counter?.Add(value, tags);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
        }
    }

    private static void Record(Histogram<double>? histogram, double value, TagList tags)
    {
        try
        {
            histogram?.Record(value, tags);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
        }
    }

    private static T? Try<T>(Func<T> create)
        where T : Instrument
    {
        try
        {
            return create();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static TagList Tags(string connection, int lane) => new() { { "connection", connection }, { "lane", lane } };

    private static string Word(RedisConnectionEvent state) => state switch
    {
        RedisConnecting => "connecting",
        RedisReady => "ready",
        RedisLost => "lost",
        RedisBackingOff => "backing-off",
        RedisSuspended => "suspended",
        _ => "gave-up",
    };

    /// <summary>An outcome as a tag's value.</summary>
    internal static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Applied => "applied",
        Outcome.Rejected => "rejected",
        Outcome.NotSent => "not-sent",
        _ => "unknown",
    };

    private sealed class LaneGauge(TagList tags, Func<int> inFlight, Func<int> stashed, Func<bool> isReady) : IDisposable
    {
        public TagList Tags => tags;

        public Func<int> InFlight => inFlight;

        public Func<int> Stashed => stashed;

        public Func<bool> IsReady => isReady;

        public void Dispose() => Lanes.TryRemove(this, out _);
    }

    private sealed class ConsumerGauge(Func<StreamConsumerStatus> status) : IDisposable
    {
        public Func<StreamConsumerStatus> Status => status;

        public void Dispose() => Consumers.TryRemove(this, out _);
    }
}
