using Akka.Streams;
using Akka.Streams.Dsl;
using StackExchange.Redis;

namespace RedisActors.Streams.Tests;

public sealed class ScanSourceTests : StreamsSpec
{
    [Fact]
    public async Task Keys_come_that_match_the_pattern_and_the_type()
    {
        for (var i = 1; i <= 300; i++) await Redis.ExecuteAsync("SET", $"user:{i}", i);
        await Redis.ExecuteAsync("RPUSH", "user:list", 1);
        await Redis.ExecuteAsync("SET", "other", 1);

        var keys = await RedisSource.Scan(Redis, new RedisScanOptions { Pattern = "user:*", Type = "string", Count = 10 })
            .RunWith(Sink.Seq<string>(), Materializer)
            .WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(1, 300).Select(i => $"user:{i}").Order(), keys.Distinct().Order());
    }

    [Fact]
    public async Task Sets_hashes_and_sorted_sets_are_scanned_too()
    {
        for (var i = 1; i <= 600; i++)
        {
            await Redis.ExecuteAsync("SADD", "set", $"member {i}");
            await Redis.ExecuteAsync("HSET", "hash", $"field {i}", i);
            await Redis.ExecuteAsync("ZADD", "sorted", i + 0.5, $"member {i}");
        }

        var members = await RedisSource.ScanSet(Redis, "set", RedisScanOptions.All).RunWith(Sink.Seq<RedisValue>(), Materializer).WaitAsync(Patience);
        var fields = await RedisSource.ScanHash(Redis, "hash", RedisScanOptions.All).RunWith(Sink.Seq<HashEntry>(), Materializer).WaitAsync(Patience);
        var scored = await RedisSource.ScanSortedSet(Redis, "sorted", RedisScanOptions.All).RunWith(Sink.Seq<SortedSetEntry>(), Materializer).WaitAsync(Patience);

        var numbers = Enumerable.Range(1, 600).ToHashSet();
        Assert.Equal(numbers.Select(i => $"member {i}").Order(), members.Select(member => (string)member!).Distinct().Order());
        Assert.Equal(numbers.Select(i => ($"field {i}", i)).Order(), fields.Select(field => ((string)field.Name!, (int)field.Value)).Distinct().Order());
        Assert.Equal(numbers.Select(i => ($"member {i}", i + 0.5)).Order(), scored.Select(member => ((string)member.Element!, member.Score)).Distinct().Order());
    }

    [Fact]
    public async Task A_server_that_is_restarted_in_the_middle_makes_no_key_be_missed()
    {
        const int Keys = 5_000;
        foreach (var chunk in Enumerable.Range(1, Keys).Chunk(500))
        {
            await Redis.ExecuteAsync("MSET", [.. chunk.SelectMany(i => (RedisValue[])[$"user:{i}", i])]);
        }

        var scanned = 0;
        var kills = KillAsync(times: 2, every: 1_500, () => Volatile.Read(ref scanned));
        var keys = await RedisSource.Scan(Redis, new RedisScanOptions { Count = 10 })
            .SelectAsync(1, async key =>
            {
                if (Interlocked.Increment(ref scanned) % 500 == 0) await Task.Delay(100);
                return key;
            })
            .RunWith(Sink.Seq<string>(), Materializer)
            .WaitAsync(Patience);
        await kills;

        Assert.Equal(Keys, keys.Distinct().Count(key => key.StartsWith("user:")));
    }

    [Fact]
    public async Task A_key_of_another_type_fails_the_stream()
    {
        await OnServerAsync("SET", "text", "text");

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => RedisSource.ScanSet(Redis, "text", RedisScanOptions.All)
            .RunWith(Sink.Seq<RedisValue>(), Materializer)
            .WaitAsync(Patience));

        Assert.StartsWith("WRONGTYPE", failure.ServerError);
    }
}
