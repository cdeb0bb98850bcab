using RedisActors.Benchmarks.Outage;
using RedisActors.Testing;

namespace RedisActors.Benchmarks.Recovery;

/// <summary>One client and its record over all outages.</summary>
internal sealed class RecoveringClient : IAsyncDisposable
{
    private readonly IOutageClient _client;
    private readonly CommandLedger _ledger;
    private readonly List<TimeSpan> _times = [];
    private LedgerRecovery? _recovery;

    private RecoveringClient(string name, IOutageClient client, CommandLedger ledger)
    {
        Name = name;
        _client = client;
        _ledger = ledger;
    }

    public string Name { get; }

    /// <summary>The recovery time after each outage; if the client did not recover, how long the benchmark waited.</summary>
    public IReadOnlyList<TimeSpan> Times => _times;

    /// <summary>Whether commands were applied again after each outage.</summary>
    public bool CameBack { get; private set; } = true;

    public static async Task<RecoveringClient> StartAsync(string name, string endpoint, int inFlight)
    {
        var ledger = new CommandLedger();
        var load = new OutageLoad(ledger, inFlight) { RestsAfterSuccess = true };
        var client = name == RedisActorsClient.Name
            ? await RedisActorsClient.StartAsync(endpoint, load)
            : await PlainClient.StartAsync(endpoint, load);
        return new RecoveringClient(name, client, ledger);
    }

    /// <summary>The server has been answering since this <see cref="System.Diagnostics.Stopwatch"/> time stamp. May be called from any thread.</summary>
    public void ServerIsBack(string fault, long since) => _recovery = _ledger.AwaitRecovery(fault, since);

    /// <summary>Returns when a command was applied, or the time has run out.</summary>
    public async Task ComeBackAsync(TimeSpan patience)
    {
        await Task.WhenAny(_recovery!.Done, Task.Delay(patience));
        CameBack &= _recovery.Done.IsCompleted;
        _times.Add(_recovery.Elapsed);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
