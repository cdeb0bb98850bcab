using Akka.Actor;
using RedisActors.Commands;
using RedisActors.Supervision;

namespace RedisActors.Tests.Actors;

public sealed class RedisSupervisorTests : RedisSpec
{
    private const string At = "localhost:6379";

    [Fact]
    public async Task The_way_from_the_first_attempt_through_an_outage_and_back_is_told_step_by_step()
    {
        StartSupervisor();
        await ExpectStateAsync(new RedisConnecting("default", 1, At, 1));
        (await Server.NextAttemptAsync()).Fail("connection refused");
        await ExpectStateAsync(new RedisBackingOff("default", 1, At, 2, TimeSpan.FromMilliseconds(10), "connection refused"));
        await ExpectStateAsync(new RedisConnecting("default", 2, At, 2));
        var connection = await Server.ConnectNextAsync(clientId: 11);
        Assert.Equal((2, 11), Key(await States.ExpectMsgAsync<RedisReady>()));
        connection.Lose("the socket closed");
        await ExpectStateAsync(new RedisLost("default", 2, "10.0.0.1:11", "the socket closed"));
        await ExpectStateAsync(new RedisBackingOff("default", 2, At, 3, TimeSpan.FromMilliseconds(10), "the socket closed"));
        await ExpectStateAsync(new RedisConnecting("default", 3, At, 3));
        await Server.ConnectNextAsync(clientId: 12);
        Assert.Equal((3, 12), Key(await States.ExpectMsgAsync<RedisReady>()));

        static (long Epoch, long ClientId) Key(RedisReady ready) => (ready.Epoch, ready.ClientId);
    }

    [Fact]
    public async Task While_the_server_stays_away_epochs_and_attempts_grow_and_no_wait_is_longer_than_max()
    {
        Server.Unreachable = "connection refused";
        StartSupervisor("backoff { min = 10ms, max = 12ms, jitter = 0.5 }");

        for (var attempt = 1; attempt <= 40; attempt++)
        {
            await ExpectStateAsync(new RedisConnecting("default", attempt, At, attempt));
            var waiting = await States.ExpectMsgAsync<RedisBackingOff>();
            Assert.Equal((attempt, attempt + 1), (waiting.Epoch, waiting.Attempt));
            Assert.InRange(waiting.Delay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(12));
        }
    }

    [Fact]
    public async Task After_a_stable_connection_attempts_are_counted_from_one_and_the_first_follows_at_once()
    {
        StartSupervisor("restart.reset-after = 0s");
        (await Server.NextAttemptAsync()).Fail("connection refused");
        (await Server.NextAttemptAsync()).Fail("connection refused");
        var connection = await Server.ConnectNextAsync();
        await AwaitStateAsync<RedisReady>();

        connection.Lose();

        await States.ExpectMsgAsync<RedisLost>();
        Assert.Equal(1, (await States.ExpectMsgAsync<RedisConnecting>()).Attempt);
    }

