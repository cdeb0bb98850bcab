using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.Servers;
using StackExchange.Redis;

namespace RedisActors.Tests.Transactions;

/// <summary>Transactions in every delivery mode, with and without conditions, on a real server.</summary>
public sealed class TransactionTests : ServerSpec
{
    private static readonly RedisCondition Open = RedisCondition.StringEqual("open", "yes");
    private static readonly DeliveryMode[] All = Enum.GetValues<DeliveryMode>();

    /// <summary>Each mode, without and with a condition.</summary>
    public static TheoryData<DeliveryMode, bool> Forms
    {
        get
        {
            var forms = new TheoryData<DeliveryMode, bool>();
            foreach (var delivery in All)
            {
                forms.Add(delivery, false);
                forms.Add(delivery, true);
            }

            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task All_of_its_commands_run_and_each_has_its_reply(DeliveryMode delivery, bool conditional)
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "open", "yes");

        var reply = await SendAsync(redis, delivery, conditional, new("SET", "a", "x"), new("INCR", "n"), new("INCR", "a"), new("GET", "missing"), new("LRANGE", "none", 0, -1));

        Assert.True(reply.Committed);
        Assert.Equal(
            RespValue.Array(
                RespValue.SimpleString("OK"), RespValue.Integer(1), RespValue.Error("ERR value is not an integer or out of range"), RespValue.Null,
                RespValue.Array()),
            reply.Value);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Nothing_of_other_senders_gets_in_between(DeliveryMode delivery, bool conditional)
    {
        var redis = Redis("lanes = 1");
        await AskAsync(redis, "SET", "open", "yes");
        var others = new List<Task>();
        var replies = new List<Task<RedisReply>>();
        for (var i = 0; i < 300; i++)
        {
            others.Add(AskAsync(redis, "INCRBY", "n", 1000));
            replies.Add(SendAsync(redis, delivery, conditional, new("INCR", "n"), new("INCR", "n"), new("INCR", "n")));
        }

        foreach (var reply in await Task.WhenAll(replies))
        {
            var numbers = reply.Value.AsArray().Select(value => value.AsInt64()).ToArray();
            Assert.Equal([numbers[0], numbers[0] + 1, numbers[0] + 2], numbers);
        }

        await Task.WhenAll(others);
        Assert.Equal("300900", (await Server.ExecuteAsync("GET", "n")).Text);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_transaction_whose_reply_is_lost_ends_as_its_delivery_mode_says(DeliveryMode delivery, bool conditional)
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "SET", "open", "yes");
        await SendAsync(redis, delivery, conditional, new("INCRBY", "a", 0), new("INCRBY", "b", 0));

        proxy.LoseReplyTo("INCRBY");
        var outcome = await OutcomeAsync(SendAsync(redis, delivery, conditional, new("INCRBY", "a", 1), new("INCRBY", "b", 1)));

        Assert.Equal(delivery is DeliveryMode.AtLeastOnce or DeliveryMode.ExactlyOnce ? Outcome.Applied : Outcome.Unknown, outcome);
        var runs = delivery == DeliveryMode.AtLeastOnce ? "2" : "1";
        Assert.Equal((runs, runs), ((await Server.ExecuteAsync("GET", "a")).Text, (await Server.ExecuteAsync("GET", "b")).Text));
    }

