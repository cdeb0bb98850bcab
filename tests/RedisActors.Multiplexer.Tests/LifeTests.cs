using System.Net;
using RedisActors.Testing;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace RedisActors.Multiplexer.Tests;

/// <summary>What a multiplexer says of its connection, how it begins and ends, and what its server goes through.</summary>
public sealed class LifeTests
{
    [Fact]
    public async Task It_tells_when_the_connection_is_lost_and_when_it_is_back()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var multiplexer = redis.Multiplexer;
        var failed = new List<ConnectionFailedEventArgs>();
        var restored = new List<ConnectionFailedEventArgs>();
        multiplexer.ConnectionFailed += (_, args) => { lock (failed) failed.Add(args); };
        multiplexer.ConnectionRestored += (_, args) => { lock (restored) restored.Add(args); };
        await multiplexer.GetDatabase().PingAsync();
        await Eventually.HoldsAsync(() => multiplexer.IsConnected);

        redis.Server.Kill();
        await Eventually.HoldsAsync(() => !multiplexer.IsConnected && failed.Count == 2);
        Assert.True(multiplexer.IsConnecting);
        Assert.Empty(restored);
        await redis.Server.StartAgainAsync();
        await Eventually.HoldsAsync(() => multiplexer.IsConnected && restored.Count == 2);

