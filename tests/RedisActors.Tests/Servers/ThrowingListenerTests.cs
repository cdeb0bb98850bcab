using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Actor;

namespace RedisActors.Tests.Servers;

/// <summary>A listener to the metrics and the spans that throws at everything harms nobody.</summary>
[Collection(nameof(AllProcessors))]
public sealed class ThrowingListenerTests : ServerSpec
{
    private readonly MeterListener _listener = new();
    private readonly ActivityListener _spans;
    private int _thrown;

    public ThrowingListenerTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == RedisMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
        _listener.Start();
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RedisTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
            {
                if (Random.Shared.Next(2) == 0) Throw();
                return ActivitySamplingResult.AllDataAndRecorded;
            },
            ActivityStarted = _ =>
            {
                if (Random.Shared.Next(2) == 0) Throw();
            },
            ActivityStopped = _ => Throw(),
        };
        ActivitySource.AddActivityListener(_spans);
    }

    [Fact]
    public async Task Every_command_gets_its_outcome_and_the_connection_returns_all_the_same()
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "text", "value");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);

        var rejected = Enumerable.Range(0, 100).Select(i => OutcomeAsync(AskAsync(redis, i % 2 == 0 ? "INCR" : "GET", "text"))).ToArray();
        await Task.WhenAll(rejected);
        Assert.Equal(50, rejected.Count(outcome => outcome.Result == Outcome.Rejected));
        Assert.Equal(50, rejected.Count(outcome => outcome.Result == Outcome.Applied));

        await Server.KillClientsAsync();
        await NextAsync<RedisLost>(states);
        await NextAsync<RedisReady>(states);
        Assert.Equal("value", (await AskAsync(redis, "GET", "text")).Value.AsString());
        Assert.True(Volatile.Read(ref _thrown) > 50);
    }

    public override Task DisposeAsync()
    {
        _listener.Dispose();
        _spans.Dispose();
        return base.DisposeAsync();
    }

    private void Throw()
    {
        Interlocked.Increment(ref _thrown);
        throw new InvalidOperationException("the exporter is broken");
    }
}
