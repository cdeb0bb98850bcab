using Akka.Streams;
using Akka.Streams.Dsl;
using StackExchange.Redis;

namespace RedisActors.Streams.Tests;

public sealed class StreamSourceTests : StreamsSpec
{
    [Fact]
    public async Task Entries_come_from_the_beginning_and_as_they_are_added()
    {
        for (var i = 1; i <= 5; i++) await AddAsync(i);
        var (_, entries) = RedisSource.Stream(Redis, new RedisStreamReadOptions("numbers") { MaxBatch = 2 })
            .ToMaterialized(Sink.Queue<StreamEntry>(), Keep.Both)
            .Run(Materializer);

        for (var i = 1; i <= 5; i++)
        {
            var entry = (await entries.PullAsync().WaitAsync(Patience)).Value;
            Assert.Equal(($"{i}-0", i, "ä"), ((string?)entry.Id, (int)entry["number"], (string?)entry["note"]));
        }

        var sixth = entries.PullAsync();
        await EventuallyAsync(async () => (await OnServerAsync("INFO", "clients")).Contains("blocked_clients:1"));
        await AddAsync(6);
        Assert.Equal("6-0", (string?)(await sixth.WaitAsync(Patience)).Value.Id);
    }

    [Theory]
    [InlineData("2-0")]
    [InlineData("$")]
    public async Task It_begins_after_the_entry_that_was_named(string after)
    {
        for (var i = 1; i <= 2; i++) await AddAsync(i);
        var (control, entries) = RedisSource.Stream(Redis, new RedisStreamReadOptions("numbers") { After = after })
            .ToMaterialized(Sink.Seq<StreamEntry>(), Keep.Both)
            .Run(Materializer);
        await EventuallyAsync(async () => (await OnServerAsync("INFO", "clients")).Contains("blocked_clients:1"));

        for (var i = 3; i <= 10; i++)
        {
            await AddAsync(i);
            await Task.Delay(i % 2 == 0 ? 150 : 0);
        }

        await Task.Delay(200);
        await control.StopAsync().WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(3, 8).Select(i => $"{i}-0"), (await entries.WaitAsync(Patience)).Select(entry => (string)entry.Id!));
    }

    [Fact]
    public async Task Over_killed_servers_every_entry_comes_once_and_in_order()
    {
        const int Entries = 3_000;
        var read = 0;
        var all = RedisSource.Stream(Redis, "numbers")
            .Select(entry =>
            {
                Interlocked.Increment(ref read);
                return (string)entry.Id!;
            })
            .Take(Entries)
            .RunWith(Sink.Seq<string>(), Materializer);
        var kills = KillAsync(times: 3, every: 700, () => Volatile.Read(ref read));

        for (var i = 1; i <= Entries; i++)
        {
            await Redis.ExecuteAsync(new RedisCommand("XADD", "numbers", $"{i}-0", "number", i) { Delivery = DeliveryMode.ExactlyOnce });
        }

        Assert.Equal(Enumerable.Range(1, Entries).Select(i => $"{i}-0"), await all.WaitAsync(Patience));
        await kills;
    }

    private Task<string> AddAsync(int number) => OnServerAsync("XADD", "numbers", $"{number}-0", "number", $"{number}", "note", "ä");
}
