using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RedisActors.Connection;

namespace RedisActors.Tests.Actors;

/// <summary>A connection says once what exactly-once is worth on a server that can lose tokens in a crash.</summary>
public sealed class TokensAtRiskTests : RedisSpec
{
    private static readonly ServerProduct Garnet = new("Garnet", "2.2.8");

    private readonly TestProbe _warnings;

    public TokensAtRiskTests() => _warnings = Listen(typeof(Warning));

    [Fact]
    public async Task The_first_exactly_once_command_brings_the_warning_and_no_other_does()
    {
        var redis = StartRedis();
        var link = await ConnectAsync(Garnet, 1);
        redis.Tell(new RedisCommand("INCR", "key"));
        (await link.NextAsync()).Succeed(RespValue.Integer(1));
        Assert.Empty(await WarningsAsync(redis));

        for (var i = 0; i < 3; i++)
        {
            redis.Tell(ExactlyOnce("INCR", "key"));
            (await link.NextAsync()).Succeed(RespValue.BulkString(":1\r\n"));
        }

        var warning = Assert.Single(await WarningsAsync(redis));
        Assert.Contains("the server is Garnet 2.2.8", warning);
        Assert.Contains("may run twice", warning);
    }

    [Fact]
    public async Task A_command_that_waited_for_the_connection_brings_it_too()
    {
        var redis = StartRedis("delivery = exactly-once");
        redis.Tell(new RedisCommand("INCR", "key"));
        var link = await ConnectAsync(Garnet, 1);
        await link.NextAsync();

        Assert.Single(await WarningsAsync(redis));
    }

    [Fact]
    public async Task Neither_further_links_nor_further_lanes_repeat_it()
    {
        var redis = StartRedis("lanes = 2");
        var first = await Server.NextAttemptAsync();
        first.Succeed(new ScriptedLink(new ClientIdentity(1, "10.0.0.1:1")) { Product = Garnet });
        await ConnectAsync(Garnet, 2);
        await AwaitStateAsync<RedisReady>();
        await AwaitStateAsync<RedisReady>();
        for (var i = 0; i < 20; i++) redis.Tell(ExactlyOnce("INCR", $"key:{i}"));
        first.Lose("the socket closed");
        await ConnectAsync(Garnet, 3);
        await AwaitStateAsync<RedisReady>();

        Assert.Single(await WarningsAsync(redis), line => line.Contains("Garnet"));
    }

    [Fact]
    public async Task Reads_and_servers_that_keep_what_a_script_wrote_together_bring_none()
    {
        var redis = StartRedis();
        var link = await ConnectAsync(Garnet, 1);
        redis.Tell(ExactlyOnce("GET", "key"));
        await link.NextAsync();
        Assert.Empty(await WarningsAsync(redis));

        var other = StartRedis();
        var otherLink = await ConnectAsync(new ServerProduct("Redis", "7.0.15"), 2);
        other.Tell(ExactlyOnce("INCR", "key"));
        await otherLink.NextAsync();
        Assert.Empty(await WarningsAsync(other));
    }

    private static RedisCommand ExactlyOnce(string name, string key) => new(name, key) { Delivery = DeliveryMode.ExactlyOnce };

    private async Task<ScriptedLink> ConnectAsync(ServerProduct product, long id) =>
        (await Server.NextAttemptAsync()).Succeed(new ScriptedLink(new ClientIdentity(id, $"10.0.0.1:{id}")) { Product = product });

    /// <summary>All warnings so far: the supervisor replies when it has done what it was told before.</summary>
    private async Task<string[]> WarningsAsync(IActorRef redis)
    {
        await StatusAsync(redis, status => status.State is RedisReady);
        await SupervisorStateAsync(redis);
        return [.. (await DrainAsync(_warnings)).Select(warning => $"{((Warning)warning).Message}")];
    }
}
