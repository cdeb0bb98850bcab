using System.Collections.Concurrent;
using Akka.Actor;
using RedisActors.Benchmarks.Outage;

namespace RedisActors.Tests.Sessions;

/// <summary>
/// A ledger of blocking pops under every fault: each element that was pushed is delivered once, or there is a sender that was told Unknown.
/// With exactly-once, each is delivered.
/// </summary>
public sealed class BlockingOutageTests() : RealServersSpec(TimeSpan.FromSeconds(90)), IAsyncLifetime
{
    private const int Takers = 16;
    private const int Pushers = 4;

    private readonly ConcurrentQueue<long> _delivered = [];
    private readonly ConcurrentQueue<string> _unknown = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private long _pushed;
    private int _nothing;
    private volatile bool _pushing = true;
    private volatile bool _taking = true;

    public static TheoryData<string, DeliveryMode> Cases
    {
        get
        {
            var cases = new TheoryData<string, DeliveryMode>();
            foreach (var fault in OutageFault.All)
            {
                cases.Add(fault.Name, DeliveryMode.WhenSafe);
                cases.Add(fault.Name, DeliveryMode.ExactlyOnce);
            }

            return cases;
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => StopSystemAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_element_is_accounted_for(string name, DeliveryMode delivery)
    {
        var fault = OutageFault.All.Single(candidate => candidate.Name == name);
        await using var stage = await OutageStage.SetAsync(fault.NeedsProxy, fault.NeedsPeer);
        var redis = StartRedis($"endpoint = \"{stage.Endpoint}\", command-timeout = 60s");
        var takers = Enumerable.Range(0, Takers).Select(number => TakeAsync(redis, delivery, number)).ToList();
        var pushers = Enumerable.Range(0, Pushers).Select(_ => PushAsync(redis)).ToList();
        await EventuallyAsync(() => _delivered.Count > 100);

        await fault.InjectAsync(stage);
        var before = _delivered.Count;
        await EventuallyAsync(() => _delivered.Count > before + 100);
        _pushing = false;
        await Task.WhenAll(pushers).WaitAsync(Patience);

        // What waits is taken; what was put back as well.
        _nothing = 0;
        await EventuallyAsync(() => _nothing > 3 * Takers);
        _taking = false;
        await Task.WhenAll(takers).WaitAsync(Patience);

        var missing = _pushed - _delivered.Distinct().Count();
        Assert.Empty(_failures);
        Assert.Equal(_delivered.Count, _delivered.Distinct().Count());
        if (delivery == DeliveryMode.ExactlyOnce)
        {
            Assert.Empty(_unknown);
            Assert.Equal(0, missing);
        }
        else
        {
            Assert.InRange(missing, 0, _unknown.Count);
        }
    }

    private async Task PushAsync(IActorRef redis)
    {
        while (_pushing)
        {
            var number = Interlocked.Increment(ref _pushed);
            await redis.ExecuteAsync(new RedisCommand("RPUSH", number % 2 == 0 ? "{q}even" : "{q}odd", number) { Delivery = DeliveryMode.ExactlyOnce });
        }
    }

    /// <summary>Some wait for one list, others for both.</summary>
    private async Task TakeAsync(IActorRef redis, DeliveryMode delivery, int number)
    {
        RedisCommand[] commands = [new("BLPOP", "{q}even", "{q}odd", 0.2), new("BLPOP", "{q}even", 0.2), new("BRPOP", "{q}odd", 0.2), new("BLMPOP", 0.2, 2, "{q}odd", "{q}even", "LEFT", "COUNT", 3)];
        while (_taking)
        {
            try
            {
                var reply = (await redis.ExecuteAsync(commands[number % commands.Length] with { Delivery = delivery })).Value;
                if (reply.IsNull)
                {
                    Interlocked.Increment(ref _nothing);
                    continue;
                }

                var elements = reply.AsArray()[1];
                foreach (var element in elements.Kind == RespKind.Array ? elements.AsArray() : [elements]) _delivered.Enqueue(element.AsInt64());
            }
            catch (RedisOutcomeException failure) when (failure.Outcome == Outcome.Unknown)
            {
                // The one that takes several may have taken as many.
                for (var i = 0; i < (failure.Command.Name == "BLMPOP" ? 3 : 1); i++) _unknown.Enqueue(failure.Message);
            }
            catch (RedisOutcomeException failure)
            {
                _failures.Enqueue(failure.Message);
            }
        }
    }

    private async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(5, patience.Token);
    }
}
