using Medallion.Threading.Redis;
using RedLockNet.SERedis;
using RedLockNet.SERedis.Configuration;
using Xunit.Abstractions;

namespace RedisActors.Ecosystem.Tests.Services;

/// <summary>Locks in Redis: DistributedLock.Redis and RedLock.net. Never two holders at a time, whatever becomes of the server.</summary>
public sealed class LockTests(ITestOutputHelper output)
{
    private const int Callers = 12;
    private const int Resources = 4;

    // Longer than the outage, so that who holds the lock has it still when the server is back.
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(Client.Plain)]
    [InlineData(Client.ExactlyOnce)]
    public async Task DistributedLock_excludes(Client client)
    {
        await using var run = await OutageRun.StartAsync(client);
        var ledger = new HolderLedger(Resources);
        var locks = new RedisDistributedSynchronizationProvider(
            run.Multiplexer.GetDatabase(),
            options => options.Expiry(Expiry).BusyWaitSleepTime(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)));

        await run.UnderLoadAsync(Callers, async caller =>
        {
            await using var handle = await locks.CreateLock($"account-{caller % Resources}").AcquireAsync(TimeSpan.FromSeconds(10));
            await ledger.HoldAsync(caller % Resources);
        });

        run.Report(output, "DistributedLock", $"{ledger.Held} times held, {ledger.Overlaps} overlaps");
        Assert.Equal(0, ledger.Overlaps);
        Check(client, run);
    }

    [Theory]
    [InlineData(Client.Plain)]
    [InlineData(Client.ExactlyOnce)]
    public async Task RedLock_excludes(Client client)
    {
        await using var run = await OutageRun.StartAsync(client);
        var ledger = new HolderLedger(Resources);
        using var locks = RedLockFactory.Create([new RedLockMultiplexer(run.Multiplexer)]);

        await run.UnderLoadAsync(Callers, async caller =>
        {
            await using var handle = await locks.CreateLockAsync($"account-{caller % Resources}", Expiry, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(10));
            if (!handle.IsAcquired) throw new TimeoutException($"{handle.Status} ({handle.InstanceSummary})");
            await ledger.HoldAsync(caller % Resources);
        });

        run.Report(output, "RedLock", $"{ledger.Held} times held, {ledger.Overlaps} overlaps");
        Assert.Equal(0, ledger.Overlaps);
        Check(client, run);
    }

    private static void Check(Client client, OutageRun run)
    {
        if (client != Client.Plain) Assert.Empty(run.Failures);
    }

    /// <summary>Knows of two holders at a time.</summary>
    private sealed class HolderLedger(int resources)
    {
        private readonly int[] _holders = new int[resources];
        private int _overlaps;
        private int _held;

        public int Held => _held;

        public int Overlaps => _overlaps;

        public async Task HoldAsync(int resource)
        {
            if (Interlocked.Increment(ref _holders[resource]) != 1) Interlocked.Increment(ref _overlaps);
            await Task.Yield();
            Interlocked.Increment(ref _held);
            Interlocked.Decrement(ref _holders[resource]);
        }
    }
}