    [Fact]
    public async Task After_a_connection_that_did_not_last_the_count_goes_on()
    {
        StartSupervisor();
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var connection = await Server.ConnectNextAsync();
            await AwaitStateAsync<RedisReady>();
            connection.Lose();
            Assert.Equal(attempt + 1, (await NextWaitAsync()).Attempt);
        }
    }

    [Fact]
    public async Task How_long_the_connection_was_away_is_told_and_the_first_one_was_not_away()
    {
        StartSupervisor();
        var connection = await Server.ConnectNextAsync();
        Assert.Equal(TimeSpan.Zero, (await AwaitStateAsync<RedisReady>()).Away);

        connection.Lose();
        await Server.ConnectNextAsync();

        Assert.InRange((await AwaitStateAsync<RedisReady>()).Away, TimeSpan.FromMilliseconds(1), Patience);
    }

    [Fact]
    public async Task How_many_commands_waited_and_how_many_of_them_are_sent_again_is_told_with_the_return()
    {
        var (redis, first) = await StartReadyAsync("delivery = at-least-once");
        for (var i = 0; i < 3; i++) redis.Tell(Command(i));
        await first.Link.NextAsync(3);
        first.Lose();
        await AwaitStateAsync<RedisConnecting>();
        for (var i = 3; i < 5; i++) redis.Tell(Command(i));
        await StatusAsync(redis, status => status.Stashed == 5);

        await Server.ConnectNextAsync(clientId: 2);

        var ready = await AwaitStateAsync<RedisReady>();
        Assert.Equal((5, 3, "10.0.0.1:2"), (ready.Stashed, ready.Replayed, ready.Endpoint));
    }

    [Fact]
    public async Task When_the_restart_budget_is_spent_it_gives_up_and_tries_no_more()
    {
        var supervisor = StartSupervisor("restart { max-restarts = 2, within = 1h }");
        for (var i = 0; i < 3; i++) (await Server.NextAttemptAsync()).Fail("connection refused");

        Assert.Equal(new RedisGaveUp("default", 3, At, "connection refused"), await AwaitStateAsync<RedisGaveUp>());
        supervisor.Tell(new SubscribeToState(TestActor));
        await ExpectMsgAsync<RedisGaveUp>();
        await NothingMoreAsync(States);
    }

    [Fact]
    public async Task A_lost_connection_may_be_what_spends_the_budget()
    {
        StartSupervisor("restart { max-restarts = 0, within = 1h }");
        var connection = await Server.ConnectNextAsync();
        await AwaitStateAsync<RedisReady>();

        connection.Lose("the socket closed");

        Assert.Equal("the socket closed", (await States.ExpectMsgAsync<RedisLost>()).Cause);
        Assert.Equal("the socket closed", (await States.ExpectMsgAsync<RedisGaveUp>()).Cause);
    }

    [Fact]
    public async Task An_attempt_that_cannot_even_begin_is_an_attempt_that_failed()
    {
        Server.Throws = new InvalidOperationException("no sockets left");
        StartSupervisor();
        Assert.NotEmpty((await AwaitStateAsync<RedisBackingOff>()).Cause);

        Server.Throws = null;
        await Server.ConnectNextAsync();

        await AwaitStateAsync<RedisReady>();
    }

    [Fact]
    public async Task The_one_who_takes_commands_hears_of_links_in_the_order_in_which_they_come_and_go()
    {
        var supervisor = StartSupervisor("restart { max-restarts = 1, within = 1h }");
        var connection = await Server.ConnectNextAsync();
        await AwaitStateAsync<RedisReady>();
        supervisor.Tell(new AttachCommands(TestActor, LaneGauges.None));
        await ExpectMsgAsync<RedisReady>();
        Assert.Equal(new LinkUp(1, connection.Link), await ExpectMsgAsync<LinkUp>());

        connection.Lose("first");
        Assert.Equal(new LinkDown(1, "first"), await ExpectMsgAsync<LinkDown>());
        await ExpectMsgAsync<RedisLost>();
        await ExpectMsgAsync<RedisBackingOff>();
        await ExpectMsgAsync<RedisConnecting>();

        var second = await Server.ConnectNextAsync();
        await ExpectMsgAsync<RedisReady>();
        Assert.Equal(new LinkUp(2, second.Link), await ExpectMsgAsync<LinkUp>());

        second.Lose("second");
        Assert.Equal(new LinkDown(2, "second"), await ExpectMsgAsync<LinkDown>());
        await ExpectMsgAsync<RedisLost>();
        await ExpectMsgAsync<RedisGaveUp>();
        Assert.Equal(new NoMoreLinks("the connection was given up: second"), await ExpectMsgAsync<NoMoreLinks>());
    }

    [Fact]
    public async Task The_link_is_disposed_of_before_anybody_hears_that_it_is_lost()
    {
        StartSupervisor();
        for (var i = 0; i < 20; i++)
        {
            var connection = await Server.ConnectNextAsync();
            await AwaitStateAsync<RedisReady>();
            connection.Lose();
            await AwaitStateAsync<RedisLost>();
            Assert.Equal(1, connection.Link.Disposals);
        }
    }

    private async Task ExpectStateAsync(RedisConnectionEvent expected) =>
        Assert.Equal(expected, await States.ExpectMsgAsync<RedisConnectionEvent>());

    private async Task<(int Attempt, TimeSpan Delay)> NextWaitAsync()
    {
        var waiting = await AwaitStateAsync<RedisBackingOff>();
        return (waiting.Attempt, waiting.Delay);
    }
}
