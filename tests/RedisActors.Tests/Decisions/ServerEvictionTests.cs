using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

/// <summary>When a token that is not there shows that its command has not run.</summary>
public sealed class ServerEvictionTests
{
    private static readonly ServerEviction Keeps = Said("noeviction");
    private static readonly ServerEviction Evicts = Said("volatile-lru");

    [Theory]
    [InlineData("noeviction", "0", false)]
    [InlineData("noeviction", "1000", false)]
    [InlineData("volatile-ttl", "1000", true)]
    [InlineData("volatile-lfu", "1000", true)]
    [InlineData("allkeys-random", "1000", true)]
    [InlineData("allkeys-lru", "0", false)]
    public void A_server_evicts_by_a_policy_when_its_memory_is_limited(string policy, string memory, bool evicts)
    {
        var eviction = Said(policy, memory: memory);

        Assert.Equal(evicts, eviction.MayEvict);
        Assert.Equal(evicts ? policy : null, eviction.Policy);
        Assert.Equal("0", eviction.EvictedKeys);
        Assert.Equal("a t", eviction.Term);
    }

    [Fact]
    public void A_server_that_does_not_permit_the_question_may_evict()
    {
        Assert.Equal(ServerEviction.Unknown, ServerEviction.Parse(string.Empty, string.Empty, string.Empty, string.Empty));
        Assert.True(ServerEviction.Unknown.MayEvict);
    }

    [Fact]
    public void A_server_that_has_no_such_policy_evicts_nothing() =>
        Assert.False(ServerEviction.Parse("garnet_version:2.2.8", "# Memory\r\nsystem_page_size:4096", "# Stats", string.Empty).MayEvict);

    [Fact]
    public void Where_nothing_is_evicted_a_missing_token_was_never_there_whatever_became_of_the_server()
    {
        Assert.Null(Keeps.CountThatShowsNone(Keeps));
        Assert.Null(Keeps.CountThatShowsNone(Said("noeviction", run: "b")));
        Assert.Null(ServerEviction.None.CountThatShowsNone(ServerEviction.None));
    }

    [Fact]
    public void Where_keys_may_be_evicted_the_same_count_of_the_same_run_shows_it()
    {
        Assert.Equal("5", Said("volatile-lru", count: "5").CountThatShowsNone(Said("volatile-lru", count: "5")));
        Assert.Equal("5", Said("volatile-lru", count: "5").CountThatShowsNone(Said("volatile-lru", count: "6")));
        Assert.Equal("0", Evicts.CountThatShowsNone(Keeps));
        Assert.Equal("0", Keeps.CountThatShowsNone(Evicts));
    }

    [Fact]
    public void Another_run_or_another_server_has_not_counted_what_was_evicted_before()
    {
        Assert.Equal(ServerEviction.NoCount, Evicts.CountThatShowsNone(Said("volatile-lru", run: "b")));
        Assert.Equal(ServerEviction.NoCount, Evicts.CountThatShowsNone(Said("noeviction", run: "b")));
        Assert.Equal(ServerEviction.NoCount, Keeps.CountThatShowsNone(Said("volatile-lru", run: "b")));
    }

    [Fact]
    public void A_primary_that_was_a_replica_meanwhile_has_not_counted_what_its_primary_evicted() =>
        Assert.Equal(ServerEviction.NoCount, Evicts.CountThatShowsNone(Said("volatile-lru", term: "u")));

    [Fact]
    public void Nothing_is_shown_by_a_server_that_says_nothing()
    {
        Assert.Equal(ServerEviction.NoCount, ServerEviction.Unknown.CountThatShowsNone(ServerEviction.Unknown));
        Assert.Equal(ServerEviction.NoCount, ServerEviction.Unknown.CountThatShowsNone(Keeps));
        Assert.Equal(ServerEviction.NoCount, Keeps.CountThatShowsNone(ServerEviction.Unknown));
    }

    [Fact]
    public void Keys_that_were_evicted_under_a_policy_that_is_set_no_more_are_counted_all_the_same() =>
        Assert.Equal("0", Keeps.CountThatShowsNone(Said("noeviction", count: "1")));

    [Fact]
    public void What_was_also_sent_to_a_server_that_evicts_is_not_certain_at_the_next_one_either()
    {
        var other = Said("volatile-lru", run: "b");

        Assert.Equal(ServerEviction.NoCount, Keeps.FollowedBy(other).CountThatShowsNone(Said("noeviction", run: "c")));
        Assert.Equal("0", Keeps.FollowedBy(other).CountThatShowsNone(Keeps));
        Assert.Same(Keeps, Keeps.FollowedBy(Said("noeviction", run: "b")));
    }

    private static ServerEviction Said(string policy, string count = "0", string run = "a", string memory = "1000", string term = "t") => ServerEviction.Parse(
        $"# Server\r\nredis_version:7.0.15\r\nrun_id:{run}\r\n",
        $"# Memory\r\nmaxmemory:{memory}\r\nmaxmemory_human:1K\r\nmaxmemory_policy:{policy}\r\n",
        $"# Stats\r\nevicted_keys:{count}\r\nevicted_clients:7\r\n",
        $"# Replication\r\nrole:master\r\nmaster_replid:{term}\r\nmaster_replid2:0\r\n");
}
