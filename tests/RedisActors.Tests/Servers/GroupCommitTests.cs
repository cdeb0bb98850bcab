using Akka.Actor;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Tests.Servers;

/// <summary>Exactly-once commands that share requests, on a real server and under real faults.</summary>
public sealed class GroupCommitTests : ServerSpec
{
    private const int Commands = 2_000;

    [Fact]
    public async Task Many_commands_take_few_requests_and_each_gets_its_own_reply()
    {
        var redis = Redis("delivery = exactly-once");
        await AskAsync(redis, "PING");

        var replies = await Task.WhenAll(Enumerable.Range(0, Commands).Select(_ => AskAsync(redis, "INCR", "number")));

        Assert.Equal(Enumerable.Range(1, Commands).Select(number => (long)number), replies.Select(reply => reply.Value.AsInt64()));
        Assert.InRange(await RequestsAsync(), 1, Commands / 4);
        await Kit.AwaitAssertAsync(async () => Assert.Equal("1", (await Server.ExecuteAsync("DBSIZE")).Text), Patience);
    }

    [Fact]
    public async Task With_a_group_of_one_each_command_takes_a_request()
    {
        var redis = Redis("delivery = exactly-once, exactly-once.group.max-count = 1");
        await AskAsync(redis, "PING");

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => AskAsync(redis, "INCR", "number")));

        Assert.InRange(await RequestsAsync(), 200, 201);
    }

    [Fact]
    public async Task Replies_of_every_type_come_back_from_a_group_as_they_were()
    {
        var redis = Redis("delivery = exactly-once");
        await AskAsync(redis, "SET", "text", "x");
        await AskAsync(redis, "SET", "large", long.MaxValue - 2);

        var replies = await InOneGroupAsync(
            redis,
            new RedisCommand("INCR", "large"), new RedisCommand("SET", "a", "b"), new RedisCommand("INCRBYFLOAT", "f", "1.5"),
            new RedisCommand("INCR", "text"), new RedisCommand("SET", "a", "c", "NX"), new RedisCommand("XADD", "s", "7-7", "f", "v"));

        Assert.Equal(long.MaxValue - 1, replies[0].Reply!.Value.AsInt64());
        Assert.Equal("OK", replies[1].Reply!.Value.AsString());
        Assert.Equal("1.5", replies[2].Reply!.Value.AsString());
        Assert.Equal((Outcome.Rejected, "ERR value is not an integer or out of range"), (replies[3].Error!.Outcome, replies[3].Error!.ServerError));
        Assert.True(replies[4].Reply!.Value.IsNull);
        Assert.Equal("7-7", replies[5].Reply!.Value.AsString());
    }

    [Theory]
    [InlineData("group", false)]
    [InlineData("each", true)]
    public async Task Those_whose_reply_is_lost_run_once_and_each_gets_the_reply_of_that_time(string form, bool haveOwnTokens)
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "delivery = exactly-once");
        await AskAsync(redis, "PING");
        proxy.LoseReplyTo(form);

        Assert.Equal(Enumerable.Range(1, 500).Select(length => (long)length), await PushAsync(redis, 500, haveOwnTokens));
        Assert.Equal("500", (await Server.ExecuteAsync("LLEN", "list")).Text);
    }

    [Fact]
    public async Task Commands_with_tokens_of_their_senders_take_few_requests_and_run_once()
    {
        var redis = Redis("delivery = exactly-once");
        await AskAsync(redis, "PING");

        var replies = await PushAsync(redis, Commands, haveOwnTokens: true);
        Assert.InRange(await RequestsAsync(), 1, Commands / 4);

        Assert.Equal(Enumerable.Range(1, Commands).Select(length => (long)length), replies);
        Assert.Equal(replies, await PushAsync(redis, Commands, haveOwnTokens: true));
        Assert.Equal($"{Commands}", (await Server.ExecuteAsync("LLEN", "list")).Text);
    }

    [Fact]
    public async Task One_whose_key_the_user_may_not_touch_is_rejected_and_the_others_of_its_group_are_not()
    {
        (await Server.ExecuteAsync("ACL", "SETUSER", "app", "on", ">secret", "~mine:*", "~redisactors:*", "+@all")).OrThrow();
        var redis = Redis("delivery = exactly-once, user = app, password = secret");
        await AskAsync(redis, "PING");

        var replies = await InOneGroupAsync(
            redis, new RedisCommand("INCR", "mine:1"), new RedisCommand("INCR", "yours:1"), new RedisCommand("INCR", "mine:2"));

        Assert.Equal([1L, null, 1L], replies.Select(reply => reply.Reply?.Value.AsInt64()));
        Assert.Equal(Outcome.Rejected, replies[1].Error!.Outcome);
        Assert.StartsWith("NOPERM", replies[1].Error!.ServerError);
    }

    [Fact]
    public async Task A_script_that_the_server_lost_is_loaded_once_for_all_of_them()
    {
        var redis = Redis("delivery = exactly-once");
        await AskAsync(redis, "INCR", "number");
        (await Server.ExecuteAsync("SCRIPT", "FLUSH")).OrThrow();
        (await Server.ExecuteAsync("CONFIG", "RESETSTAT")).OrThrow();

        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => AskAsync(redis, "INCR", "number")));

        Assert.Equal(Enumerable.Range(2, 500).Select(number => (long)number), replies.Select(reply => reply.Value.AsInt64()));
        Assert.Contains("calls=1,", (await Server.InfoAsync("commandstats"))["cmdstat_script|load"]);
    }

    /// <summary>Pushes as many, where wanted each with a token of its own, the same every time.</summary>
    private async Task<long[]> PushAsync(IActorRef redis, int count, bool haveOwnTokens)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, count).Select(number =>
            redis.Ask<RedisReply>(new RedisCommand("RPUSH", "list", "x") { IdempotencyKey = haveOwnTokens ? $"order-{number}" : null }, Patience)));
        return [.. replies.Select(reply => reply.Value.AsInt64())];
    }

    private async Task<int> RequestsAsync()
    {
        var calls = (await Server.InfoAsync("commandstats"))["cmdstat_evalsha"];
        return int.Parse(calls["calls=".Length..calls.IndexOf(',')]);
    }

    /// <summary>Sends them while the server does not answer, so that all but the first share a request.</summary>
    private async Task<(RedisReply? Reply, RedisOutcomeException? Error)[]> InOneGroupAsync(IActorRef redis, params RedisCommand[] commands)
    {
        Server.Suspend();
        var first = AskAsync(redis, "INCR", "mine:first");
        var replies = commands.Select(command => TryAsync(redis.Ask<RedisReply>(command, Patience))).ToList();
        await Task.Delay(100);
        Server.Resume();
        await first;
        return await Task.WhenAll(replies);
    }

    private static async Task<(RedisReply? Reply, RedisOutcomeException? Error)> TryAsync(Task<RedisReply> reply)
    {
        try
        {
            return (await reply, null);
        }
        catch (RedisOutcomeException error)
        {
            return (null, error);
        }
    }
}
