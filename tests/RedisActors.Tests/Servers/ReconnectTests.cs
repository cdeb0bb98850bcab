using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

public sealed class ReconnectTests : ServerSpec
{
    [Fact]
    public async Task Commands_sent_while_the_server_is_away_are_answered_in_order_when_it_is_back()
    {
        var redis = Redis();
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);

        Server.Kill();
        await NextAsync<RedisLost>(states);
        for (var i = 0; i < 500; i++) redis.Tell(new RedisCommand("RPUSH", "list", i) { State = i }, Kit.TestActor);
        await Server.StartAgainAsync();

        for (var i = 0; i < 500; i++)
        {
            var reply = await Kit.ExpectMsgAsync<RedisReply>(Patience);
            Assert.Equal((int)reply.State! + 1, reply.Value.AsInt64());
        }

        Assert.Equal(
            Enumerable.Range(0, 500).Select(i => $"{i}"),
            (await AskAsync(redis, "LRANGE", "list", 0, -1)).Value.AsArray().Select(item => item.AsString()));
    }

    [Fact]
    public async Task A_server_that_is_not_there_at_the_start_is_waited_for()
    {
        Server.Kill();
        var redis = Redis();
        var reply = AskAsync(redis, "SET", "key", "value");
        await NextAsync<RedisBackingOff>(WatchStates(redis));

        await Server.StartAgainAsync();

        Assert.Equal(Outcome.Applied, (await reply).Outcome);
    }

    [Fact]
    public async Task A_command_that_waited_out_its_timeout_never_runs_later()
    {
        var redis = Redis();
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        Server.Kill();
        await NextAsync<RedisLost>(states);

        var tooLate = redis.Ask<RedisReply>(
            new RedisCommand("SET", "key", "too late") { Timeout = TimeSpan.FromMilliseconds(100) }, Patience);
        Assert.Equal(Outcome.NotSent, await OutcomeAsync(tooLate));
        await Server.StartAgainAsync();
        await NextAsync<RedisReady>(states);

        Assert.True((await AskAsync(redis, "GET", "key")).Value.IsNull);
    }

    [Fact]
    public async Task A_connection_that_the_server_closes_is_made_anew()
    {
        var redis = Redis();
        var states = WatchStates(redis);
        var first = await NextAsync<RedisReady>(states);

        await Server.KillClientsAsync();

        var second = await NextAsync<RedisReady>(states, ready => ready.Epoch > first.Epoch);
        Assert.NotEqual(first.ClientId, second.ClientId);
        Assert.Equal(Outcome.Applied, (await AskAsync(redis, "PING")).Outcome);
    }

    [Fact]
    public async Task A_server_that_stops_answering_without_closing_is_noticed_and_left()
    {
        var redis = Redis("heartbeat { interval = 100ms, timeout = 200ms }");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);

        Server.Suspend();
        var unanswered = AskAsync(redis, "INCR", "number");
        var lost = await NextAsync<RedisLost>(states);
        Assert.Contains("no answer to ROLE", lost.Cause);
        Assert.Equal(Outcome.Unknown, await OutcomeAsync(unanswered));
        Server.Resume();

        await NextAsync<RedisReady>(states);
        Assert.Equal(Outcome.Applied, (await AskAsync(redis, "PING")).Outcome);
    }

    [Fact]
    public async Task A_network_that_swallows_everything_is_noticed_and_the_lost_connection_is_ended_on_the_server()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "heartbeat { interval = 100ms, timeout = 200ms } \n connect-timeout = 300ms");
        var states = WatchStates(redis);
        var first = await NextAsync<RedisReady>(states);

        proxy.Blackhole();
        await NextAsync<RedisLost>(states);
        Assert.Contains(await Server.ListClientsAsync(), client => client.Id == first.ClientId);
        proxy.Pass();

        await NextAsync<RedisReady>(states, ready => ready.Epoch > first.Epoch);
        Assert.DoesNotContain(await Server.ListClientsAsync(), client => client.Id == first.ClientId);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_the_right_one_lets_commands_through()
    {
        await Server.ExecuteAsync("CONFIG", "SET", "requirepass", "other");
        var redis = Redis("password = secret");
        var reply = AskAsync(redis, "SET", "key", "value");

        var waiting = await NextAsync<RedisBackingOff>(WatchStates(redis));
        Assert.Matches("(?i)auth|pass", waiting.Cause);
        await using (var probe = await RedisProbe.ConnectAsync(Server.Host, Server.Port))
        {
            await probe.ExecuteAsync("AUTH", "other");
            await probe.ExecuteAsync("CONFIG", "SET", "requirepass", "secret");
        }

        Assert.Equal(Outcome.Applied, (await reply).Outcome);
    }

    [Fact]
    public async Task A_server_that_restarts_under_load_leaves_every_command_with_one_true_outcome()
    {
        var redis = Redis("backoff.max = 200ms");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        var outcomes = new List<Task<Outcome>>();
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                for (var i = 0; i < 20; i++) outcomes.Add(OutcomeAsync(AskAsync(redis, "INCR", "number")));
                await Task.Yield();
                while (outcomes.Where(outcome => !outcome.IsCompleted).ToArray() is { Length: > 2000 } pending) await Task.WhenAny(pending);
            }
        });

        for (var round = 0; round < 3; round++)
        {
            Server.Kill();
            await NextAsync<RedisLost>(states);
            await Server.StartAgainAsync();
            await NextAsync<RedisReady>(states);
            await AskAsync(redis, "PING");
        }

        await stop.CancelAsync();
        await load;
        var told = await Task.WhenAll(outcomes);
        var server = (await AskAsync(redis, "GET", "number")).Value.AsInt64();
        var applied = told.Count(outcome => outcome == Outcome.Applied);
        var unknown = told.Count(outcome => outcome == Outcome.Unknown);
        Assert.InRange(server, applied, applied + unknown);
        Assert.DoesNotContain(Outcome.Rejected, told);
        Assert.DoesNotContain(Outcome.NotSent, told);
    }
}
