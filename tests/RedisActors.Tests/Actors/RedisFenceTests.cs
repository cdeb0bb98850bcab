using Akka.Event;
using RedisActors.Connection;

namespace RedisActors.Tests.Actors;

public sealed class RedisFenceTests : RedisSpec
{
    [Fact]
    public async Task The_first_connection_ends_no_other()
    {
        var (_, connection) = await StartReadyAsync();

        Assert.Empty(connection.Link.Sent);
    }

    [Fact]
    public async Task The_connection_that_was_lost_is_ended_on_the_server_before_the_next_one_is_ready()
    {
        var (redis, first) = await StartReadyAsync();
        first.Lose();
        var attempt = await Server.NextAttemptAsync();
        var second = attempt.Succeed(new ScriptedLink(new ClientIdentity(2, "10.0.0.1:2")) { HoldsFence = true });

        var kill = await second.NextAsync();
        Assert.Equal(["CLIENT KILL ID 1 ADDR 10.0.0.1:1"], second.Sent);
        Assert.DoesNotContain(await DrainAsync(States), state => state is RedisReady { Epoch: 2 });
        kill.Succeed(RespValue.Integer(1));

        Assert.Equal(2, (await AwaitStateAsync<RedisReady>()).ClientId);
        await StatusAsync(redis, status => status.State is RedisReady);
    }

    [Fact]
    public async Task Attempts_that_fail_in_between_do_not_make_it_forget_whom_to_end()
    {
        var (redis, first) = await StartReadyAsync();
        first.Lose();
        (await Server.NextAttemptAsync()).Fail("connection refused");
        (await Server.NextAttemptAsync()).Fail("connection refused");

        var second = await MakeReadyAsync(redis, clientId: 2);

        Assert.Equal(["CLIENT KILL ID 1 ADDR 10.0.0.1:1"], second.Link.Sent);
    }

    [Fact]
    public async Task A_connection_that_is_lost_while_it_ends_the_former_one_leaves_that_to_the_next()
    {
        var (redis, first) = await StartReadyAsync();
        first.Lose();
        var attempt = await Server.NextAttemptAsync();
        var second = attempt.Succeed(new ScriptedLink(new ClientIdentity(2, "10.0.0.1:2")) { HoldsFence = true });
        await second.NextAsync();
        attempt.Lose("lost again");

        var third = await MakeReadyAsync(redis, clientId: 3);

        Assert.Contains("CLIENT KILL ID 1 ADDR 10.0.0.1:1", third.Link.Sent);
        Assert.Equal(1, second.Disposals);
    }

    [Fact]
    public async Task A_server_that_is_too_busy_to_end_it_is_asked_until_it_does()
    {
        var warnings = Listen(typeof(Warning));
        var (_, first) = await StartReadyAsync();
        first.Lose();
        var attempt = await Server.NextAttemptAsync();
        var second = attempt.Succeed(new ScriptedLink(new ClientIdentity(2, "10.0.0.1:2")) { HoldsFence = true });

        for (var i = 0; i < 3; i++)
        {
            (await second.NextAsync()).Reject("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");
        }

        var kill = await second.NextAsync();
        Assert.DoesNotContain(await DrainAsync(States), state => state is RedisReady { Epoch: 2 });
        kill.Succeed(RespValue.Integer(1));

        await AwaitStateAsync<RedisReady>();
        Assert.Equal(Enumerable.Repeat("CLIENT KILL ID 1 ADDR 10.0.0.1:1", 4), second.Sent);
        Assert.DoesNotContain(await DrainAsync(warnings), warning => $"{warning}".Contains("BUSY"));
    }

    [Fact]
    public async Task Where_the_server_forbids_it_the_user_is_warned_once_and_work_goes_on()
    {
        var warnings = Listen(typeof(Warning));
        var (redis, first) = await StartReadyAsync();
        var connection = first;
        for (var id = 2; id < 6; id++)
        {
            connection.Lose();
            var attempt = await Server.NextAttemptAsync();
            var link = attempt.Succeed(new ScriptedLink(new ClientIdentity(id, $"10.0.0.1:{id}"))
            {
                FenceError = "NOPERM this user has no permissions to run the 'client|kill' command",
            });
            connection = new ScriptedConnection(attempt, link);
            await AwaitStateAsync<RedisReady>();
        }

        var fences = (await DrainAsync(warnings)).OfType<Warning>().Where(warning => $"{warning.Message}".Contains("NOPERM"));
        Assert.Single(fences);
        redis.Tell(Command("a"), TestActor);
        (await connection.Link.NextAsync()).Succeed(RespValue.Integer(1));
        Assert.Equal("a Applied", Describe(await ExpectMsgAsync<object>()));
    }

    [Fact]
    public async Task Where_the_server_did_not_say_who_the_connection_was_the_user_is_warned()
    {
        var warnings = Listen(typeof(Warning));
        StartRedis();
        var attempt = await Server.NextAttemptAsync();
        attempt.Succeed(new ScriptedLink(ClientIdentity.Unknown));
        await AwaitStateAsync<RedisReady>();
        attempt.Lose("gone");

        var second = await Server.ConnectNextAsync(clientId: 2);
        await AwaitStateAsync<RedisReady>();

        Assert.Empty(second.Link.Sent);
        Assert.Contains(await DrainAsync(warnings), warning => $"{warning}".Contains("did not tell this client its own id"));
    }
}
