using System.Diagnostics;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Outage;

/// <summary>StackExchange.Redis with its defaults: one multiplexer, and one task per command in flight.</summary>
internal sealed class PlainClient : IOutageClient
{
    public const string Name = "plain";

    private readonly object _sending = new();
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly IDatabase _database;
    private readonly OutageLoad _load;
    private readonly TaskCompletionSource<long> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopped;

    private PlainClient(ConnectionMultiplexer multiplexer, OutageLoad load)
    {
        _multiplexer = multiplexer;
        _database = multiplexer.GetDatabase();
        _load = load;
        multiplexer.ConnectionFailed += (_, _) => _lost.TrySetResult(Stopwatch.GetTimestamp());
        for (var i = 0; i < load.InFlight; i++) _ = Task.Run(FillPlaceAsync);
    }

    public static async Task<IOutageClient> StartAsync(string endpoint, OutageLoad load)
    {
        var configuration = ConfigurationOptions.Parse(endpoint);
        configuration.AbortOnConnectFail = false;
        return new PlainClient(await ConnectionMultiplexer.ConnectAsync(configuration), load);
    }

    /// <summary>It is connected once it has been created.</summary>
    public Task Ready => Task.CompletedTask;

    public Task<long> Lost => _lost.Task;

    public Task StopSendingAsync()
    {
        lock (_sending) _stopped = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _multiplexer.Close(allowCommandsToComplete: false);
        _multiplexer.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task FillPlaceAsync()
    {
        while (true)
        {
            var counter = _load.Next();
            LedgerEntry entry;
            lock (_sending)
            {
                if (_stopped) return;
                entry = counter.Sent();
            }

            if (!await SendAsync(counter.Key, entry) || _load.RestsAfterSuccess) await Task.Delay(OutageLoad.Rest);
        }
    }

    private async Task<bool> SendAsync(string key, LedgerEntry entry)
    {
        try
        {
            entry.Applied(await _database.StringIncrementAsync(key));
            return true;
        }
        catch (RedisServerException)
        {
            entry.Rejected();
        }
        catch (Exception)
        {
            // A timeout or a lost connection. Some of these commands were executed and some were not; the client does not tell which.
            entry.Unknown();
        }

        return false;
    }
}
