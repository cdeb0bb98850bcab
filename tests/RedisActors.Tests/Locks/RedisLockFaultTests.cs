using System.Diagnostics;
using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Locks;

/// <summary>Contenders take a lock from each other as fast as they can while the server and the lines to it fail.</summary>
public sealed class RedisLockFaultTests : IAsyncLifetime
{
    private static readonly RedisLockOptions Options = new()
    {
        TimeToLive = TimeSpan.FromMilliseconds(750), PollInterval = TimeSpan.FromMilliseconds(20),
    };

    private readonly HolderLedger _ledger = new();
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Never_two_holders_while_the_server_is_killed_frozen_and_cut_off(bool survivesDataLoss)
    {
        await using var proxy = FaultProxy.Start(_server);
        await using var here = new OtherSystem(_server.Endpoint);
        await using var there = new OtherSystem(proxy.Endpoint);
        using var stop = new CancellationTokenSource();
        var options = Options with { SurvivesDataLoss = survivesDataLoss };
        var contenders = Enumerable.Range(0, 12)
            .Select(number => Task.Run(() => ContendAsync(number % 2 == 0 ? here.Redis : there.Redis, number, options, stop.Token)))
            .ToList();

        await HeldAgainAsync();
        _server.Kill();
        await _server.StartAgainAsync();
        await HeldAgainAsync();

        proxy.Blackhole();
        await HeldAgainAsync();
        proxy.Pass();
        proxy.Cut();
        await HeldAgainAsync();

        proxy.Stall();
        await HeldAgainAsync();
        proxy.Pass();
        await HeldAgainAsync();

        _server.Suspend();
        await Task.Delay(Options.TimeToLive * 1.5);
        _server.Resume();
        await HeldAgainAsync();

        await _server.KillClientsAsync();
        await HeldAgainAsync();

        if (survivesDataLoss)
        {
            await _server.ExecuteAsync("FLUSHALL");
            await HeldAgainAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(contenders);
        AssertNeverTwoHolders();

        // Nobody has left anything behind.
        await using var last = await here.Redis.LockAsync("order:42", options).WaitAsync(Eventually.Patience);
        Assert.True(last.FencingToken > _ledger.LargestToken);
    }

    private async Task ContendAsync(IActorRef redis, int number, RedisLockOptions options, CancellationToken stop)
    {
        var chance = new Random(number);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Some lose their patience.
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
                if (chance.Next(4) == 0) patience.CancelAfter(chance.Next(1, 60));
                await using var held = await redis.LockAsync("order:42", options, patience.Token);

                // Some hold it for longer than it lasts where it cannot be renewed.
                Hold(held, number, chance.Next(3) == 0 ? chance.Next(2 * (int)options.TimeToLive.TotalMilliseconds) : chance.Next(30));
            }
            catch (OperationCanceledException)
            {
                // Again.
            }
        }
    }

    /// <summary>Looks every millisecond whether it still has it.</summary>
    private void Hold(RedisLock held, int number, int milliseconds)
    {
        var start = Stopwatch.GetTimestamp();
        long? from = null;
        var to = start;
        while (from is null || Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds)
        {
            // It was held at every moment between a time that was taken after one look and one taken before a later one.
            var before = Stopwatch.GetTimestamp();
            if (!held.IsHeld) break;
            to = before;
            from ??= Stopwatch.GetTimestamp();
            Thread.Sleep(1);
        }

        if (from is { } first && first <= to) _ledger.Add(new Held($"{number}", held.FencingToken, first, to));
    }

    /// <summary>Whatever happened, it is held again, more than once.</summary>
    private async Task HeldAgainAsync()
    {
        var before = _ledger.Count;
        await Eventually.HoldsAsync("the lock is held again", () => _ledger.Count > before + 3);
    }

    private void AssertNeverTwoHolders()
    {
        Assert.True(_ledger.Holders > 1);
        Assert.Empty(_ledger.Violations());
    }
}
