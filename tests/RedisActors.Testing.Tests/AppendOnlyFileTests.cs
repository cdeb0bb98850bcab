using RedisActors.Testing;

namespace RedisActors.Testing.Tests;

public sealed class AppendOnlyFileTests
{
    /// <summary>Without mending, Redis 7.0.15 counts 2 at the end: the half transaction and the whole one.</summary>
    [Fact]
    public async Task A_transaction_that_a_kill_tore_is_not_executed_at_a_later_start()
    {
        const string Script = "redis.call('INCR', KEYS[1]) redis.call('SET', KEYS[2], 'x') return 1";
        await using var server = await RedisServer.StartAsync();
        await server.ExecuteAsync("EVAL", Script, "2", "counter", "first");
        server.Kill();
        var file = Directory.GetFiles(Path.Combine(server.Folder, "appendonlydir"), "*.incr.aof").Single();
        await using (var tail = File.OpenWrite(file)) tail.SetLength(tail.Length - 25);

        await server.StartAgainAsync();
        await server.ExecuteAsync("EVAL", Script, "2", "counter", "second");
        server.Kill();
        await server.StartAgainAsync();

        Assert.Equal("1", (await server.ExecuteAsync("GET", "counter")).Text);
    }
}
