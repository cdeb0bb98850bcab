using System.Collections.Concurrent;
using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.Servers;
using StackExchange.Redis;

namespace RedisActors.Tests.Consumers;

public sealed class StreamConsumerTests : ServerSpec
{
    private static readonly RedisStreamConsumerOptions Options = new("orders", "billing", "billing-1")
    {
        MaxInHand = 10,
        MaxDeliveries = 3,
        RetryAfter = TimeSpan.FromMilliseconds(50),
        ClaimIdle = TimeSpan.FromMilliseconds(600),
        StatusInterval = TimeSpan.FromMilliseconds(100),
    };

    [Fact]
    public async Task Entries_come_in_order_with_their_fields_and_what_is_acknowledged_is_not_pending()
    {
        var redis = Redis();
        for (var i = 1; i <= 100; i++) await AskAsync(redis, "XADD", "orders", $"{i}-0", "number", i, "note", "ä");
        var handler = Kit.CreateTestProbe();
        var consumer = Start(redis, handler);

        for (var i = 1; i <= 100; i++)
        {
            var entry = await handler.ExpectMsgAsync<RedisStreamEntry>(Patience);
            Assert.Equal(($"{i}-0", "orders", "billing", 1), (entry.Id, entry.Stream, entry.Group, entry.Deliveries));
            Assert.Equal((i, "ä"), ((int)entry["number"].AsInt64(), entry["note"].AsString()));
            consumer.Tell(entry.Acknowledge(), handler);
        }

        await PendingBecomesAsync(redis, 0);
        await AskAsync(redis, "XADD", "orders", "101-0", "number", 101);
        Assert.Equal("101-0", (await handler.ExpectMsgAsync<RedisStreamEntry>(Patience)).Id);
    }

    [Fact]
    public async Task The_handler_never_has_more_in_hand_than_the_bound()
    {
        var redis = Redis();
        for (var i = 1; i <= 30; i++) await AskAsync(redis, "XADD", "orders", $"{i}-0", "f", i);
        var handler = Kit.CreateTestProbe();
        var consumer = Start(redis, handler);

        var first = await handler.ReceiveNAsync(10, Patience).ToListAsync();
        await handler.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(300));
        consumer.Tell(((RedisStreamEntry)first[3]).Acknowledge(), handler);

        Assert.Equal("11-0", (await handler.ExpectMsgAsync<RedisStreamEntry>(Patience)).Id);
        await handler.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task An_entry_that_fails_comes_again_and_then_goes_to_the_dead_letters_with_the_reason()
    {
        var redis = Redis();
        await AskAsync(redis, "XADD", "orders", "1-0", "f", "v");
        var handler = Kit.CreateTestProbe();
        var consumer = Start(redis, handler);

        for (var delivery = 1; delivery <= 3; delivery++)
        {
            var entry = await handler.ExpectMsgAsync<RedisStreamEntry>(Patience);
            Assert.Equal(delivery, entry.Deliveries);
            consumer.Tell(entry.Fail($"no such customer ({delivery})"), handler);
        }

        await PendingBecomesAsync(redis, 0);
        var dead = (await AskAsync(redis, "XRANGE", "orders:dead-letters", "-", "+")).Value.AsArray().Single().AsArray()[1].AsDictionary();
        Assert.Equal(
            ("v", "orders", "billing", "1-0", "3", "no such customer (3)"),
            (dead["f"].AsString(), dead["redis-actors:stream"].AsString(), dead["redis-actors:group"].AsString(), dead["redis-actors:id"].AsString(),
                dead["redis-actors:deliveries"].AsString(), dead["redis-actors:reason"].AsString()));
    }

    [Fact]
    public async Task A_handler_that_does_not_answer_gets_the_entry_again()
    {
        var redis = Redis();
        await AskAsync(redis, "XADD", "orders", "1-0", "f", "v");
        var handler = Kit.CreateTestProbe();
        var consumer = Start(redis, handler, Options with { HandlerTimeout = TimeSpan.FromMilliseconds(100) });

        await handler.ExpectMsgAsync<RedisStreamEntry>(Patience);
        var again = await handler.ExpectMsgAsync<RedisStreamEntry>(Patience);
        consumer.Tell(again.Acknowledge(), handler);

        Assert.Equal(2, again.Deliveries);
        await PendingBecomesAsync(redis, 0);
    }

