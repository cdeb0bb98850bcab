using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>No command ever runs in another database than the one that it names.</summary>
public sealed class DatabaseTests : RealServersSpec, IAsyncLifetime
{
    private RedisServer? _server;

    public DatabaseTests()
        : base(TimeSpan.FromSeconds(20))
    {
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopSystemAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task Each_database_has_its_own_keys_and_commands_keep_their_order()
    {
        var redis = await StartAsync();

        var answers = Enumerable.Range(0, 300).Select(number => InAsync(redis, number % 3, "RPUSH", "list", $"{number}")).ToList();
        await Task.WhenAll(answers);

        for (var database = 0; database < 3; database++)
        {
            var list = (await InAsync(redis, database, "LRANGE", "list", "0", "-1")).Value.AsArray().Select(item => item.AsString());
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{(3 * i) + database}"), list);
        }
    }

    /// <summary>While the server is busy it refuses SELECT too; whoever does not look at that runs in database 0.</summary>
    [Fact]
    public async Task A_busy_server_does_not_run_it_elsewhere()
    {
        var redis = await StartAsync();
        await InAsync(redis, 0, "SET", "mine", "1");
        await _server!.ExecuteAsync("CONFIG", "SET", "busy-reply-threshold", "10");
        await using var control = await _server.ConnectAsync();
        await using var busy = await _server.ConnectAsync();
        await busy.SendAsync("EVAL", "while true do end", "0");

        var append = InAsync(redis, 5, "APPEND", "where", "five");
        var flush = InAsync(redis, 5, "FLUSHDB");
        await Kit.AwaitConditionAsync(async () => (await control.ExecuteAsync("PING")).IsError, Patience);
        await control.ExecuteAsync("SCRIPT", "KILL");

        Assert.Equal(4, (await append).Value.AsInt64());
        await flush;
        Assert.Equal("1", (await InAsync(redis, 0, "GET", "mine")).Value.AsString());
        Assert.True((await InAsync(redis, 0, "GET", "where")).Value.IsNull);
    }

    [Theory]
    [InlineData(99, "", "database")]
    [InlineData(5, "default on nopass ~* +@all -select", "SELECT")]
    [InlineData(99, "default on nopass ~* +@all -config", "database")]
    public async Task One_that_is_not_to_be_had_is_told_at_once_and_nobody_else_suffers(int database, string user, string reason)
    {
        var redis = await StartAsync(user.Length == 0 ? new RedisServerOptions() : new RedisServerOptions { Users = [user] });
        await InAsync(redis, 0, "SET", "mine", "1");

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => InAsync(redis, database, "FLUSHDB"));

        Assert.Equal(Outcome.NotSent, error.Outcome);
        Assert.Contains(reason, error.Message);
        Assert.Equal("1", (await InAsync(redis, 0, "GET", "mine")).Value.AsString());
        Assert.IsType<RedisReady>((await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State);
    }

    [Fact]
    public async Task It_needs_no_permission_to_ask_for_the_configuration()
    {
        var redis = await StartAsync(new RedisServerOptions { Arguments = ["--rename-command", "CONFIG", ""] });

        await InAsync(redis, 5, "SET", "where", "five");

        Assert.True((await InAsync(redis, 0, "GET", "where")).Value.IsNull);
        Assert.Equal("five", (await InAsync(redis, 5, "GET", "where")).Value.AsString());
    }

    [Fact]
    public async Task Tokens_are_released_in_every_database()
    {
        var redis = await StartAsync();
        for (var i = 0; i < 300; i++)
        {
            await redis.Ask<RedisReply>(new RedisCommand("INCR", "n") { Database = 7, Delivery = DeliveryMode.ExactlyOnce }, Patience);
        }

        await Kit.AwaitConditionAsync(async () => (await InAsync(redis, 7, "DBSIZE")).Value.AsInt64() == 1, Patience);
    }

    [Fact]
    public async Task There_is_a_limit_to_how_many_are_in_use_at_a_time()
    {
        var redis = await StartAsync(new RedisServerOptions { Arguments = ["--databases", "100"] });
        await Task.WhenAll(Enumerable.Range(1, 64).Select(database => InAsync(redis, database, "SET", "key", "value")));

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => InAsync(redis, 65, "SET", "key", "value"));

        Assert.Equal(Outcome.NotSent, error.Outcome);
        Assert.Contains("64 other databases", error.Message);
    }

    private Task<RedisReply> InAsync(IActorRef redis, int database, string name, params StackExchange.Redis.RedisValue[] arguments) =>
        redis.Ask<RedisReply>(new RedisCommand(name, arguments) { Database = database }, Patience);

    private async Task<IActorRef> StartAsync(RedisServerOptions? options = null)
    {
        _server = await RedisServer.StartAsync(options);
        return StartRedis($"endpoint = \"{_server.Endpoint}\"");
    }
}
