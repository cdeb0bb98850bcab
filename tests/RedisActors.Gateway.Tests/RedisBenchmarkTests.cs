using System.Text.RegularExpressions;

namespace RedisActors.Gateway.Tests;

/// <summary>redis-benchmark works through the gateway unchanged. It ends at the first error that it is told.</summary>
public sealed class RedisBenchmarkTests
{
    [Fact]
    public async Task Redis_benchmark_ends_without_an_error_while_the_server_is_killed()
    {
        const int Count = 10_000;
        await using var stage = await GatewayStage.SetAsync("delivery = exactly-once");

        var running = ClientProgram.RunAsync(
            "redis-benchmark",
            ["-p", $"{stage.Port}", "-t", "set,get,incr,lpush,mset", "-n", $"{Count}", "-c", "20", "-P", "4", "-q"]);
        await stage.KillWhenAsync(async () => (await stage.Server.ExecuteAsync("GET", "counter:__rand_int__")).AsInt64() > Count / 10, TimeSpan.FromSeconds(1));
        var (code, said) = await running;

        Assert.Equal(0, code);
        Assert.DoesNotContain("rror", said);
        Assert.Equal(5, Regex.Count(said, "requests per second"));
        Assert.Equal(Count, (await stage.Server.ExecuteAsync("GET", "counter:__rand_int__")).AsInt64());
        Assert.Equal(Count, (await stage.Server.ExecuteAsync("LLEN", "mylist")).AsInt64());
    }
}
