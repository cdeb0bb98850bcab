using Akka.Actor;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>Awaiting a command that a node without a connection sends.</summary>
public sealed class ExecuteAcrossNodesTests : AkkaClusterSpec
{
    private Node? _serving;

    [Fact]
    public async Task A_RemoteRedis_gives_the_reply_and_the_error()
    {
        var front = await StartAsync();

        Assert.Equal(1, (await front.Redis.ExecuteAsync("INCR", "n")).AsInt64());
        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => front.Redis.ExecuteAsync("RPUSH", "n", "x"));
        Assert.Equal(Outcome.Rejected, failure.Outcome);
    }

    /// <summary>The state does not leave the node.</summary>
    [Fact]
    public async Task A_RemoteRedis_gives_back_the_very_state_of_the_command()
    {
        var front = await StartAsync();

        foreach (var state in new object[] { DayOfWeek.Friday, front.System, new Func<int>(() => 5) })
        {
            Assert.Same(state, (await front.Redis.ExecuteAsync(new RedisCommand("PING") { State = state })).State);
            var failure = await Assert.ThrowsAsync<RedisOutcomeException>(
                () => front.Redis.ExecuteAsync(new RedisCommand("NOSUCH", "key") { State = state }));
            Assert.Same(state, failure.State);
        }
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_words_of_the_RedisActor()
    {
        var front = await StartAsync();

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => front.Redis.ExecuteAsync("SUBSCRIBE", "news"));

        Assert.StartsWith("SUBSCRIBE was refused: ", failure.Message);
    }

    [Fact]
    public async Task Cancelled_before_a_node_has_it_a_command_never_runs()
    {
        var front = Start("web", ByRole);
        using var cancellation = new CancellationTokenSource();
        var cancelled = front.Redis.ExecuteAsync(new RedisCommand("INCR", "n"), cancellation.Token);
        var other = front.Redis.ExecuteAsync(new RedisCommand("INCR", "n"));

        await cancellation.CancelAsync();

        Assert.Equal(Outcome.NotSent, (await Assert.ThrowsAsync<RedisCanceledException>(() => cancelled)).Outcome);
        await WhenUpAsync(front, Start("redis", ByRole));
        Assert.Equal(1, (await other.WaitAsync(Eventually.Patience)).Value.AsInt64());
    }

    [Fact]
    public async Task The_RedisActor_of_another_node_answers_as_one_of_this_does()
    {
        var front = await StartAsync();
        var redis = await RemoteActorAsync(front);

        Assert.Equal(1, (await redis.ExecuteAsync("INCR", "n")).AsInt64());
        Assert.Equal(2, (await redis.ExecuteAsync(new RedisCommand("INCR", "n") { State = 5L })).Value.AsInt64());
    }

    /// <summary>Where the command is now, this node cannot know.</summary>
    [Fact]
    public async Task Cancelled_on_its_way_to_another_node_a_command_may_run()
    {
        var front = await StartAsync();
        var redis = await RemoteActorAsync(front);
        Server.Suspend();
        using var cancellation = new CancellationTokenSource();
        var cancelled = redis.ExecuteAsync(new RedisCommand("INCR", "n"), cancellation.Token);

        await cancellation.CancelAsync();

        Assert.Equal(Outcome.Unknown, (await Assert.ThrowsAsync<RedisCanceledException>(() => cancelled)).Outcome);
        Server.Resume();
    }

    [Fact]
    public async Task A_node_that_never_answers_is_not_waited_for_for_ever()
    {
        var front = Start("web", ByRole);
        var nowhere = ((ExtendedActorSystem)front.System).Provider.ResolveActorRef("akka.tcp://shop@127.0.0.1:1/user/redis");

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => nowhere.ExecuteAsync(new RedisCommand("INCR", "n") { Timeout = TimeSpan.FromMilliseconds(10) }).WaitAsync(Eventually.Patience));

        Assert.Equal(Outcome.Unknown, failure.Outcome);
    }

    private async Task<Node> StartAsync()
    {
        var front = Start("web", ByRole);
        _serving = Start("redis", ByRole);
        await WhenUpAsync(front, _serving);
        return front;
    }

    private async Task<IActorRef> RemoteActorAsync(Node front)
    {
        _ = RedisExtension.Get(_serving!.System).RedisActor;
        return await front.System.ActorSelection($"{_serving.Address}/user/redis").ResolveOne(Eventually.Patience);
    }
}
