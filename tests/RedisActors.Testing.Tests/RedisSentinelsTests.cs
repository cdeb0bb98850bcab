using System.Diagnostics;

namespace RedisActors.Testing.Tests;

public sealed class RedisSentinelsTests
{
    [Fact]
    public async Task After_the_primary_was_killed_its_replica_is_the_primary_with_the_data_within_seconds()
    {
        await using var group = await RedisSentinels.StartAsync();
        var first = await group.PrimaryAsync();
        Assert.Same(group.Servers[0], first);
        await first.ExecuteAsync("SET", "k", "v");
        Assert.Equal(1, (await first.ExecuteAsync("WAIT", "1", "10000")).AsInt64());

        var clock = Stopwatch.StartNew();
        Assert.Same(first, await group.KillPrimaryAsync());
        var second = await group.WaitForPrimaryOtherThanAsync(first, TimeSpan.FromSeconds(15));

        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(0.5), "No sentinel can have known so early.");
        Assert.Same(group.Servers[1], second);
        Assert.Equal("v", (await second.ExecuteAsync("GET", "k")).Text);
        Assert.Equal("OK", (await second.ExecuteAsync("SET", "k", "w")).Text);
    }

    [Fact]
    public async Task A_primary_that_comes_back_after_the_failover_becomes_a_replica()
    {
        await using var group = await RedisSentinels.StartAsync();
        var first = await group.KillPrimaryAsync();
        var second = await group.WaitForPrimaryOtherThanAsync(first);
        await second.ExecuteAsync("SET", "k", "v");

        await first.StartAgainAsync();
        await group.WaitUntilHealthyAsync();

        Assert.Same(second, await group.PrimaryAsync());
        Assert.Equal([first], await group.ReplicasAsync());
        Assert.Equal("v", (await first.ExecuteAsync("GET", "k")).Text);
        Assert.StartsWith("READONLY", (await first.ExecuteAsync("SET", "k", "w")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failover_without_need_makes_the_replica_the_primary_and_back()
    {
        await using var group = await RedisSentinels.StartAsync();

        Assert.Same(group.Servers[1], await group.FailOverAsync());
        await group.WaitUntilHealthyAsync();
        Assert.Same(group.Servers[0], await group.FailOverAsync());
        await group.WaitUntilHealthyAsync();
        Assert.Equal("master", (await group.Servers[0].InfoAsync("replication"))["role"]);
    }

    [Fact]
    public async Task The_sentinels_announce_the_switch()
    {
        await using var group = await RedisSentinels.StartAsync();
        await using var listener = await group.Sentinels[2].ConnectAsync();
        listener.Timeout = TimeSpan.FromSeconds(30);
        await listener.ExecuteAsync("SUBSCRIBE", "+switch-master");

        await group.FailOverAsync();

        var words = (await listener.ReadAsync()).Items[2].Text.Split(' ');
        var (from, to) = (group.Servers[0], group.Servers[1]);
        Assert.Equal([group.ServiceName, from.Host, $"{from.Port}", to.Host, $"{to.Port}"], words);
    }

    [Fact]
    public async Task Two_sentinels_are_enough_and_one_is_not()
    {
        await using var group = await RedisSentinels.StartAsync();
        var first = await group.PrimaryAsync();
        group.Sentinels[0].Suspend();
        group.Sentinels[1].Kill();
        await using var listener = await group.Sentinels[2].ConnectAsync();
        listener.Timeout = TimeSpan.FromSeconds(30);
        await listener.ExecuteAsync("SUBSCRIBE", "+sdown");

        first.Kill();
        while (!(await listener.ReadAsync()).Items[2].Text.StartsWith("master", StringComparison.Ordinal))
        {
        }

        Assert.Same(first, await group.PrimaryAsync());
        group.Sentinels[0].Resume();
        Assert.Same(group.Servers[1], await group.WaitForPrimaryOtherThanAsync(first));
        await group.Sentinels[1].StartAgainAsync();
        await group.WaitUntilHealthyAsync();
    }

    [Fact]
    public async Task Passwords_of_servers_and_sentinels_do_not_hinder_a_failover()
    {
        await using var group = await RedisSentinels.StartAsync(new RedisSentinelsOptions
        {
            ServiceName = "guarded",
            Replicas = 2,
            SentinelPassword = "watch",
            Server = new RedisServerOptions { Password = "data" },
        });
        var sentinel = group.Sentinels[0];
        Assert.False(await RedisProbe.AnswersAsync(sentinel.Host, sentinel.Port, TimeSpan.FromSeconds(5)));
        await using (var client = await RedisProbe.ConnectAsync(
            sentinel.Host, sentinel.Port, access: new ProbeAccess { Password = "watch" }))
        {
            var primary = await client.ExecuteAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "guarded");
            Assert.Equal($"{group.Servers[0].Port}", primary.Items[1].Text);
        }

        var killed = await group.KillPrimaryAsync();
        await group.WaitForPrimaryOtherThanAsync(killed);
        await group.WaitUntilHealthyAsync();
        Assert.Single(await group.ReplicasAsync());
    }

    [Fact]
    public async Task Failover_works_with_TLS()
    {
        using var certificates = new TestCertificates();
        var tls = new RedisServerTls(certificates) { RequireClientCertificate = true };
        await using var group = await RedisSentinels.StartAsync(new RedisSentinelsOptions
        {
            Server = new RedisServerOptions { Tls = tls },
        });

        Assert.Same(group.Servers[1], await group.FailOverAsync());
    }

    [Fact]
    public async Task Nothing_is_left_of_a_group_that_was_disposed()
    {
        var group = await RedisSentinels.StartAsync();
        group.Sentinels[0].Suspend();
        await group.KillPrimaryAsync();
        await group.DisposeAsync();

        Assert.All([.. group.Servers, .. group.Sentinels], server =>
        {
            Assert.False(Processes.Exists(server.ProcessId));
            Assert.False(Directory.Exists(server.Folder));
        });
    }
}