    [Fact]
    public async Task A_consumer_that_comes_back_under_its_name_goes_on_at_once_with_what_it_had_not_finished()
    {
        var redis = Redis();
        for (var i = 1; i <= 5; i++) await AskAsync(redis, "XADD", "orders", $"{i}-0", "f", i);
        var handler = Kit.CreateTestProbe();
        var slow = Options with { ClaimIdle = TimeSpan.FromHours(1) };
        var consumer = Start(redis, handler, slow);
        var entries = await handler.ReceiveNAsync(5, Patience).ToListAsync();
        consumer.Tell(((RedisStreamEntry)entries[0]).Acknowledge(), handler);
        await PendingBecomesAsync(redis, 4);
        Kit.Watch(consumer);
        Kit.Sys.Stop(consumer);
        await Kit.ExpectTerminatedAsync(consumer, Patience);

        Start(redis, handler, slow);

        var again = (await handler.ReceiveNAsync(4, Patience).ToListAsync()).Cast<RedisStreamEntry>().ToList();
        Assert.Equal(["2-0", "3-0", "4-0", "5-0"], again.Select(entry => entry.Id));
        Assert.All(again, entry => Assert.Equal(2, entry.Deliveries));
    }

    [Fact]
    public async Task What_a_dead_consumer_left_is_taken_over_and_what_a_living_one_has_in_hand_is_not()
    {
        var redis = Redis();
        for (var i = 1; i <= 4; i++) await AskAsync(redis, "XADD", "orders", $"{i}-0", "f", i);
        await AskAsync(redis, "XGROUP", "CREATE", "orders", "billing", "0");
        await AskAsync(redis, "XREADGROUP", "GROUP", "billing", "dead", "COUNT", 2, "STREAMS", "orders", ">");
        var (slowHandler, handler) = (Kit.CreateTestProbe(), Kit.CreateTestProbe());
        Start(redis, slowHandler, Options with { MaxInHand = 2 });
        await slowHandler.ReceiveNAsync(2, Patience).ToListAsync();

        var second = new RedisStreamConsumerOptions("orders", "billing", "billing-2") { ClaimIdle = Options.ClaimIdle, StatusInterval = Options.StatusInterval };
        var consumer = Start(redis, handler, second);

        var taken = (await handler.ReceiveNAsync(2, Patience).ToListAsync()).Cast<RedisStreamEntry>().ToList();
        Assert.Equal(["1-0", "2-0"], taken.Select(entry => entry.Id).Order());
        Assert.All(taken, entry => Assert.Equal(2, entry.Deliveries));
        await handler.ExpectNoMsgAsync(2 * Options.ClaimIdle);
        Assert.Equal(2, (await consumer.Ask<StreamConsumerStatus>(GetStreamConsumerStatus.Instance, Patience)).TakenOver);
    }

    [Fact]
    public async Task It_stops_in_good_order_when_the_handler_is_done_with_what_it_has()
    {
        var redis = Redis();
        for (var i = 1; i <= 3; i++) await AskAsync(redis, "XADD", "orders", $"{i}-0", "f", i);
        var handler = Kit.CreateTestProbe();
        var consumer = Start(redis, handler);
        var entries = await handler.ReceiveNAsync(3, Patience).ToListAsync();
        Kit.Watch(consumer);

        consumer.Tell(StopConsuming.Instance);
        await consumer.Ask<StreamConsumerStatus>(GetStreamConsumerStatus.Instance, Patience);
        await AskAsync(redis, "XADD", "orders", "4-0", "f", 4);
        await handler.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(200));
        foreach (RedisStreamEntry entry in entries) consumer.Tell(entry.Acknowledge(), handler);

