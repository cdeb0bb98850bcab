using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Tests.ExactlyOnce;

public sealed class TokenTests
{
    /// <summary>A server in cluster mode tells the slot of a key even when it is alone.</summary>
    [Fact]
    public async Task A_token_is_kept_in_the_hash_slot_of_its_key_as_the_server_computes_it()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--cluster-enabled", "yes"] });
        using var wire = new Wire(server);
        List<byte[]> keys =
        [
            .. new[] { "", "a", "user:1", "{a}b", "{}a", "a{}b{c}", "{a", "a}", "}a{b}", "{{a}}", "a{b}{c}", "{a}{", "a{b", "gr\u00fc\u00df{\u00fc}" }
                .Select(System.Text.Encoding.UTF8.GetBytes),
        ];
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var key = new byte[random.Next(30)];
            random.NextBytes(key);
            if (key.Length > 4) (key[random.Next(key.Length)], key[^1]) = ((byte)'{', (byte)'}');
            keys.Add(key);
        }

        foreach (var key in keys)
        {
            var slot = wire.Value("CLUSTER", "KEYSLOT", key).AsInt64();
            Assert.Equal(slot, HashSlot.Of(key));
            Assert.Equal(slot, wire.Value("CLUSTER", "KEYSLOT", TokenKey.For(key, "token{x}")).AsInt64());
        }
    }

    [Fact]
    public void Every_slot_has_a_tag_of_at_most_three_characters()
    {
        for (var slot = 0; slot < HashSlot.Count; slot++)
        {
            var key = (byte[])TokenKey.InSlot(slot, "t")!;
            Assert.Equal(slot, HashSlot.Of(key));
            Assert.InRange(key.Length, "redisactors:{x}:t".Length, "redisactors:{xxx}:t".Length);
        }
    }

    [Fact]
    public void The_key_of_a_token_says_whose_it_is() =>
        Assert.Matches("^redisactors:\\{[0-9A-Za-z]{1,3}\\}:abc$", (string?)TokenKey.For("user:1", "abc"));

    [Fact]
    public void A_key_may_be_given_as_text_bytes_or_number()
    {
        Assert.Equal(TokenKey.For("12", "t"), TokenKey.For(12, "t"));
        Assert.Equal(TokenKey.For("12", "t"), TokenKey.For("12"u8.ToArray(), "t"));
    }

    [Fact]
    public void No_token_comes_twice_from_one_source_or_from_another()
    {
        var seen = new HashSet<string>();
        foreach (var source in Enumerable.Range(0, 1000).Select(_ => new TokenSource()))
        {
            for (var i = 0; i < 200; i++) Assert.True(seen.Add(source.Next()));
        }
    }

    [Fact]
    public void A_token_is_short()
    {
        var source = new TokenSource();
        var token = source.Next();
        for (var i = 0; i < 1_000_000; i++) token = source.Next();

        Assert.Matches("^[0-9A-Za-z_-]{16}$", token);
    }

    [Fact]
    public void Answered_tokens_are_released_in_full_requests_and_the_rest_on_demand()
    {
        var releases = new TokenReleases(batch: 3, inCluster: false);
        for (var i = 0; i < 7; i++) Assert.True(releases.Add(TokenKey.For($"key{i}", "t")));

        Assert.True(releases.IsDue);
        Assert.Equal(["key0", "key1", "key2"], Taken(releases, partial: false));
        Assert.Equal(["key3", "key4", "key5"], Taken(releases, partial: false));
        Assert.False(releases.IsDue);
        Assert.False(releases.TryTake(partial: false, out _));
        Assert.Equal(["key6"], Taken(releases, partial: true));
        Assert.False(releases.TryTake(partial: true, out _));
        Assert.Equal(0, releases.Count);
    }

    [Fact]
    public void In_a_Redis_Cluster_every_release_stays_in_one_slot_and_none_is_forgotten()
    {
        var random = new Random(11);
        var releases = new TokenReleases(batch: 5, inCluster: true);
        var waiting = new HashSet<RedisValue>();
        for (var i = 0; i < 20_000; i++)
        {
            var key = TokenKey.InSlot(random.Next(50), $"token{i}");
            waiting.Add(key);
            Assert.True(releases.Add(key));
            if (random.Next(4) == 0 && releases.TryTake(partial: random.Next(10) == 0, out var some)) Check(some);
        }

        while (releases.TryTake(partial: true, out var rest)) Check(rest);
        Assert.Empty(waiting);
        Assert.Equal(0, releases.Count);

        void Check(RedisValue[] keys)
        {
            Assert.InRange(keys.Length, 1, 5);
            Assert.Single(keys.Select(key => HashSlot.Of((byte[])key!)).Distinct());
            Assert.All(keys, key => Assert.True(waiting.Remove(key)));
            Assert.Equal(waiting.Count, releases.Count);
        }
    }

    [Fact]
    public void Releases_that_cannot_be_sent_do_not_pile_up()
    {
        var releases = new TokenReleases(batch: 2, inCluster: false, capacity: 10);
        for (var i = 0; i < 10; i++) Assert.True(releases.Add("k"));

        Assert.False(releases.Add("k"));
        Assert.Equal(10, releases.Count);
        releases.Clear();
        Assert.False(releases.TryTake(partial: true, out _));
        Assert.True(releases.Add("k"));
    }

    private static string[] Taken(TokenReleases releases, bool partial)
    {
        Assert.True(releases.TryTake(partial, out var keys));
        return [.. keys.Select(key => Enumerable.Range(0, 7).Select(i => $"key{i}").Single(name => TokenKey.For(name, "t") == key))];
    }
}