    [Fact]
    public async Task One_that_only_overwrites_is_sent_again_when_that_is_safe()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "PING");

        proxy.LoseReplyTo("EXEC");
        var reply = await SendAsync(redis, DeliveryMode.WhenSafe, false, new("SET", "a", 1), new("SET", "b", 1));

        Assert.True(reply.Committed);
    }

    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task A_condition_that_does_not_hold_is_an_answer_and_nothing_runs(DeliveryMode delivery)
    {
        var redis = Redis();

        var reply = await SendAsync(redis, delivery, true, new RedisCommand("INCR", "a"));

        Assert.Equal(Outcome.Applied, reply.Outcome);
        Assert.False(reply.Committed);
        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "a")).Text);
    }

    [Fact]
    public async Task A_condition_that_did_not_hold_is_the_answer_the_second_time_too()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        var transaction = new RedisTransaction(new RedisCommand("SET", "a", 1))
        {
            Conditions = [RedisCondition.KeyNotExists("a")], Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = "t",
        };

        Assert.True((await redis.Ask<RedisReply>(transaction, Patience)).Committed);
        proxy.LoseReplyTo("KEYS");
        Assert.True((await redis.Ask<RedisReply>(transaction, Patience)).Committed);
        Assert.False((await redis.Ask<RedisReply>(transaction with { IdempotencyKey = "u" }, Patience)).Committed);
        await AskAsync(redis, "DEL", "a");
        Assert.False((await redis.Ask<RedisReply>(transaction with { IdempotencyKey = "u" }, Patience)).Committed);
    }

    /// <summary>What the server refuses when it is queued, in the words for the command alone.</summary>
    public static TheoryData<string> Refused => ["GET", "SET a", "NOSUCH b", "INCR a b", "XGROUP CREATE s", "XGROUP NOSUCH s", "OBJECT ENCODING"];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_command_that_the_server_would_refuse_is_told_in_its_words_and_nothing_runs(string line)
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "open", "yes");
        var words = line.Split(' ');
        var bad = new RedisCommand(words[0], [.. words[1..].Select(word => (RedisValue)word)]);
        var plain = (await Server.ExecuteAsync(words)).Text;
        foreach (var delivery in All)
        {
            foreach (var conditional in new[] { false, true })
            {
                var error = await Assert.ThrowsAsync<RedisOutcomeException>(
                    () => SendAsync(redis, delivery, conditional, new("INCR", "before"), bad, new("INCR", "behind")));

                var nobodyKnowsItsKeys = error.Outcome == Outcome.NotSent && error.Message.Contains("nobody knows");
                var clientsWords = error.ServerError == "EXECABORT Transaction discarded because of previous errors.";
                Assert.True(error.ServerError == plain || nobodyKnowsItsKeys || clientsWords, $"{delivery} {conditional}: {error.Message}, not {plain}");
            }
        }

        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "before", "behind")).Text);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_the_user_may_not_do_is_rejected_and_nothing_runs(DeliveryMode delivery, bool conditional)
    {
        (await Server.ExecuteAsync("ACL", "SETUSER", "app", "on", ">secret", "~mine:*", "~open", "~redisactors:*", "+@all", "-append")).OrThrow();
        var redis = Redis("user = app, password = secret");
        await AskAsync(redis, "SET", "open", "yes");

        var key = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => SendAsync(redis, delivery, conditional, new("INCR", "mine:1"), new("INCR", "yours:1")));
        var command = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => SendAsync(redis, delivery, conditional, new("INCR", "mine:1"), new("APPEND", "mine:2", "x")));

        Assert.Equal((Outcome.Rejected, Outcome.Rejected), (key.Outcome, command.Outcome));
        Assert.StartsWith("NOPERM", key.ServerError);
        Assert.Equal("NOPERM this user has no permissions to run the 'append' command", command.ServerError);
        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "mine:1")).Text);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_server_that_is_out_of_memory_runs_all_or_nothing(DeliveryMode delivery, bool conditional)
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "open", "yes");
        (await Server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1")).OrThrow();

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => SendAsync(redis, delivery, conditional, new("GET", "open"), new("SET", "a", 1), new("SET", "b", 1)));

        Assert.Equal(Outcome.Rejected, error.Outcome);
        Assert.StartsWith("OOM ", error.ServerError);
        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "a", "b")).Text);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task One_that_cannot_write_for_lack_of_replicas_is_retried_and_runs_once(DeliveryMode delivery, bool conditional)
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "open", "yes");
        (await Server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "1")).OrThrow();

        var reply = SendAsync(redis, delivery, conditional, new("INCR", "a"), new("INCR", "b"));
        await Task.Delay(200);
        Assert.False(reply.IsCompleted);
        (await Server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "0")).OrThrow();

        Assert.Equal([1, 1], (await reply).Value.AsArray().Select(value => value.AsInt64()));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_cannot_be_in_a_transaction_is_refused_before_it_is_sent(DeliveryMode delivery, bool conditional)
    {
        var redis = Redis();
        RedisCommand[] misfits =
        [
            new("SUBSCRIBE", "channel"), new("MULTI"), new("WATCH", "a"), new("SELECT", 1), new("BLPOP", "list", 1), new("SHUTDOWN"),
            new("XREAD", "BLOCK", 0, "STREAMS", "s", "$"), new RedisScript("return 1", ["a"]), new("SET", "a", 1) { Database = 3 },
            new("SET", "a", 1) { IdempotencyKey = "token" },
        ];

        foreach (var misfit in misfits)
        {
            var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => SendAsync(redis, delivery, conditional, new("INCR", "a"), misfit));

            Assert.Equal(Outcome.NotSent, error.Outcome);
            Assert.Contains($"its command 2 cannot be part of it ({misfit.Name})", error.Message);
        }

        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "a")).Text);
    }

    [Fact]
    public async Task A_script_may_be_among_the_commands_of_one_that_needs_no_script_itself()
    {
        var redis = Redis();

        var reply = await SendAsync(redis, DeliveryMode.WhenSafe, false, new("INCR", "a"), new("EVAL", "return redis.call('INCR', KEYS[1])", 1, "a"));

        Assert.Equal([1, 2], reply.Value.AsArray().Select(value => value.AsInt64()));
        var error = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => SendAsync(redis, DeliveryMode.ExactlyOnce, false, new("INCR", "a"), new("EVAL", "return 1", 1, "a")));
        Assert.Contains("EVAL", error.Message);
    }

    [Fact]
    public async Task It_can_be_for_another_database()
    {
        var redis = Redis();
        var transaction = new RedisTransaction(new RedisCommand("SET", "a", 1), new RedisCommand("SET", "b", 1) { Database = 5 }) { Database = 5 };

        Assert.True((await redis.Ask<RedisReply>(transaction, Patience)).Committed);

        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "a")).Text);
        Assert.Equal(1, (await redis.Ask<RedisReply>(new RedisCommand("EXISTS", "b") { Database = 5 }, Patience)).Value.AsInt64());
    }

    [Fact]
    public async Task A_token_of_the_senders_own_brings_the_one_original_reply_and_another_transaction_with_it_is_rejected()
    {
        var redis = Redis("delivery = exactly-once");
        var transaction = new RedisTransaction(new RedisCommand("INCR", "a"), new RedisCommand("incr", "b")) { IdempotencyKey = "order-1" };

        var first = await redis.Ask<RedisReply>(transaction, Patience);
        var second = await redis.Ask<RedisReply>(transaction, Patience);
        var error = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => redis.Ask<RedisReply>(transaction with { Conditions = [Open] }, Patience));

        Assert.Equal(first.Value, second.Value);
        Assert.StartsWith("TOKENMISMATCH", error.ServerError);
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "a")).Text);
    }

    private Task<RedisReply> SendAsync(IActorRef redis, DeliveryMode delivery, bool conditional, params RedisCommand[] commands) =>
        redis.Ask<RedisReply>(new RedisTransaction(commands) { Delivery = delivery, Conditions = conditional ? [Open] : [] }, Patience);
}
