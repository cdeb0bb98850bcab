using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Actor;

namespace RedisActors;

/// <summary>
/// The metrics of RedisActors, instruments of a <see cref="Meter"/> named <see cref="MeterName"/>. With OpenTelemetry:
/// <c>metrics.AddMeter(RedisMetrics.MeterName)</c>. Those of connections and commands have the tag <c>connection</c>, the connection's name in
/// the settings, and all but <c>redisactors.commands.failed</c> the tag <c>lane</c>, a number from 1; the sessions of commands that block have
/// numbers from 100001. Those of a <see cref="RedisStreamConsumer"/> have the tags <c>stream</c>, <c>group</c> and <c>consumer</c>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>redisactors.connection.changes</c></term><description>Counter: changes of state, by <c>state</c>: <c>connecting</c>,
/// <c>ready</c>, <c>lost</c>, <c>backing-off</c>, <c>suspended</c>, <c>gave-up</c>.</description></item>
/// <item><term><c>redisactors.connection.away</c></term><description>Histogram: how long there was no connection, in seconds;
/// recorded at each reconnect.</description></item>
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

    static RedisMetrics()
    {
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
    /// <param name="outcome">What its sender is told.</param>
    internal static void CommandFailed(IActorRef redis, Outcome outcome)
    {
        if (Failed?.Enabled != true || redis.Path.Name == SessionsName) return;
        var name = redis.Path.Name;
        var connection = name == "redis" ? "default" : name.StartsWith("redis-", StringComparison.Ordinal) ? name["redis-".Length..] : name;
        Add(Failed, 1, new TagList { { "connection", connection }, { "outcome", Word(outcome) } });
    }

    /// <summary>Measures what a lane holds until the result is disposed. Both functions are called from any thread.</summary>
    internal static IDisposable Show(string connection, int lane, Func<int> inFlight, Func<int> stashed)
    {
        var gauge = new LaneGauge(Tags(connection, lane), inFlight, stashed);
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

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Rejected => "rejected",
        Outcome.NotSent => "not-sent",
        _ => "unknown",
    };

    private sealed class LaneGauge(TagList tags, Func<int> inFlight, Func<int> stashed) : IDisposable
    {
        public TagList Tags => tags;

        public Func<int> InFlight => inFlight;

        public Func<int> Stashed => stashed;

        public void Dispose() => Lanes.TryRemove(this, out _);
    }

    private sealed class ConsumerGauge(Func<StreamConsumerStatus> status) : IDisposable
    {
        public Func<StreamConsumerStatus> Status => status;

        public void Dispose() => Consumers.TryRemove(this, out _);
    }
}
