using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>What exactly-once is worth on a server that keeps nothing on disk.</summary>
public sealed class PersistenceTests() : RealServersSpec(TimeSpan.FromSeconds(20)), IAsyncLifetime
{
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });

    public async Task DisposeAsync()
    {
        await StopSystemAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_killed_server_loses_a_write_together_with_its_token_so_that_it_counts_once_in_what_is_left()
    {
        await using var proxy = FaultProxy.Start(_server);
        var redis = StartRedis($"endpoint = \"{proxy.Endpoint}\", delivery = exactly-once");
        await AskAsync(redis, "SET", "other", "value");
        proxy.LoseReplyTo("INCR");
        proxy.Refuse();
        var reply = AskAsync(redis, "INCR", "number");
        await Kit.AwaitConditionAsync(() => Task.FromResult(proxy.Connections == 0), Patience);
        Assert.Equal("1", (await _server.ExecuteAsync("GET", "number")).Text);

        _server.Kill();
        await _server.StartAgainAsync();
        proxy.Accept();

        Assert.Equal(1, (await reply).Value.AsInt64());
        Assert.Equal("1", (await _server.ExecuteAsync("GET", "number")).Text);
        Assert.Equal("0", (await _server.ExecuteAsync("EXISTS", "other")).Text);
    }
}
