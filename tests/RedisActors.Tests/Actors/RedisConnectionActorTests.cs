using Akka.Actor;
using Akka.TestKit;
using RedisActors.Connection;
using RedisActors.Supervision;

namespace RedisActors.Tests.Actors;

public sealed class RedisConnectionActorTests : VirtualTimeSpec
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(600);

    private readonly TestProbe _parent;
    private IActorRef _child = ActorRefs.Nobody;

    public RedisConnectionActorTests() => _parent = CreateTestProbe();

    [Fact]
    public async Task A_link_that_is_made_is_handed_up()
    {
        await StartAsync(epoch: 7);
        var connection = await Server.ConnectNextAsync();

        Assert.Equal(new LinkVerified(7, connection.Link), await _parent.ExpectMsgAsync<LinkVerified>());
    }

    [Fact]
    public async Task A_link_that_is_overdue_is_abandoned_and_counts_as_lost_when_it_says_so()
    {
        var connection = await StartVerifiedAsync();
        string? abandoned = null;
        connection.Link.Abandoned = cause => abandoned = cause;
        Clock.Advance(Interval);
        await connection.Link.NextAsync();

        await AdvanceUntilAsync(Overdue, () => abandoned is not null);
        await AliveAsync();
        Assert.Equal(0, connection.Link.Disposals);
        connection.Lose(abandoned!);

        Assert.Equal("no answer to ROLE for 600000 ms", await FailureAsync());
        await DisposedOnceAsync(connection.Link);
    }

    [Fact]
    public async Task An_attempt_that_fails_ends_it_with_the_reason()
    {
        await StartAsync();
        (await Server.NextAttemptAsync()).Fail("connection refused");

        Assert.Equal("connection refused", await FailureAsync());
        await _parent.ExpectMsgAsync<Parent.Stopped>();
    }

    [Fact]
    public async Task An_attempt_that_fails_in_a_way_nobody_thought_of_ends_it_too()
    {
        await StartAsync();
        (await Server.NextAttemptAsync()).Fail(new InvalidOperationException("something odd"));

        Assert.Equal("something odd", await FailureAsync());
    }

    [Fact]
    public async Task A_lost_link_ends_it_with_the_cause_and_is_disposed_of_once()
    {
        var connection = await StartVerifiedAsync();

        connection.Lose("the socket closed");

        Assert.Equal("the socket closed", await FailureAsync());
        await DisposedOnceAsync(connection.Link);
    }

    [Fact]
    public async Task A_link_that_is_lost_twice_over_is_disposed_of_once()
    {
        var connection = await StartVerifiedAsync();

        connection.Lose("first");
        connection.Lose("second");

        Assert.Equal("first", await FailureAsync());
        await DisposedOnceAsync(connection.Link);
    }

    [Fact]
    public async Task Stopping_it_disposes_of_the_link_once()
    {
        var child = await StartAsync();
        var connection = await Server.ConnectNextAsync();
        await _parent.ExpectMsgAsync<LinkVerified>();

        Sys.Stop(child);

        await DisposedOnceAsync(connection.Link);
    }

    [Fact]
    public async Task Stopped_while_connecting_it_cancels_the_attempt_and_disposes_of_a_link_that_comes_all_the_same()
    {
        var child = await StartAsync();
        var attempt = await Server.NextAttemptAsync();

        Sys.Stop(child);
        await _parent.ExpectMsgAsync<Parent.Stopped>();
        Assert.True(attempt.IsCancelled);
        var link = attempt.Succeed();

        await AwaitConditionAsync(() => link.Disposals == 1);
    }

    [Fact]
    public async Task A_link_that_was_lost_before_it_was_handed_over_is_disposed_of_once()
    {
        await StartAsync();
        var attempt = await Server.NextAttemptAsync();

        attempt.Lose("lost at once");
        Assert.Equal("lost at once", await FailureAsync());
        var link = attempt.Succeed();

        await AwaitConditionAsync(() => link.Disposals > 0);
        Assert.Equal(1, link.Disposals);
    }

    [Fact]
    public async Task Lost_and_connected_in_any_order_the_link_is_disposed_of_once()
    {
        for (var i = 0; i < 50; i++)
        {
            var child = await StartAsync();
            var attempt = await Server.NextAttemptAsync();
            var loss = Task.Run(() => attempt.Lose("gone"));
            var link = attempt.Succeed();
            if (i % 2 == 0) Sys.Stop(child);
            await loss;

            await _parent.FishForMessageAsync<Parent.Stopped>(stopped => stopped.Child.Equals(child));
            await AwaitConditionAsync(() => link.Disposals > 0);
            Assert.Equal(1, link.Disposals);
        }
    }

    [Fact]
    public async Task The_server_is_asked_again_an_interval_after_each_answer()
    {
        var connection = await StartVerifiedAsync();

        for (var i = 0; i < 3; i++)
        {
            await AdvanceUntilAsync(Interval / 10, () => connection.Link.HasMore);
            var question = await connection.Link.NextAsync();
            Assert.Equal("ROLE", question.Name);
            question.Succeed(RespValue.Array(RespValue.BulkString("master")));
        }
    }

    [Fact]
    public async Task The_server_is_not_asked_before_the_interval_is_over()
    {
        var connection = await StartVerifiedAsync();

        Clock.Advance(Interval - TimeSpan.FromMilliseconds(1));
        await AliveAsync();
        Assert.Empty(connection.Link.Sent);

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("ROLE", (await connection.Link.NextAsync()).Name);
    }

    [Fact]
    public async Task An_error_is_an_answer_too()
    {
        var connection = await StartVerifiedAsync();

        for (var i = 0; i < 3; i++)
        {
            await AdvanceUntilAsync(Interval / 10, () => connection.Link.HasMore);
            (await connection.Link.NextAsync()).Reject("LOADING Redis is loading the dataset in memory");
        }

        await AliveAsync();
        Assert.Equal(0, connection.Link.Disposals);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_is_given_up()
    {
        var connection = await StartVerifiedAsync();
        Clock.Advance(Interval);
        await connection.Link.NextAsync();

        Clock.Advance(Overdue - TimeSpan.FromMilliseconds(1));
        await AliveAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("no answer to ROLE for 600000 ms", await FailureAsync());
        await DisposedOnceAsync(connection.Link);
    }

    [Fact]
    public async Task A_server_that_answers_other_things_is_not_given_up()
    {
        var connection = await StartVerifiedAsync();
        Clock.Advance(Interval);
        await connection.Link.NextAsync();

        for (var i = 0; i < 5; i++)
        {
            connection.Link.Heard = true;
            Clock.Advance(Overdue - TimeSpan.FromMilliseconds(1));
            await AliveAsync();
        }

        Assert.Equal(0, connection.Link.Disposals);
        await AdvanceUntilAsync(Overdue / 10, () => connection.Link.Disposals == 1);
    }

    [Fact]
    public async Task A_server_that_has_become_a_replica_is_left_when_it_has_answered_what_it_was_sent()
    {
        var connection = await StartVerifiedAsync();
        Clock.Advance(Interval);

        (await connection.Link.NextAsync()).Succeed(RespValue.Array(RespValue.BulkString("slave"), RespValue.BulkString("10.0.0.2")));
        var last = await connection.Link.NextAsync();
        await AliveAsync();
        Assert.Equal(0, connection.Link.Disposals);
        last.Succeed(RespValue.SimpleString("PONG"));

        Assert.Equal("the server has become a replica", await FailureAsync());
        await DisposedOnceAsync(connection.Link);
    }

    [Fact]
    public async Task A_server_that_may_be_busy_is_given_a_grace_while_its_host_takes_connections()
    {
        var connection = await StartVerifiedAsync("heartbeat.busy-grace = 1h");
        connection.Link.HostAccepts = true;
        Clock.Advance(Interval);
        var question = await connection.Link.NextAsync();

        Clock.Advance(Overdue * 2);
        await AliveAsync();
        question.Succeed(RespValue.Array(RespValue.BulkString("master")));
        await AdvanceUntilAsync(Interval, () => connection.Link.HasMore);

        Assert.Equal(0, connection.Link.Disposals);
    }

    [Fact]
    public async Task The_grace_ends_too()
    {
        var connection = await StartVerifiedAsync("heartbeat.busy-grace = 1h");
        connection.Link.HostAccepts = true;
        Clock.Advance(Interval);
        await connection.Link.NextAsync();

        await AdvanceUntilAsync(Overdue, () => connection.Link.Disposals == 1);

        Assert.Equal("no answer to ROLE for 600000 ms", await FailureAsync());
    }

    [Fact]
    public async Task A_server_whose_host_takes_no_connections_is_given_up_at_once()
    {
        var connection = await StartVerifiedAsync("heartbeat.busy-grace = 1h");
        Clock.Advance(Interval);
        await connection.Link.NextAsync();

        Clock.Advance(Overdue);

        Assert.Equal("no answer to ROLE for 600000 ms, and its host takes no connections", await FailureAsync());
    }

    [Fact]
    public async Task A_question_that_the_link_cannot_bring_to_the_server_ends_it_at_once()
    {
        var connection = await StartVerifiedAsync();
        Clock.Advance(Interval);

        (await connection.Link.NextAsync()).Fail(new LinkFault(false, "the socket closed"));

        Assert.Equal("the socket closed", await FailureAsync());
        await DisposedOnceAsync(connection.Link);
    }

    /// <summary>What the actor failed with.</summary>
    private async Task<string> FailureAsync() =>
        Assert.IsType<RedisLinkException>((await _parent.ExpectMsgAsync<Parent.Failed>()).Failure).Message;

    private async Task<ScriptedConnection> StartVerifiedAsync(string settings = "")
    {
        await StartAsync(settings: settings);
        var connection = await Server.ConnectNextAsync();
        await _parent.ExpectMsgAsync<LinkVerified>();
        return connection;
    }

    private async Task<IActorRef> StartAsync(long epoch = 1, string settings = "")
    {
        var read = Hocon.Settings($"heartbeat {{ interval = {Interval.TotalSeconds}s, timeout = {Overdue.TotalSeconds}s }}\n{settings}");
        Sys.ActorOf(Parent.Of(RedisConnectionActor.Props(read.Link, Server, epoch, []), _parent.Ref));
        return _child = (await _parent.ExpectMsgAsync<Parent.Born>()).Child;
    }

    /// <summary>That it has taken in everything until now and goes on.</summary>
    private async Task AliveAsync() =>
        Assert.Equal(_child, (await _child.Ask<ActorIdentity>(new Identify(null), Timeout.InfiniteTimeSpan)).Subject);

    private async Task DisposedOnceAsync(ScriptedLink link)
    {
        await _parent.ExpectMsgAsync<Parent.Stopped>();
        Assert.Equal(1, link.Disposals);
    }
}
