using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.Servers;
using StackExchange.Redis;

namespace RedisActors.Tests.Scripts;

/// <summary>Scripts that go by their hash, in every delivery mode, on a real server.</summary>
public sealed class ScriptTests : ServerSpec
{
    private const string Count = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
    private const string CountAndAnswer = "redis.call('INCR', KEYS[1]); return redis.error_reply(ARGV[1])";

    private static readonly DeliveryMode[] All = Enum.GetValues<DeliveryMode>();

    public static TheoryData<DeliveryMode> Modes => [.. All];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_script_that_the_server_does_not_know_is_loaded_once_and_runs(DeliveryMode delivery)
    {
        var redis = Redis();
        await AskAsync(redis, "PING");
        (await Server.ExecuteAsync("CONFIG", "RESETSTAT")).OrThrow();

        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => SendAsync(redis, new RedisScript(Count, ["number"], 2) { Delivery = delivery })));

        Assert.Equal(Enumerable.Range(1, 100).Select(number => 2L * number), replies.Select(reply => reply.Value.AsInt64()));
        var loads = delivery == DeliveryMode.ExactlyOnce ? 2 : 1;
        var statistics = await Server.InfoAsync("commandstats");
        Assert.Contains($"calls={loads},", statistics["cmdstat_script|load"]);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task SCRIPT_FLUSH_under_load_loses_no_script_and_runs_none_twice(DeliveryMode delivery)
    {
        var redis = Redis();
        var replies = new List<Task<RedisReply>>();
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 50; i++) replies.Add(SendAsync(redis, new RedisScript(Count, ["number"], 1) { Delivery = delivery }));
            (await Server.ExecuteAsync("SCRIPT", "FLUSH")).OrThrow();
        }

        await Task.WhenAll(replies);
        Assert.Equal("1000", (await Server.ExecuteAsync("GET", "number")).Text);
        Assert.Equal(1000, replies.Select(reply => reply.Result.Value.AsInt64()).Distinct().Count());
    }

    [Theory]
    [InlineData(DeliveryMode.AtMostOnce, Outcome.Unknown, "1")]
    [InlineData(DeliveryMode.WhenSafe, Outcome.Unknown, "1")]
    [InlineData(DeliveryMode.AtLeastOnce, Outcome.Applied, "2")]
    [InlineData(DeliveryMode.ExactlyOnce, Outcome.Applied, "1")]
    public async Task A_script_whose_reply_is_lost_ends_as_its_delivery_mode_says(DeliveryMode delivery, Outcome outcome, string count)
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await SendAsync(redis, new RedisScript(Count, ["number"], 0) { Delivery = delivery });

        proxy.LoseNextReply();

        Assert.Equal(outcome, await OutcomeAsync(SendAsync(redis, new RedisScript(Count, ["number"], 1) { Delivery = delivery })));
        Assert.Equal(count, (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Fact]
    public async Task A_script_that_only_reads_is_replayed_and_may_not_write()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "SET", "number", 7);
        var read = new RedisScript("return redis.call('GET', KEYS[1])", ["number"]) { ReadOnly = true };
        await SendAsync(redis, read);

        proxy.LoseNextReply();
        Assert.Equal("7", (await SendAsync(redis, read)).Value.AsString());

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => SendAsync(redis, new RedisScript(Count, ["number"], 1) { ReadOnly = true }));
        Assert.StartsWith("ERR Write commands are not allowed from read-only scripts", error.ServerError);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_restarted_server_is_given_the_script_again(DeliveryMode delivery)
    {
        var redis = Redis();
        var states = WatchStates(redis);
        Assert.Equal(1, (await SendAsync(redis, new RedisScript(Count, ["number"], 1) { Delivery = delivery })).Value.AsInt64());

        Server.Kill();
        await NextAsync<RedisLost>(states);
        var reply = SendAsync(redis, new RedisScript(Count, ["fresh"], 1) { Delivery = delivery });
        await Server.StartAgainAsync();

        Assert.Equal(1, (await reply).Value.AsInt64());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task An_error_in_the_text_is_told_as_the_server_tells_it(DeliveryMode delivery)
    {
        var redis = Redis();
        const string Text = "local x = 1\nreturn x x\n";
        var plain = (await Server.ExecuteAsync("SCRIPT", "LOAD", Text)).Text;

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => SendAsync(redis, new RedisScript(Text, ["key"]) { Delivery = delivery }));

        Assert.Equal(Outcome.Rejected, error.Outcome);
        Assert.Equal(plain, error.ServerError);
        Assert.Contains("user_script:2:", error.ServerError);
    }

    [Theory]
    [InlineData("NOSCRIPT No matching script. Please use EVAL.")]
    [InlineData("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")]
    [InlineData("READONLY You can't write against a read only replica.")]
    public async Task A_script_that_answers_in_the_servers_words_runs_once_in_every_mode(string words)
    {
        var redis = Redis("command-timeout = 5s");
        foreach (var delivery in All)
        {
            await Server.ExecuteAsync("DEL", "number");

            var error = await Assert.ThrowsAsync<RedisOutcomeException>(
                () => SendAsync(redis, new RedisScript(CountAndAnswer, ["number"], words) { Delivery = delivery }));

            Assert.Equal((Outcome.Rejected, words), (error.Outcome, error.ServerError));
            Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
        }
    }

    [Fact]
    public async Task One_whose_sender_may_load_no_scripts_is_told_so()
    {
        (await Server.ExecuteAsync("ACL", "SETUSER", "app", "on", ">secret", "~*", "+@all", "-script|load")).OrThrow();
        var redis = Redis("user = app, password = secret");

        foreach (var delivery in All)
        {
            var error = await Assert.ThrowsAsync<RedisOutcomeException>(
                () => SendAsync(redis, new RedisScript(Count, ["number"], 1) { Delivery = delivery }));

            Assert.Equal(Outcome.Rejected, error.Outcome);
            Assert.StartsWith("NOPERM ", error.ServerError);
        }
    }

    [Fact]
    public async Task Three_killed_servers_under_load_leave_scripts_delivered_exactly_once_applied_and_counted()
    {
        var redis = Redis("delivery = exactly-once");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        using var stop = new CancellationTokenSource();
        var told = 0L;
        var load = Enumerable.Range(0, 50).Select(async sender =>
        {
            while (!stop.IsCancellationRequested)
            {
                var reply = await SendAsync(redis, new RedisScript("redis.call('INCR', KEYS[1]) return redis.call('INCR', KEYS[2])", ["{n}1", "{n}2"]));
                Interlocked.Increment(ref told);
                Assert.Equal(Outcome.Applied, reply.Outcome);
            }
        }).ToList();

        for (var round = 0; round < 3; round++)
        {
            var before = Interlocked.Read(ref told);
            await Kit.AwaitConditionAsync(() => Task.FromResult(Interlocked.Read(ref told) > before + 500), Patience);
            Server.Kill();
            await NextAsync<RedisLost>(states);
            await Server.StartAgainAsync();
            await NextAsync<RedisReady>(states);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal($"{told}", (await Server.ExecuteAsync("GET", "{n}1")).Text);
        Assert.Equal($"{told}", (await Server.ExecuteAsync("GET", "{n}2")).Text);
    }

    [Fact]
    public async Task A_token_of_the_senders_own_brings_the_one_original_reply_and_another_script_with_it_is_rejected()
    {
        var redis = Redis("delivery = exactly-once");
        var script = new RedisScript(Count, ["number"], 1) { IdempotencyKey = "order-1" };

        Assert.Equal(1, (await SendAsync(redis, script)).Value.AsInt64());
        Assert.Equal(1, (await SendAsync(redis, script)).Value.AsInt64());
        var other = new RedisScript(Count + " ", ["number"], 1) { IdempotencyKey = "order-1" };
        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => SendAsync(redis, other));

        Assert.StartsWith("TOKENMISMATCH", error.ServerError);
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Fact]
    public async Task A_function_runs_in_three_modes_and_is_refused_in_the_fourth()
    {
        const string Library = "#!lua name=mine\nredis.register_function('count', function(keys) return redis.call('INCR', keys[1]) end)";
        (await Server.ExecuteAsync("FUNCTION", "LOAD", Library)).OrThrow();
        var redis = Redis();
        var number = 0;
        foreach (var delivery in All.Except([DeliveryMode.ExactlyOnce]))
        {
            Assert.Equal(++number, (await SendAsync(redis, new RedisCommand("FCALL", "count", 1, "number") { Delivery = delivery })).Value.AsInt64());
        }

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => SendAsync(redis, new RedisCommand("FCALL", "count", 1, "number") { Delivery = DeliveryMode.ExactlyOnce }));
        Assert.Equal(Outcome.NotSent, error.Outcome);
        Assert.Contains("Redis lets no script run one", error.Message);
    }

    private Task<RedisReply> SendAsync(IActorRef redis, RedisCommand command) => redis.Ask<RedisReply>(command, Patience);
}