        Assert.False(multiplexer.IsConnecting);
        Assert.Equal(multiplexer.GetEndPoints()[0], failed[0].EndPoint);
        Assert.NotNull(failed[0].Exception);
        Assert.Equal(ConnectionFailureType.SocketFailure, failed[0].FailureType);
        Assert.Equal([ConnectionType.Interactive, ConnectionType.Subscription], failed.Select(args => args.ConnectionType));
        Assert.Equal([ConnectionType.Interactive, ConnectionType.Subscription], restored.Select(args => args.ConnectionType));
    }

    /// <summary>What waits has a connection of its own, which goes with it.</summary>
    [Fact]
    public async Task A_call_that_waits_in_an_outage_does_not_leave_it_disconnected()
    {
        await using var redis = await SupervisedRedis.StartAsync("command-timeout = 1s");
        var multiplexer = redis.Multiplexer;
        var waiting = multiplexer.GetDatabase().ExecuteAsync("BLPOP", "empty", 30);
        await Eventually.HoldsAsync(async () => (await redis.Server.ListClientsAsync()).Any(client => client.Name.Contains("-session-")));
        redis.Server.Kill();
        await Eventually.HoldsAsync(() => !multiplexer.IsConnected);
        await Record.ExceptionAsync(() => waiting);

        await redis.Server.StartAgainAsync();

        await Eventually.HoldsAsync(() => multiplexer.IsConnected);
    }

    [Fact]
    public async Task Closed_it_leaves_the_RedisActor_and_another_one_can_be_had()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var first = redis.Multiplexer;
        Assert.Same(first, redis.Multiplexer);
        await first.GetDatabase().StringSetAsync("text", "v");

        await first.CloseAsync();
        Assert.False(first.IsConnected);
        await Assert.ThrowsAnyAsync<Exception>(() => first.GetDatabase().PingAsync());
        var second = redis.Multiplexer;
        Assert.NotSame(first, second);
        Assert.Equal("v", await second.GetDatabase().StringGetAsync("text"));

        second.Dispose();
        var third = redis.Multiplexer;
        Assert.Equal("v", third.GetDatabase().StringGet("text"));
        await third.DisposeAsync();
        Assert.Equal("v", (await RedisExtension.Get(redis.System).RedisActor.ExecuteAsync("GET", "text")).AsString());
    }

    [Fact]
    public async Task Made_while_the_server_is_away_it_waits_for_it()
    {
        var server = await RedisServer.StartAsync();
        server.Kill();
        await using var redis = await SupervisedRedis.StartAsync(server: server);
        var multiplexer = redis.Multiplexer;
        Assert.False(multiplexer.IsConnected);

        var waiting = multiplexer.GetDatabase().StringSetAsync("early", 1);
        var queue = multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"));
        await server.StartAgainAsync();

        Assert.True(await waiting);
        var messages = await queue;
        await multiplexer.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), "one");
        Assert.Equal("one", (await messages.ReadAsync()).Message);
        await Eventually.HoldsAsync(() => multiplexer.IsConnected);
    }

    [Fact]
    public async Task Exactly_once_it_counts_exactly_through_kills()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var database = RedisExtension.Get(redis.System).Multiplexer(DeliveryMode.ExactlyOnce).GetDatabase();
        var counted = 0;
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await database.StringIncrementAsync("n");
                Interlocked.Increment(ref counted);
            }
        })).ToArray();

        for (var i = 0; i < 4; i++)
        {
            var before = Volatile.Read(ref counted);
            await Eventually.HoldsAsync(() => Volatile.Read(ref counted) > before + 50);
            redis.Server.Kill();
            await redis.Server.StartAgainAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.Equal(counted, (long)await database.StringGetAsync("n"));
    }

    [Fact]
    public async Task A_profiling_session_sees_the_calls()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var session = new ProfilingSession();
        redis.Multiplexer.RegisterProfiler(() => session);

        await redis.Multiplexer.GetDatabase(3).StringSetAsync("text", "v");
        await redis.Multiplexer.GetDatabase(3).StringGetAsync("text");

        var commands = session.FinishProfiling().ToList();
        Assert.Equal(["SET", "GET"], commands.Select(command => command.Command));
        Assert.All(commands, command => Assert.Equal((3, redis.Multiplexer.GetEndPoints()[0]), (command.Db, command.EndPoint)));
        Assert.All(commands, command => Assert.True(command.ElapsedTime > TimeSpan.Zero));
    }

    [Fact]
    public async Task Keys_are_scanned_page_by_page_in_every_database()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var multiplexer = redis.Multiplexer;
        foreach (var number in new[] { 0, 3 })
        {
            await Task.WhenAll(Enumerable.Range(0, 500 + number).Select(i => multiplexer.GetDatabase(number).StringSetAsync($"key {i}", i)));
        }

        var server = multiplexer.GetServers()[0];
        Assert.Equal(500, server.Keys(0, pageSize: 20).Distinct().Count());
        Assert.Equal(503, await server.KeysAsync(3, pageSize: 20).Distinct().CountAsync());
        Assert.Equal(111, await server.KeysAsync(3, "key 1*", pageSize: 20).Distinct().CountAsync());
        var scan = server.Keys(0, pageSize: 50).GetEnumerator();
        for (var i = 0; i < 60; i++) Assert.True(scan.MoveNext());
        var cursor = (IScanningCursor)scan;
        Assert.NotEqual(0, cursor.Cursor);
        Assert.NotEmpty(server.Keys(0, pageSize: 50, cursor: cursor.Cursor, pageOffset: cursor.PageOffset));
    }

    [Fact]
    public async Task Fire_and_forget_is_in_the_order_of_the_calls()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var database = redis.Multiplexer.GetDatabase();

        for (var i = 0; i < 1000; i++) database.ListRightPush("list", i, flags: CommandFlags.FireAndForget);

        Assert.Equal(Enumerable.Range(0, 1000), (await database.ListRangeAsync("list")).Select(item => (int)item));
    }

    [Fact]
    public async Task A_server_that_is_shut_down_ends_no_multiplexer()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var multiplexer = redis.Multiplexer;
        await multiplexer.GetDatabase().StringSetAsync("text", "v");

        var error = Assert.Throws<RedisServerException>(() => multiplexer.GetServers()[0].Shutdown(ShutdownMode.Never));
        Assert.Equal(Outcome.Unknown, RedisOutcome.Of(error));
        await Eventually.HoldsAsync(() => !redis.Server.IsRunning);
        await redis.Server.StartAgainAsync();

        Assert.Equal("v", await multiplexer.GetDatabase().StringGetAsync("text"));
    }

    [Fact]
    public async Task A_server_is_made_a_replica_and_a_primary_again()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        await using var primary = await RedisServer.StartAsync();
        var server = redis.Multiplexer.GetServers()[0];
        await redis.Multiplexer.GetDatabase().PingAsync();

        await server.ReplicaOfAsync(new IPEndPoint(IPAddress.Loopback, primary.Port));
        await Eventually.HoldsAsync(async () => (await redis.Server.InfoAsync("replication"))["role"] == "slave");
        await Eventually.HoldsAsync(() => !redis.Multiplexer.IsConnected);
        var waiting = redis.Multiplexer.GetDatabase().StringSetAsync("early", "v");
        await redis.Server.PromoteAsync();

        Assert.True(await waiting);
        Assert.True(await redis.Multiplexer.GetDatabase().StringSetAsync("text", "v"));
    }
}
