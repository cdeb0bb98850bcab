using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>
/// The replies that the senders received. The server counts increments, so they make up the ledger on the last line; writes and reads
/// of a number it does not count, so each is checked against what is read later.
/// </summary>
internal sealed class DemoAccount
{
    private readonly string _prefix = $"redis-actors-demo:{Guid.NewGuid().ToString("N")[..8]}:";
    private readonly List<GrowingNumber> _numbers = [];

    public CommandLedger Increments { get; } = new();

    public CommandLedger WritesAndReads { get; } = new();

    /// <summary>How often a read returned an older value than one that had been acknowledged before it.</summary>
    public long Stale => _numbers.Sum(number => number.Stale);

    public LedgerSummary Sums => Increments.Sums() + WritesAndReads.Sums();

    public long Unanswered => Increments.Unanswered + WritesAndReads.Unanswered;

    /// <summary>The work of one more sender.</summary>
    public SenderWork AddSender(int number)
    {
        var growing = new GrowingNumber(
            $"{_prefix}number:{number}", WritesAndReads.Counter("writes"), WritesAndReads.Counter("reads"));
        _numbers.Add(growing);
        return new SenderWork(
            Increments.Counter($"{_prefix}count:{number}"), Increments.Counter($"{_prefix}count:shared"), growing);
    }

    /// <summary>
    /// Compares the replies with what the server holds, read over a plain connection that knows nothing of RedisActors.
    /// </summary>
    public async Task<LedgerSummary> CompareAsync(ServerAddress server)
    {
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);
        var counts = new Dictionary<string, long>();
        foreach (var counter in Increments.Counters) counts[counter.Key] = await ReadAsync(probe, counter.Key);
        foreach (var number in _numbers) number.CheckFinalValue(await ReadAsync(probe, number.Key));
        return Increments.Compare(counts);
    }

    /// <summary>Removes the demo's keys.</summary>
    public async Task CleanUpAsync(ServerAddress server)
    {
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);
        var keys = Increments.Counters.Select(counter => counter.Key).Concat(_numbers.Select(number => number.Key));
        foreach (var key in keys) (await probe.ExecuteAsync("DEL", key)).OrThrow();
    }

    private static async Task<long> ReadAsync(RedisProbe probe, string key) =>
        (await probe.ExecuteAsync("GET", key)).OrThrow().AsInt64();
}
