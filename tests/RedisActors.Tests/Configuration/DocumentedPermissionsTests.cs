using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.CommandMetadata;

namespace RedisActors.Tests.Configuration;

/// <summary>The permissions that <c>docs/configuration.md</c> names are enough for everything that the library does.</summary>
public sealed class DocumentedPermissionsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What the client library asks on its own, and does without where it is not permitted.</summary>
    private static readonly string[] AskedByTheClientLibrary = ["config|get", "cluster|nodes", "cluster|slots", "client|id"];

    private RedisServer _server = null!;
    private ActorSystem? _system;

    public async Task InitializeAsync()
    {
        var rules = Repository.Blocks("docs/configuration.md", "acl").Single().Split("user app on >secret ", 2)[1].ReplaceLineEndings(" ");
        _server = await RedisServer.StartAsync(new RedisServerOptions { Users = [$"default on >secret {rules.Trim()}"] });
    }

    public async Task DisposeAsync()
    {
        if (_system is not null) await _system.Terminate();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task They_are_enough_to_connect_to_fence_and_to_run_a_command_exactly_once()
    {
        _system = ActorSystem.Create("permissions", $$"""
            redis-actors.default {
              endpoint = "{{_server.Endpoint}}", password = secret, database = 1, delivery = exactly-once
            }
            """);
        var redis = RedisExtension.Get(_system).RedisActor;
        Assert.Equal(1, await IncrementAsync(redis));

        await _server.KillClientsAsync();

        Assert.Equal(2, await IncrementAsync(redis));
        Assert.Equal(102, (await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => IncrementAsync(redis)))).Max());
        foreach (var delivery in Enum.GetValues<DeliveryMode>()) await SendOneOfEachAsync(redis, delivery);
        await BlockAsync(redis);
        var refused = (await _server.ExecuteAsync("ACL", "LOG", "100")).OrThrow().Items
            .Select(entry => entry.AsPairs()["object"]).Except(AskedByTheClientLibrary);
        Assert.Empty(refused);
        Assert.Single(await _server.ListClientsAsync(), client => client.Name == "redis-actors-default");
    }

    /// <summary>What blocks, in both ways, and what is put back for a sender that has gone.</summary>
    private static async Task BlockAsync(IActorRef redis)
    {
        foreach (var delivery in (DeliveryMode[])[DeliveryMode.ExactlyOnce, DeliveryMode.AtMostOnce])
        {
            foreach (var (blocking, push) in ((string, string)[])
            [
                ("BLPOP shop:list 0", "RPUSH shop:list a"), ("BLPOP shop:list shop:other 0", "RPUSH shop:list a"),
                ("BZPOPMIN shop:zset 0", "ZADD shop:zset 1 a"), ("XREAD BLOCK 0 STREAMS shop:stream $", "XADD shop:stream * f v"),
            ])
            {
                using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
                await Assert.ThrowsAsync<RedisCanceledException>(() => redis.ExecuteAsync(Words.Command(blocking) with { Delivery = delivery }, cancellation.Token));
                var reply = redis.ExecuteAsync(Words.Command(blocking) with { Delivery = delivery });
                await Task.Delay(30);
                await redis.ExecuteAsync(Words.Command(push));
                await reply.WaitAsync(Patience);
            }
        }
    }

    private static async Task SendOneOfEachAsync(IActorRef redis, DeliveryMode delivery)
    {
        var transaction = new RedisTransaction(new RedisCommand("INCR", "shop:a"), new RedisCommand("INCR", "shop:b")) { Delivery = delivery };
        var script = new RedisScript("return redis.call('GET', KEYS[1])", ["shop:a"]) { Delivery = delivery };
        RedisCommand[] all = [transaction, transaction with { Conditions = [RedisCondition.KeyExists("shop:a")] }, script, script with { ReadOnly = true }];
        foreach (var command in all) Assert.Equal(Outcome.Applied, (await redis.Ask<RedisReply>(command, Patience)).Outcome);
        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.Ask<RedisReply>(
            new RedisTransaction(new RedisCommand("INCR", "shop:a"), new RedisCommand("SET", "shop:a")) { Delivery = delivery }, Patience));
        Assert.Equal("ERR wrong number of arguments for 'set' command", error.ServerError);
    }

    [Fact]
    public async Task They_are_enough_to_subscribe_with_a_backfill()
    {
        _system = ActorSystem.Create("permissions", $$"""redis-actors.default { endpoint = "{{_server.Endpoint}}", password = secret }""");
        var redis = RedisExtension.Get(_system).RedisActor;
        var subscriber = _system.ActorOf(Props.Empty);
        var backfill = new RedisBackfill("shop:stream");

        await redis.Ask<RedisSubscribed>(new Subscribe("shop:orders", subscriber) { Backfill = backfill }, Patience);
        await redis.Ask<RedisSubscribed>(new SSubscribe("shop:orders", subscriber) { Backfill = backfill }, Patience);
        await redis.Ask<RedisSubscribed>(new PSubscribe("shop:*", subscriber), Patience);
        await redis.Ask<RedisUnsubscribed>(new PUnsubscribe("shop:*", subscriber), Patience);

        var refused = (await _server.ExecuteAsync("ACL", "LOG", "100")).OrThrow().Items
            .Select(entry => entry.AsPairs()["object"]).Except(AskedByTheClientLibrary);
        Assert.Empty(refused);
    }

    private static async Task<long> IncrementAsync(IActorRef redis) =>
        (await redis.Ask<RedisReply>(new RedisCommand("INCR", "shop:orders"), Patience)).Value.AsInt64();
}
