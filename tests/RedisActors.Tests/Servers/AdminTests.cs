namespace RedisActors.Tests.Servers;

/// <summary>Commands that administer the server, where <c>allow-admin</c> is off.</summary>
public sealed class AdminTests : ServerSpec
{
    private static readonly string[] Administering =
    [
        "FLUSHALL", "flushdb ASYNC", "SWAPDB 0 1", "CONFIG SET maxmemory 1gb", "CONFIG RESETSTAT", "SHUTDOWN NOSAVE", "DEBUG SLEEP 0",
        "DEBUG SEGFAULT", "REPLICAOF NO ONE", "CLIENT KILL TYPE normal", "ACL SETUSER nobody", "SCRIPT FLUSH", "BGSAVE",
    ];

    [Fact]
    public async Task They_are_answered_not_sent()
    {
        var redis = Redis("allow-admin = off");
        await AskAsync(redis, "SET", "key", "value");
        foreach (var command in Administering)
        {
            var sent = Command(command) with { ReplayClass = ReplayClass.ReadOnly };
            var alone = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.ExecuteAsync(sent));
            var inTransaction = await Assert.ThrowsAsync<RedisOutcomeException>(
                () => redis.ExecuteAsync(new RedisTransaction([new RedisCommand("SET", "key", "other"), sent])));

            Assert.Equal((Outcome.NotSent, Outcome.NotSent), (alone.Outcome, inTransaction.Outcome));
            Assert.EndsWith("it administers the server, and allow-admin is off", alone.Message);
            Assert.EndsWith("in it administers the server, and allow-admin is off", inTransaction.Message);
        }

        Assert.Equal("value", (await AskAsync(redis, "GET", "key")).Value.AsString());
    }

    [Fact]
    public async Task What_only_tells_something_or_concerns_the_data_is_taken()
    {
        var redis = Redis("allow-admin = off");
        foreach (var command in new[] { "CONFIG GET maxmemory", "CLIENT LIST", "INFO server", "DBSIZE", "SLOWLOG GET", "DEL key" })
        {
            Assert.Equal(Outcome.Applied, (await redis.ExecuteAsync(Command(command))).Outcome);
        }
    }

    [Fact]
    public async Task They_are_taken_unless_it_is_off()
    {
        await Server.ExecuteAsync("SET", "key", "value");

        Assert.Equal("OK", (await Redis().ExecuteAsync("FLUSHALL")).AsString());

        Assert.Equal("0", (await Server.ExecuteAsync("DBSIZE")).Text);
    }

    private static RedisCommand Command(string text)
    {
        var words = text.Split(' ');
        return new RedisCommand(words[0], [.. words[1..]]);
    }
}
