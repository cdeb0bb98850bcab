using System.Diagnostics;
using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>One client under one fault, from a fresh server to the final comparison with that server's counters.</summary>
internal sealed class OutageRun
{
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(20);

    // Longer than the default command timeout, so that only commands that are never answered count as unanswered.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(40);

    private readonly string _client;
    private readonly OutageFault _fault;
    private readonly OutageOptions _options;
    private readonly CommandLedger _ledger = new();

    private OutageRun(string client, OutageFault fault, OutageOptions options)
    {
        _client = client;
        _fault = fault;
        _options = options;
    }

    public static async Task<OutageResult> RunAsync(string client, OutageFault fault, OutageOptions options)
    {
        await using var stage = await OutageStage.SetAsync(fault.NeedsProxy, fault.NeedsPeer);
        return await new OutageRun(client, fault, options).RunAsync(stage);
    }

    private async Task<OutageResult> RunAsync(OutageStage stage)
    {
        await using var client = await StartAsync(stage.Endpoint);
        await WaitAsync(() => _ledger.Sums().Applied > 0, RecoveryPatience);
        for (var round = 1; round <= _options.Rounds; round++)
        {
            await Task.Delay(_options.Between);
            var end = await _fault.InjectAsync(stage);
            await SeeRecoveryAsync(_ledger.AwaitRecovery(_fault.Name, end.Since, end.SentSince), round);
        }

        await Task.Delay(_options.Between);
        await client.StopSendingAsync();
        await WaitAsync(() => _ledger.Unanswered == 0, AnswerPatience);
        return new OutageResult(_client, _fault.Name, _options, _ledger.Compare(await CountAsync(stage)), _ledger.Recoveries);
    }

    private Task<IOutageClient> StartAsync(string endpoint)
    {
        var load = new OutageLoad(_ledger, _options.InFlight) { Delivery = _options.DeliveryName };
        return _client == RedisActorsClient.Name
            ? RedisActorsClient.StartAsync(endpoint, load)
            : PlainClient.StartAsync(endpoint, load);
    }

    private async Task SeeRecoveryAsync(LedgerRecovery recovery, int round)
    {
        await Task.WhenAny(recovery.Done, Task.Delay(RecoveryPatience));
        var how = recovery.Done.IsCompleted
            ? $"back after {recovery.Elapsed.TotalMilliseconds:0.0} ms"
            : $"not back within {RecoveryPatience.TotalSeconds:0} s";
        Console.Error.WriteLine($"  {_client}, {_fault.Name} {round}: {how}");
    }

    private async Task<Dictionary<string, long>> CountAsync(OutageStage stage)
    {
        await using var probe = await stage.Server.ConnectAsync();
        var counts = new Dictionary<string, long>();
        foreach (var counter in _ledger.Counters)
        {
            counts[counter.Key] = (await probe.ExecuteAsync("GET", counter.Key)).OrThrow().AsInt64();
        }

        return counts;
    }

    private static async Task WaitAsync(Func<bool> condition, TimeSpan patience)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition() && Stopwatch.GetElapsedTime(began) < patience) await Task.Delay(10);
    }
}
