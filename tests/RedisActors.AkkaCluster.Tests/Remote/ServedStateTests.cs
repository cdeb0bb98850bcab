namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>What a RemoteRedis tells of its way to Redis, as the nodes that serve come and go.</summary>
public sealed class ServedStateTests
{
    private readonly RemoteNode _one = RemoteLedgerTests.Node("one");
    private readonly RemoteNode _other = RemoteLedgerTests.Node("other");
    private readonly ServedState _state = new("cache");

    [Fact]
    public void It_connects_until_a_node_serves()
    {
        Assert.Null(_state.Look([], waiting: 3, now: 0));
        Assert.Equal(new RedisConnecting("cache", 1, string.Empty, 1), _state.Current);

        var ready = _state.Look([_one], waiting: 3, now: 1000);

        Assert.Equal(new RedisReady("cache", 1, _one.Address.ToString(), 0, TimeSpan.Zero) { Stashed = 3 }, ready);
        Assert.Equal(ready, _state.Current);
        Assert.Null(_state.Look([_one, _other], waiting: 0, now: 2000));
    }

    [Fact]
    public void It_is_ready_anew_when_another_node_takes_over_at_once()
    {
        _state.Look([_one], waiting: 0, now: 0);
        _one.IsLeaving = true;

        Assert.Equal(
            new RedisReady("cache", 2, _other.Address.ToString(), 0, TimeSpan.Zero), _state.Look([_one, _other], waiting: 0, now: 1000));
    }

    [Fact]
    public void It_is_lost_once_and_says_why_and_how_long()
    {
        _state.Look([_one, _other], waiting: 0, now: 0);
        _one.HasRedis = false;
        _other.IsReachable = false;

        var lost = Assert.IsType<RedisLost>(_state.Look([_one, _other], waiting: 0, now: 1000));
        Assert.Equal($"the node {_one.Address} has no connection to Redis; the node {_other.Address} is unreachable", lost.Cause);
        Assert.Null(_state.Look([_one, _other], waiting: 0, now: 2000));
        Assert.Null(_state.Look([], waiting: 0, now: 2500));

        _one.HasRedis = true;
        var ready = Assert.IsType<RedisReady>(_state.Look([_one, _other], waiting: 5, now: 4000));
        Assert.Equal((2, TimeSpan.FromSeconds(3), 5), (ready.Epoch, ready.Away, ready.Stashed));
    }
}
