using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Akka.Actor;

namespace RedisActors.Tests.Servers;

/// <summary>One outage of a real server, as spans and as metrics: the same story.</summary>
[Collection(nameof(AllProcessors))]
public sealed class OutageTelemetryTests : ServerSpec
{
    private readonly Spans _spans = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly ConcurrentQueue<(double Seconds, Dictionary<string, object?> Tags)> _durations = new();

    public OutageTelemetryTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == RedisMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "db.client.operation.duration") _durations.Enqueue((value, tags.ToArray().ToDictionary()));
        });
        _listener.Start();
    }

    [Fact]
    public async Task Spans_and_metrics_tell_the_same_of_an_outage()
    {
        var redis = Redis("command-timeout = 20s");
        await AskAsync(redis, "SET", "text", "value");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        Assert.Equal(1, Observed("redisactors.connection.ready"));

        // Some are in flight when the server dies, some come while it is away, one is refused.
        Server.Suspend();
        List<Task<Outcome>> outcomes = [];
        for (var i = 0; i < 5; i++)
        {
            outcomes.Add(OutcomeAsync(AskAsync(redis, "GET", "text")));
            outcomes.Add(OutcomeAsync(AskAsync(redis, "INCR", "number")));
        }

        while ((await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).InFlight < 10) await Task.Yield();
        Server.Kill();
        await NextAsync<RedisLost>(states);
        for (var i = 0; i < 7; i++) outcomes.Add(OutcomeAsync(AskAsync(redis, "GET", "text")));
        outcomes.Add(OutcomeAsync(AskAsync(redis, "SUBSCRIBE", "channel")));
        while ((await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).Stashed < 12) await Task.Yield();
        Assert.Equal(0, Observed("redisactors.connection.ready"));
        Assert.Equal(12, Observed("redisactors.commands.stashed"));
        await Server.StartAgainAsync();
        await NextAsync<RedisReady>(states);
        await Task.WhenAll(outcomes);
        Assert.Equal(1, Observed("redisactors.connection.ready"));

        var told = outcomes.Select(outcome => outcome.Result).Append(Outcome.Applied).ToLookup(outcome => outcome);
        Assert.Equal((13, 5, 1), (told[Outcome.Applied].Count(), told[Outcome.Unknown].Count(), told[Outcome.NotSent].Count()));
        foreach (var (outcome, word) in new[] { (Outcome.Applied, "applied"), (Outcome.Unknown, "unknown"), (Outcome.NotSent, "not-sent") })
        {
            var expected = told[outcome].Count();
            Assert.Equal(expected, _counts.GetValueOrDefault($"redisactors.commands.answered outcome={word}"));
            Assert.Equal(expected, _spans.Ended.Count(span => word.Equals(Spans.TagsOf(span)["redisactors.outcome"])));
            Assert.Equal(expected, _durations.Count(measured => (word == "applied" ? null : word) == (string?)measured.Tags.GetValueOrDefault("error.type")));
        }

        // The five reads that were in flight: sent, back in the stash, sent once more.
        var retried = _spans.Ended.Where(span => Spans.EventsOf(span).Contains("retried")).ToArray();
        Assert.Equal(5, retried.Length);
        Assert.All(retried, span => Assert.Equal(["sent", "stashed", "retried"], Spans.EventsOf(span)));
        Assert.Equal(5, _counts.GetValueOrDefault("redisactors.commands.retried"));
        Assert.Equal(7, _spans.Ended.Count(span => Spans.EventsOf(span) is ["stashed", "sent"] && span.DisplayName == "GET"));
        Assert.All(_spans.Ended, span => Assert.Equal(_spans.Root.SpanId, span.ParentSpanId));

        // Both measure the same time.
        var longest = _spans.Ended.Max(span => span.Duration).TotalSeconds;
        Assert.InRange(_durations.Max(measured => measured.Seconds), longest - 0.1, longest + 0.1);
        Assert.All(_durations, measured => Assert.Equal(Server.Port, measured.Tags["server.port"]));
    }

    [Fact]
    public async Task A_gap_in_a_subscription_is_counted_when_its_subscriber_is_told()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new Subscribe("news", subscriber.Ref));
        await subscriber.FishForMessageAsync(message => message is RedisSubscribed, Patience);
        Assert.Equal(0, _counts.GetValueOrDefault("redisactors.subscriptions.gaps"));

        await Server.KillClientsAsync();
        await subscriber.FishForMessageAsync(message => message is RedisSubscriptionResumed, Patience);

        await Kit.AwaitConditionAsync(() => Task.FromResult(_counts.GetValueOrDefault("redisactors.subscriptions.gaps") == 1), Patience);
    }

    public override Task DisposeAsync()
    {
        _listener.Dispose();
        _spans.Dispose();
        return base.DisposeAsync();
    }

    private long Observed(string name)
    {
        foreach (var key in _counts.Keys.Where(key => key.StartsWith(name, StringComparison.Ordinal))) _counts.TryRemove(key, out _);
        _listener.RecordObservableInstruments();
        return _counts.GetValueOrDefault(name);
    }

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var (key, tag) in tags)
        {
            if (key == "outcome") name += $" {key}={tag}";
        }

        _counts.AddOrUpdate(name, value, (_, sum) => sum + value);
    }
}
