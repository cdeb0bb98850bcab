using RedisActors.Configuration;
using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

public sealed class SentinelPollTests
{
    private static readonly RedisEndpoint Former = new("10.0.0.1", 6379);
    private static readonly RedisEndpoint Present = new("10.0.0.2", 6379);

    [Fact]
    public void Nothing_is_decided_before_anybody_answers()
    {
        var poll = Poll(known: 3);

        Assert.False(poll.HasBegun);
        Assert.False(poll.NobodyWatchesIt);
        Assert.Null(poll.Majority);
        Assert.Null(poll.Latest);
    }

    [Fact]
    public void Two_of_three_decide()
    {
        Assert.Null(Poll(3, Says(1, Present, 7)).Majority);
        Assert.Equal(Present, Poll(3, Says(1, Present, 7), Says(2, Former, 6), Says(3, Present, 7)).Majority!.Primary);
    }

    [Fact]
    public void Half_of_them_do_not_decide() =>
        Assert.Null(Poll(4, Says(1, Present, 7), Says(2, Present, 7)).Majority);

    [Fact]
    public void Without_a_majority_the_latest_failover_counts_whoever_tells_of_it() =>
        Assert.Equal(Present, Poll(4, Says(1, Former, 6), Says(2, Former, 6), Says(3, Present, 7)).Latest!.Primary);

    [Fact]
    public void Of_views_that_are_equally_late_the_one_of_more_sentinels_counts() =>
        Assert.Equal(Present, Poll(5, Says(1, Former, 0), Says(2, Present, 0), Says(3, Present, 0)).Latest!.Primary);

    [Fact]
    public void A_sentinel_that_does_not_watch_the_service_has_no_vote()
    {
        var poll = Poll(3, Says(1, null, 0), Says(2, Present, 3));

        Assert.False(poll.NobodyWatchesIt);
        Assert.Equal(Present, poll.Latest!.Primary);
        Assert.DoesNotContain(Sentinel(1), poll.Sentinels);
        Assert.True(Poll(3, Says(1, null, 0), Says(2, null, 0)).NobodyWatchesIt);
    }

    [Fact]
    public void Sentinels_are_learned_from_those_that_answer()
    {
        var poll = Poll(1, new SentinelOpinion(Sentinel(1), Present, 1, [Sentinel(2), Sentinel(3)]));

        Assert.Equal([Sentinel(1), Sentinel(2), Sentinel(3)], poll.Sentinels);
    }

    private static SentinelPoll Poll(int known, params SentinelOpinion[] opinions)
    {
        var poll = new SentinelPoll(known);
        foreach (var opinion in opinions) poll.Add(opinion);
        return poll;
    }

    private static SentinelOpinion Says(int sentinel, RedisEndpoint? primary, long epoch) => new(Sentinel(sentinel), primary, epoch, []);

    private static RedisEndpoint Sentinel(int number) => new($"10.0.1.{number}", 26379);
}
