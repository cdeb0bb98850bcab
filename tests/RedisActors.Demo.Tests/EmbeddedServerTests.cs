using RedisActors.Testing;

namespace RedisActors.Demo.Tests;

/// <summary>The embedded server as the samples start it.</summary>
public sealed class EmbeddedServerTests
{
    [Fact]
    public async Task It_keeps_its_data_over_an_orderly_stop()
    {
        await using var server = await EmbeddedServer.StartAsync();
        Assert.Equal("OK", (await server.ExecuteAsync("SET", "key", "value")).OrThrow().Text);
        Assert.StartsWith("Garnet ", server.Name, StringComparison.Ordinal);

        await server.EndAsync();
        Assert.False(server.IsRunning);
        Assert.False(await RedisProbe.AnswersAsync(server.Host, server.Port, TimeSpan.FromSeconds(1)));

        await server.StartAgainAsync();
        Assert.Equal("value", (await server.ExecuteAsync("GET", "key")).OrThrow().Text);
    }

    [Fact]
    public async Task It_ends_with_its_standard_input_and_takes_its_data_along()
    {
        var server = await EmbeddedServer.StartAsync();
        Assert.True(Directory.Exists(server.Folder));

        await server.DisposeAsync();
        Assert.False(server.IsRunning);
        Assert.False(await RedisProbe.AnswersAsync(server.Host, server.Port, TimeSpan.FromSeconds(1)));
        Assert.False(Directory.Exists(server.Folder));
    }

    [Fact]
    public async Task A_suspended_server_replies_once_it_is_resumed()
    {
        await using var server = await EmbeddedServer.StartAsync();
        await server.SuspendAllThreadsAsync();
        Assert.True(server.IsSuspended);

        server.Resume();
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
        Assert.False(server.IsSuspended);
    }

    [Fact]
    public async Task It_closes_the_connections_of_its_clients()
    {
        await using var server = await EmbeddedServer.StartAsync();
        await using var client = await RedisProbe.ConnectAsync(server.Host, server.Port);
        await client.ExecuteAsync("PING");

        Assert.Equal(1, await server.KillClientsAsync());
        await Assert.ThrowsAnyAsync<IOException>(() => client.ExecuteAsync("PING"));
    }

    /// <summary>Without a storage tier, Garnet would drop the oldest keys silently.</summary>
    [Fact]
    public async Task Data_that_exceed_its_memory_are_kept()
    {
        const int Values = 120;
        var value = new string('x', 500_000);
        await using var server = await EmbeddedServer.StartAsync("--memory", "16m");
        await using var client = await RedisProbe.ConnectAsync(server.Host, server.Port, TimeSpan.FromMinutes(1));
        for (var i = 0; i < Values; i++) (await client.ExecuteAsync("SET", $"key:{i}", value)).OrThrow();

        for (var i = 0; i < Values; i++)
        {
            Assert.Equal(value.Length, (await client.ExecuteAsync("STRLEN", $"key:{i}")).OrThrow().AsInt64());
        }
    }
}

internal static class Suspension
{
    /// <summary>Suspends the server. The system stops the threads of a process one after the other; this returns when it is silent.</summary>
    public static async Task SuspendAllThreadsAsync(this EmbeddedServer server)
    {
        server.Suspend();
        while (await RedisProbe.AnswersAsync(server.Host, server.Port, TimeSpan.FromMilliseconds(200))) await Task.Yield();
    }
}
