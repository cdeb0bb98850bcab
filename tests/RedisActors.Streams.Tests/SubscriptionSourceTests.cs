using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using StackExchange.Redis;

namespace RedisActors.Streams.Tests;

public sealed class SubscriptionSourceTests : StreamsSpec
{
    public static TheoryData<string> Kinds => ["channel", "pattern", "shard channel"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Messages_come_from_the_confirmation_on_and_what_has_come_is_emitted_when_it_is_stopped(string kind)
    {
        var publish = kind == "shard channel" ? "SPUBLISH" : "PUBLISH";
        var options = kind switch
        {
            "pattern" => RedisSubscriptionOptions.Pattern("news.*"),
            "channel" => RedisSubscriptionOptions.Channel("news.sport"),
            _ => RedisSubscriptionOptions.ShardChannel("news.sport"),
        };
        var (control, elements) = RedisSource.Subscription(Redis, options).ToMaterialized(Sink.Queue<RedisMessage>(), Keep.Both).Run(Materializer);
        await control.Subscribed.WaitAsync(Patience);

        for (var i = 1; i <= 50; i++) await OnServerAsync(publish, "news.sport", $"{i}");

        for (var i = 1; i <= 50; i++) Assert.Equal(("news.sport", i), Read((await elements.PullAsync().WaitAsync(Patience)).Value));
        await control.StopAsync();
        Assert.False((await elements.PullAsync().WaitAsync(Patience)).HasValue);
        await EventuallyAsync(async () => await OnServerAsync(publish, "news.sport", "x") == "0");

        static (string Channel, int Payload) Read(RedisMessage message) => (message.Channel, (int)message.Payload);
    }

    [Fact]
    public async Task A_stream_that_ends_leaves_the_channel()
    {
        var (control, elements) = RedisSource.Subscription(Redis, "news").Take(1).ToMaterialized(Sink.Seq<RedisMessage>(), Keep.Both).Run(Materializer);
        await control.Subscribed.WaitAsync(Patience);

        await OnServerAsync("PUBLISH", "news", "1");

        Assert.Single(await elements.WaitAsync(Patience));
        await control.Completion.WaitAsync(Patience);
        await EventuallyAsync(async () => await OnServerAsync("PUBLISH", "news", "2") == "0");
    }

    [Fact]
    public async Task Over_killed_servers_the_stream_goes_on_and_every_message_has_come_or_falls_into_a_gap_that_was_told()
    {
        const int Messages = 3_000;
        var seen = 0;
        var (control, told) = RedisSource.SubscriptionWithGaps(Redis, RedisSubscriptionOptions.Channel("numbers"))
            .Select(element =>
            {
                if (element is RedisMessage message) Volatile.Write(ref seen, (int)message.Payload);
                return element;
            })
            .ToMaterialized(Sink.Seq<IRedisMessage>(), Keep.Both)
            .Run(Materializer);
        await control.Subscribed.WaitAsync(Patience);
        var published = 0;
        var kills = KillAsync(times: 3, every: 600, () => Volatile.Read(ref published));

        for (var i = 1; i <= Messages; i++)
        {
            await Redis.ExecuteAsync(new RedisScript("return redis.call('PUBLISH', KEYS[1], ARGV[1])", ["numbers"], i) { Delivery = DeliveryMode.ExactlyOnce });
            Volatile.Write(ref published, i);
        }

        await kills;
        await EventuallyAsync(async () =>
        {
            await OnServerAsync("PUBLISH", "numbers", $"{Messages + 1}");
            return Volatile.Read(ref seen) == Messages + 1;
        });
        await control.StopAsync().WaitAsync(Patience);

        var (last, gaps, interrupted) = (0, 0, false);
        foreach (var element in await told.WaitAsync(Patience))
        {
            switch (element)
            {
                case RedisSubscriptionInterrupted:
                    interrupted = true;
                    break;
                case RedisSubscriptionResumed:
                    gaps++;
                    break;
                case RedisMessage message:
                    var number = (int)message.Payload;
                    Assert.True(number == last + 1 || (interrupted && number > last) || number == Messages + 1, $"{number} after {last}");
                    (last, interrupted) = (number, false);
                    break;
            }
        }

        Assert.Equal(3, gaps);
        Assert.Equal(Messages + 1, last);
    }

    [Fact]
    public async Task What_comes_while_the_stream_does_not_ask_is_bounded_and_what_is_dropped_is_told_in_its_place()
    {
        const int Messages = 20_000;
        var options = RedisSubscriptionOptions.Channel("numbers") with { MaxUnread = 100 };
        var (control, elements) = RedisSource.SubscriptionWithGaps(Redis, options)
            .ToMaterialized(Sink.Queue<IRedisMessage>().WithAttributes(Attributes.CreateInputBuffer(1, 1)), Keep.Both)
            .Run(Materializer);
        var (quickControl, quick) = RedisSource.Subscription(Redis, "numbers")
            .TakeWhile(message => message.Payload != Messages)
            .ToMaterialized(Sink.Ignore<RedisMessage>(), Keep.Both)
            .Run(Materializer);
        await control.Subscribed.WaitAsync(Patience);
        await quickControl.Subscribed.WaitAsync(Patience);

        for (var from = 1; from <= Messages; from += 1_000)
        {
            await Redis.ExecuteAsync("EVAL", "for i = ARGV[1], ARGV[1] + 999 do redis.call('PUBLISH', 'numbers', i) end", 0, from);
        }

        await quick.WaitAsync(Patience);
        var (received, dropped, last) = (0, 0L, 0L);
        while (last < Messages)
        {
            switch ((await elements.PullAsync().WaitAsync(Patience)).Value)
            {
                case RedisMessage message:
                    received++;
                    Assert.Equal(last + 1, (int)message.Payload);
                    last++;
                    break;
                case RedisMessagesDropped gap:
                    dropped += gap.Count;
                    last += gap.Count;
                    break;
            }
        }

        Assert.Equal(Messages, received + dropped);
        Assert.InRange(received, 1, Messages / 2);
    }
}
