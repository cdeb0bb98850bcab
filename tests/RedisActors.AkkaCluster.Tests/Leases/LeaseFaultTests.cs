using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>Contenders take the lease from each other as fast as they can while everything around them fails.</summary>
public sealed class LeaseFaultTests : IAsyncLifetime
{
    private readonly HolderLedger _ledger = new();
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Never_two_holders_while_the_server_is_killed_emptied_frozen_and_cut_off()
    {
        await using var proxy = FaultProxy.Start(_server);
        await using var here = new LeaseSystem(_server.Endpoint, LeaseSystem.Fast);
        await using var there = new LeaseSystem(proxy.Endpoint, LeaseSystem.Fast);
        RedisLease[] leases = [here.Lease("here"), there.Lease("there")];
        var stopped = false;
        var contenders = leases
            .Select((lease, number) => new LeaseContender(lease.Settings.OwnerName, lease, seed: number))
            .Select(contender => Task.Run(() => contender.RunAsync(_ledger.Add, () => Volatile.Read(ref stopped))))
            .ToList();

        await HeldAgainAsync();
        for (var round = 0; round < 2; round++)
        {
            _server.Kill();
            await _server.StartAgainAsync();
            await HeldAgainAsync();

            _server.Kill();
            Directory.Delete(Path.Combine(_server.Folder, "appendonlydir"), recursive: true);
            await _server.StartAgainAsync();
            await HeldAgainAsync();

            proxy.Stall();
            await HeldAgainAsync();
            proxy.Pass();
            await HeldAgainAsync();

            proxy.Blackhole();
            await HeldAgainAsync();
            proxy.Pass();
            proxy.Cut();
            await HeldAgainAsync();

            _server.Suspend();
            await Eventually.HoldsAsync("nobody holds it", () => leases.All(lease => !lease.CheckLease()));
            _server.Resume();
            await HeldAgainAsync();

            await _server.ExecuteAsync("FLUSHALL");
            await HeldAgainAsync();
        }

        Volatile.Write(ref stopped, true);
        await Task.WhenAll(contenders);
        Assert.Empty(_ledger.Violations());
    }

    /// <summary>Whatever happened, the lease is held again, more than once.</summary>
    private async Task HeldAgainAsync()
    {
        var before = _ledger.Count;
        await Eventually.HoldsAsync("the lease is held again", () => _ledger.Count > before + 1);
    }
}

/// <summary>Contenders in processes of their own, which are suspended in turn (SIGSTOP).</summary>
public sealed class LeaseSuspendedProcessTests : IAsyncLifetime
{
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Never_two_holders_when_a_process_is_stopped_for_longer_than_its_lease()
    {
        var ledger = new HolderLedger();
        using var one = ContenderProcess.Start("one", _server.Endpoint);
        using var other = ContenderProcess.Start("other", _server.Endpoint);
        for (var round = 0; round < 2; round++)
        {
            foreach (var (suspended, running) in new[] { (one, other), (other, one) })
            {
                await BothHadItAsync(one, other);
                suspended.Suspend();
                var before = running.Holdings;
                await Eventually.HoldsAsync("the other has it meanwhile", () => running.Holdings > before + 2);
                suspended.Resume();
            }
        }

        foreach (var held in (await one.FinishAsync()).Concat(await other.FinishAsync())) ledger.Add(held);
        Assert.Empty(ledger.Violations());
    }

    private static async Task BothHadItAsync(ContenderProcess one, ContenderProcess other)
    {
        var (first, second) = (one.Holdings, other.Holdings);
        await Eventually.HoldsAsync("both had it", () => one.Holdings > first && other.Holdings > second);
    }
}
