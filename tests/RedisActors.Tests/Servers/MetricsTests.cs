using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Akka.Actor;

namespace RedisActors.Tests.Servers;

/// <summary>What the meter shows of an outage of a real server.</summary>
[Collection(nameof(AllProcessors))]
public sealed class MetricsTests : ServerSpec
{
    private readonly ConcurrentDictionary<string, double> _sums = new();
    private readonly MeterListener _listener = new();

    public MetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == RedisMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    [Fact]
    public async Task An_outage_shows_as_changes_of_state_as_commands_that_wait_and_as_time_away()
    {
        var redis = Redis("command-timeout = 20s");
        await AskAsync(redis, "SET", "text", "value");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);

        Server.Kill();
        await NextAsync<RedisLost>(states);
        var waiting = AskAsync(redis, "GET", "text");
        while ((await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).Stashed == 0) await Task.Yield();
        _listener.RecordObservableInstruments();
        Assert.Equal(1, Sum("redisactors.commands.stashed"));
        var refused = await OutcomeAsync(AskAsync(redis, "SUBSCRIBE", "channel"));
        await Server.StartAgainAsync();
        await NextAsync<RedisReady>(states);
        await waiting;

        Assert.Equal(Outcome.NotSent, refused);
        Assert.Equal(1, Sum("redisactors.commands.failed outcome=not-sent"));
        Assert.Equal(1, Sum("redisactors.connection.changes state=lost"));
        Assert.Equal(2, Sum("redisactors.connection.changes state=ready"));
        Assert.True(Sum("redisactors.connection.changes state=connecting") >= 2);
        Assert.True(Sum("redisactors.connection.away") > 0);
    }

    [Fact]
    public async Task A_connection_that_has_stopped_is_shown_no_longer()
    {
        var redis = Redis("command-timeout = 20s");
        await AskAsync(redis, "PING");
        await redis.GracefulStop(Patience);

        _listener.RecordObservableInstruments();

        Assert.False(_sums.ContainsKey("redisactors.commands.stashed"));
    }

    [Fact]
    public async Task What_a_stopped_RedisActor_leaves_behind_is_counted_for_its_connection()
    {
        var redis = Redis("command-timeout = 20s");
        await AskAsync(redis, "PING");
        var before = Enumerable.Range(0, 2000).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number"))).ToArray();
        redis.Tell(PoisonPill.Instance);
        var after = Enumerable.Range(0, 100).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number"))).ToArray();

        var outcomes = await Task.WhenAll([.. before, .. after]);

        Assert.Equal(outcomes.Count(outcome => outcome == Outcome.NotSent), Sum("redisactors.commands.failed outcome=not-sent"));
        Assert.Equal(outcomes.Count(outcome => outcome == Outcome.Unknown), Sum("redisactors.commands.failed outcome=unknown"));
    }

    [Fact]
    public async Task A_consumer_shows_what_it_has_acknowledged_and_what_waits()
    {
        var redis = Redis();
        for (var i = 1; i <= 6; i++) await AskAsync(redis, "XADD", "orders", $"{i}-0", "f", i);
        var (handler, statuses) = (Kit.CreateTestProbe(), Kit.CreateTestProbe());
        Kit.Sys.EventStream.Subscribe(statuses.Ref, typeof(StreamConsumerStatus));
        var options = new RedisStreamConsumerOptions("orders", "billing", "billing-1") { MaxInHand = 4, StatusInterval = TimeSpan.FromMilliseconds(100) };
        var consumer = Kit.Sys.ActorOf(RedisStreamConsumer.Props(redis, options, handler));
        foreach (RedisStreamEntry entry in await handler.ReceiveNAsync(4, Patience).ToListAsync())
        {
            if (entry.Id == "1-0") consumer.Tell(entry.Acknowledge(), handler);
        }

        // The gauges show what the consumer knew a moment ago.
        await statuses.FishForMessageAsync(message => message is StreamConsumerStatus { Acknowledged: 1, Pending: 4, Lag: 1 }, Patience);
        await Kit.AwaitConditionAsync(() => Task.FromResult(Recorded("redisactors.consumer.lag") == 1), Patience);

        Assert.Equal((1, 4, 4), (Sum("redisactors.consumer.acknowledged"), Sum("redisactors.consumer.in_hand"), Sum("redisactors.consumer.pending")));
    }

    public override Task DisposeAsync()
    {
        _listener.Dispose();
        return base.DisposeAsync();
    }

    private double Sum(string name) => _sums.GetValueOrDefault(name);

    /// <summary>What an instrument shows at this moment.</summary>
    private double Recorded(string name)
    {
        _sums.Clear();
        _listener.RecordObservableInstruments();
        return Sum(name);
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var (key, tag) in tags)
        {
            if (key == "connection" && !"default".Equals(tag)) return;
            if (key is "state" or "outcome") name += $" {key}={tag}";
        }

        _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
    }
}
