using Akka.Configuration;
using Akka.Coordination;
using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>A lease on a real server.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromMilliseconds(1500);
    private readonly List<LeaseSystem> _systems = [];
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var system in _systems) await system.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task One_holder_has_it_until_it_releases_it_and_the_token_grows()
    {
        var one = Lease("one");
        var other = Lease("other");

        await AcquireAsync(one);
        Assert.True(one.CheckLease());
        Assert.False(await other.Acquire());
        Assert.False(other.CheckLease());
        Assert.Null(other.Token);
        var first = one.Token;

        Assert.True(await one.Release());
        Assert.False(one.CheckLease());
        Assert.Null(one.Token);
        Assert.True(await other.Acquire());
        Assert.True(other.Token > first);
    }

    [Fact]
    public async Task Acquiring_waits_while_nobody_has_it_and_the_server_may_have_forgotten_a_holder()
    {
        var one = Lease("one");

        // A server that has never heard of it.
        await AcquireByWaitingAsync(one);
        await one.Release();

        _server.Kill();
        await _server.StartAgainAsync();
        await AcquireByWaitingAsync(one);
        Assert.True(one.CheckLease());
    }

    [Fact]
    public async Task Of_those_that_wait_the_first_gets_it()
    {
        var one = Lease("one");
        var other = Lease("other");
        var first = one.Acquire();
        await Eventually.HoldsAsync("the first waits", async () =>
            (await _server.ExecuteAsync("HGET", "redisactors:lease:lease", "first")).Text?.StartsWith("one ", StringComparison.Ordinal) == true);

        var second = other.Acquire();

        Assert.True(await first);
        Assert.False(await second);
    }

    [Fact]
    public async Task One_that_waits_and_is_released_is_not_acquired()
    {
        var one = Lease("one");
        var acquired = one.Acquire();

        Assert.True(await one.Release());

        Assert.False(await acquired);
        await AcquireByWaitingAsync(Lease("other"));
        Assert.False(one.CheckLease());
    }

    [Fact]
    public async Task Acquiring_is_refused_at_once_where_it_is_not_to_wait()
    {
        var system = new LeaseSystem(_server.Endpoint, "wait-for-forgotten-holder = off");
        _systems.Add(system);

        Assert.False(await system.Lease("one").Acquire());
    }

    [Fact]
    public async Task Acquiring_a_lease_that_is_held_already_succeeds_and_keeps_the_token()
    {
        var lease = Lease("one");
        await AcquireAsync(lease);
        var token = lease.Token;

        Assert.True(await lease.Acquire());
        Assert.Equal(token, lease.Token);
    }

    [Fact]
    public async Task It_is_renewed_as_long_as_it_is_held()
    {
        var one = Lease("one");
        var other = Lease("other");
        await AcquireAsync(one);
        var token = one.Token;

        var end = DateTime.UtcNow + (TimeToLive * 2);
        await Eventually.HoldsAsync("two times to live", async () => await other.Acquire() || DateTime.UtcNow > end);

        Assert.Equal(token, one.Token);
    }

    [Fact]
    public async Task Another_actor_system_with_the_same_owner_name_is_another_holder()
    {
        var one = Lease("node");
        await AcquireAsync(one);

        Assert.False(await Lease("node").Acquire());
    }

    [Fact]
    public async Task Leases_with_different_names_are_independent()
    {
        await AcquireAsync(Lease("one", "first"));
        await AcquireAsync(Lease("other", "second"));
    }

    [Fact]
    public async Task A_holder_that_is_cut_off_is_told_of_the_loss_before_another_gets_it()
    {
        await using var proxy = FaultProxy.Start(_server);
        var one = Lease("one", endpoint: proxy.Endpoint);
        var other = Lease("other");
        var lost = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await AcquireAsync(one, lost.SetResult);
        var token = one.Token;

        proxy.Stall();
        Assert.False(await other.Acquire());
        await lost.Task.WaitAsync(Eventually.Patience);
        Assert.False(one.CheckLease());
        await AcquireAsync(other);
        Assert.True(other.Token > token);

        // The requests that were held up all the while change nothing.
        proxy.Pass();
        await Eventually.HoldsAsync("the first is connected again", async () => !await TryAcquireAsync(one));
        Assert.True(other.CheckLease());
    }

    [Fact]
    public async Task An_acquisition_whose_reply_is_lost_does_not_count_and_does_not_block_the_lease()
    {
        await using var proxy = FaultProxy.Start(_server);
        var one = Lease("one", endpoint: proxy.Endpoint);
        await AcquireAsync(one);
        await one.Release();

        proxy.LoseReplyTo("redisactors:lease:lease");
        await Assert.ThrowsAsync<LeaseException>(() => one.Acquire());
        Assert.False(one.CheckLease());

        await AcquireAsync(Lease("other"));
    }

    [Fact]
    public async Task Without_a_server_acquiring_ends_in_time()
    {
        _server.Kill();
        var lease = Lease("one");

        await Assert.ThrowsAsync<LeaseTimeoutException>(() => lease.Acquire());
        Assert.False(lease.CheckLease());
    }

    [Fact]
    public async Task The_holder_keeps_it_when_the_server_restarts_with_its_data()
    {
        var one = Lease("one");
        await AcquireAsync(one);
        var token = one.Token;

        _server.Kill();
        await _server.StartAgainAsync();

        var end = DateTime.UtcNow + (TimeToLive * 2);
        await Eventually.HoldsAsync("two times to live", () => DateTime.UtcNow > end || !one.CheckLease());
        Assert.Equal(token, one.Token);
    }

    [Fact]
    public async Task A_server_that_was_emptied_grants_it_to_nobody_while_its_holder_may_rely_on_it()
    {
        var one = Lease("one");
        var other = Lease("other");
        var lost = false;
        await AcquireAsync(one, _ => Volatile.Write(ref lost, true));
        var token = one.Token;

        _server.Kill();
        Directory.Delete(Path.Combine(_server.Folder, "appendonlydir"), recursive: true);
        await _server.StartAgainAsync();

        await Eventually.HoldsAsync("another has it", async () =>
        {
            if (!await TryAcquireAsync(other)) return false;
            Assert.False(one.CheckLease());
            return true;
        });
        Assert.True(Volatile.Read(ref lost));
        Assert.True(other.Token > token);
    }

    [Fact]
    public async Task Flushing_the_server_does_not_take_it_from_its_holder()
    {
        var one = Lease("one");
        var other = Lease("other");
        await AcquireAsync(one);
        var token = one.Token;

        await _server.ExecuteAsync("FLUSHALL");

        await AcquireByWaitingAsync(other);
        Assert.False(one.CheckLease());
        Assert.True(other.Token > token);
    }

    [Fact]
    public async Task An_actor_system_that_ends_releases_its_lease()
    {
        var system = new LeaseSystem(_server.Endpoint);
        var one = system.Lease("one");
        await AcquireAsync(one);
        await system.DisposeAsync();
        Assert.False(one.CheckLease());

        await AcquireByWaitingAsync(Lease("other"));
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused_by_name()
    {
        var system = new LeaseSystem(_server.Endpoint, "lease-operation-timeout = 1400ms");
        _systems.Add(system);

        var error = Assert.ThrowsAny<Exception>(() => system.Lease("one"));

        var cause = Assert.IsType<ConfigurationException>(error.GetBaseException());
        Assert.Contains("redis-actors.lease.lease-operation-timeout", cause.Message);
    }

    [Theory]
    [InlineData("lease-operation-timeout", "1000")]
    [InlineData("heartbeat-interval", "300")]
    [InlineData("heartbeat-timeout", "1500")]
    public void A_number_without_a_unit_is_no_duration(string path, string number)
    {
        var system = new LeaseSystem(_server.Endpoint, $"{path} = {number}");
        _systems.Add(system);

        var error = Assert.ThrowsAny<Exception>(() => system.Lease("one"));

        Assert.Contains($"redis-actors.lease.{path}: '{number}' without a unit (such as {number}s or {number}ms) is not valid", error.GetBaseException().Message);
    }

    private static Task AcquireAsync(RedisLease lease, Action<Exception>? lost = null) =>
        Eventually.HoldsAsync("the lease is acquired", () => TryAcquireAsync(lease, lost));

    /// <summary>It is never refused; on a busy machine a grant may come too late to be relied on.</summary>
    private static Task AcquireByWaitingAsync(RedisLease lease) => Eventually.HoldsAsync("the lease is acquired", async () =>
    {
        try
        {
            Assert.True(await lease.Acquire());
            return true;
        }
        catch (LeaseException)
        {
            return false;
        }
    });

    private static async Task<bool> TryAcquireAsync(RedisLease lease, Action<Exception>? lost = null)
    {
        try
        {
            return await lease.Acquire(lost!);
        }
        catch (LeaseException)
        {
            return false;
        }
    }

    /// <summary>The lease, seen from an actor system of its own.</summary>
    private RedisLease Lease(string owner, string name = "lease", string? endpoint = null)
    {
        var system = new LeaseSystem(endpoint ?? _server.Endpoint);
        _systems.Add(system);
        return system.Lease(owner, name);
    }
}
