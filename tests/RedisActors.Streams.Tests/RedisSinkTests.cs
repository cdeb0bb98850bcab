using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using StackExchange.Redis;

namespace RedisActors.Streams.Tests;

public sealed class RedisSinkTests : StreamsSpec
{
    [Fact]
    public async Task Entries_are_added_in_order_and_the_task_completes_behind_the_last()
    {
        await Source.From(Enumerable.Range(1, 300))
            .Select(Entry)
            .RunWith(RedisSink.Stream(Redis, "numbers"), Materializer)
            .WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(1, 300), await NumbersAsync());
    }

    [Fact]
    public async Task A_stream_is_kept_about_as_long_as_it_may_be()
    {
        await Source.From(Enumerable.Range(1, 5_000))
            .Select(Entry)
            .RunWith(RedisSink.Stream(Redis, "numbers", maxLength: 1_000), Materializer)
            .WaitAsync(Patience);

        Assert.InRange(int.Parse(await OnServerAsync("XLEN", "numbers")), 1_000, 1_200);
    }

    [Fact]
    public async Task What_the_server_refuses_fails_the_stream()
    {
        await OnServerAsync("SET", "numbers", "text");

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => Source.Single(Entry(1))
            .RunWith(RedisSink.Stream(Redis, "numbers"), Materializer)
            .WaitAsync(Patience));

        Assert.StartsWith("WRONGTYPE", failure.ServerError);
    }

    [Fact]
    public async Task Over_killed_servers_every_entry_is_added_once_and_in_order()
    {
        const int Entries = 6_000;
        var asked = 0;
        var kills = KillAsync(times: 3, every: 1_500, () => Volatile.Read(ref asked));

        await Source.From(Enumerable.Range(1, Entries))
            .Select(i =>
            {
                Interlocked.Increment(ref asked);
                return Entry(i);
            })
            .RunWith(RedisSink.Stream(Redis, "numbers"), Materializer)
            .WaitAsync(Patience);
        await kills;

        Assert.Equal(Enumerable.Range(1, Entries), await NumbersAsync());
    }

    [Theory]
    [InlineData(DeliveryMode.ExactlyOnce, false)]
    [InlineData(DeliveryMode.AtLeastOnce, false)]
    [InlineData(DeliveryMode.ExactlyOnce, true)]
    [InlineData(DeliveryMode.AtLeastOnce, true)]
    public async Task Messages_are_published_in_order(DeliveryMode delivery, bool sharded)
    {
        var subscriber = Kit.CreateTestProbe();
        Redis.Tell(sharded ? new SSubscribe("news", subscriber) : new Subscribe("news", subscriber), subscriber);
        await subscriber.ExpectMsgAsync<RedisSubscribed>(Patience);

        var published = Source.From(Enumerable.Range(1, 200))
            .Select(i => new RedisPublication("news", i))
            .RunWith(RedisSink.Publish(Redis, new RedisPublishOptions { Delivery = delivery, Sharded = sharded }), Materializer);

        for (var i = 1; i <= 200; i++) Assert.Equal(i, (int)(await subscriber.ExpectMsgAsync<RedisMessage>(Patience)).Payload);
        Assert.Equal(Done.Instance, await published.WaitAsync(Patience));
    }

    private static NameValueEntry[] Entry(int number) => [new("number", number), new("note", "ä")];

    private async Task<IEnumerable<int>> NumbersAsync()
    {
        var entries = (await Redis.ExecuteAsync("XRANGE", "numbers", "-", "+")).AsArray();
        return entries.Select(entry => (int)entry.AsArray()[1].AsDictionary()["number"].AsInt64());
    }
}