        await Kit.ExpectTerminatedAsync(consumer, Patience);
        var summary = (await AskAsync(redis, "XPENDING", "orders", "billing")).Value.AsArray();
        Assert.True(summary[0].AsInt64() <= 1, "of what the handler had, nothing is pending");
    }

    [Fact]
    public async Task A_group_that_is_removed_or_lost_with_the_data_is_made_anew()
    {
        var redis = Redis();
        await AskAsync(redis, "XADD", "orders", "1-0", "f", 1);
        var handler = Kit.CreateTestProbe();
        var consumer = Start(redis, handler);
        consumer.Tell((await handler.ExpectMsgAsync<RedisStreamEntry>(Patience)).Acknowledge(), handler);
        await PendingBecomesAsync(redis, 0);

        await AskAsync(redis, "FLUSHALL");
        await AskAsync(redis, "XADD", "orders", "2-0", "f", 2);

        Assert.Equal("2-0", (await handler.ExpectMsgAsync<RedisStreamEntry>(Patience)).Id);
    }

    [Fact]
    public async Task The_status_tells_what_waits()
    {
        var redis = Redis();
        for (var i = 1; i <= 25; i++) await AskAsync(redis, "XADD", "orders", $"{i}-0", "f", i);
        var (handler, listener) = (Kit.CreateTestProbe(), Kit.CreateTestProbe());
        Kit.Sys.EventStream.Subscribe(listener.Ref, typeof(StreamConsumerStatus));
        Start(redis, handler);
        await handler.ReceiveNAsync(10, Patience).ToListAsync();

        var status = (StreamConsumerStatus)await listener.FishForMessageAsync(message => message is StreamConsumerStatus { InHand: 10, Pending: 10 }, Patience);

        Assert.Equal(("orders", "billing", "billing-1", 15L), (status.Stream, status.Group, status.Consumer, status.Lag));
    }

    [Fact]
    public async Task Under_kills_of_the_server_and_of_consumers_every_entry_is_handled_and_a_write_with_its_token_once()
    {
        const int Entries = 1_500;
        var redis = Redis("command-timeout = 60s");
        var consumers = Enumerable.Range(1, 3).Select(i => StartCounting(redis, i)).ToList();
        var random = new Random(7);
        for (var i = 1; i <= Entries; i++)
        {
            var id = i;
            await redis.ExecuteAsync(new RedisCommand("XADD", "orders", $"{id}-0", "f", id) { Delivery = DeliveryMode.ExactlyOnce });
            if (i % 500 == 250)
            {
                Server.Kill();
                await Server.StartAgainAsync();
            }

            if (i % 300 == 150)
            {
                var victim = random.Next(3);
                Kit.Sys.Stop(consumers[victim]);
                consumers[victim] = StartCounting(redis, victim + 1);
            }
        }

        await Kit.AwaitConditionAsync(async () => (await AskAsync(redis, "GET", "handled")).Value.AsString() == $"{Entries}", TimeSpan.FromSeconds(60));
        await PendingBecomesAsync(redis, 0);
        Assert.Equal(Entries, (await AskAsync(redis, "SCARD", "ids")).Value.AsInt64());
        Assert.Equal(0, (await AskAsync(redis, "EXISTS", "orders:dead-letters")).Value.AsInt64());
    }

    private IActorRef StartCounting(IActorRef redis, int number)
    {
        var handler = Kit.Sys.ActorOf(Props.Create(() => new Counting(redis)));
        var options = new RedisStreamConsumerOptions("orders", "billing", $"billing-{number}")
        {
            ClaimIdle = TimeSpan.FromSeconds(2),
            HandlerTimeout = TimeSpan.FromSeconds(60),
            MaxInHand = 50,
        };
        return Kit.Sys.ActorOf(RedisStreamConsumer.Props(redis, options, handler));
    }

    private IActorRef Start(IActorRef redis, IActorRef handler, RedisStreamConsumerOptions? options = null) =>
        Kit.Sys.ActorOf(RedisStreamConsumer.Props(redis, options ?? Options, handler));

    private Task PendingBecomesAsync(IActorRef redis, int pending) => Kit.AwaitConditionAsync(
        async () => (await AskAsync(redis, "XPENDING", "orders", "billing")).Value.AsArray()[0].AsInt64() == pending, Patience);

    /// <summary>Counts each entry, once and for all.</summary>
    private sealed class Counting : ReceiveActor
    {
        public Counting(IActorRef redis)
        {
            Receive<RedisStreamEntry>(entry =>
            {
                var (consumer, self) = (Sender, Self);
                CountAsync(redis, entry).PipeTo(consumer, self, () => entry.Acknowledge(), error => entry.Fail(error.Message));
            });
        }

        private static async Task CountAsync(IActorRef redis, RedisStreamEntry entry)
        {
            await redis.ExecuteAsync(new RedisCommand("INCR", "handled") { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = entry.Token() });
            await redis.ExecuteAsync(new RedisCommand("SADD", "ids", entry.Id));
        }
    }
}
