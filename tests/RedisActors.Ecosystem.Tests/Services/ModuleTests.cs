using NRedisStack.RedisStackCommands;
using StackExchange.Redis;

namespace RedisActors.Ecosystem.Tests.Services;

/// <summary>NRedisStack, with a server that has none of its modules: what it says of them, and what needs none.</summary>
public sealed class ModuleTests
{
    [Fact]
    public async Task A_server_without_modules_says_so_itself()
    {
        await using var plain = await OutageRun.StartAsync(Client.Plain);
        await using var ours = await OutageRun.StartAsync(Client.Supervised);

        Func<IDatabase, Task>[] calls =
        [
            database => database.JSON().SetAsync("order:1", "$", """{"items":[1,2]}"""),
            database => database.JSON().GetAsync("order:1"),
            database => database.FT().SearchAsync("orders", new NRedisStack.Search.Query("*")),
            database => database.BF().AddAsync("seen", "order:1"),
            database => database.TS().GetAsync("temperature"),
        ];
        foreach (var call in calls)
        {
            var expected = await Assert.ThrowsAsync<RedisServerException>(() => call(plain.Multiplexer.GetDatabase()));
            var told = await Assert.ThrowsAsync<RedisServerException>(() => call(ours.Multiplexer.GetDatabase()));
            Assert.Equal(expected.Message, told.Message);
            Assert.Equal(Outcome.Rejected, RedisOutcome.Of(told));
        }
    }

    [Fact]
    public async Task Its_calls_wait_while_the_server_is_away()
    {
        await using var run = await OutageRun.StartAsync(Client.Supervised);

        run.Server.Kill();
        var waiting = run.Multiplexer.GetDatabase().JSON().GetAsync("order:1");
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await run.Server.StartAgainAsync();

        // The server's own words, and so it was asked.
        var error = await Assert.ThrowsAsync<RedisServerException>(() => waiting);
        Assert.StartsWith("ERR unknown command 'JSON.GET'", error.Message);
    }
}
