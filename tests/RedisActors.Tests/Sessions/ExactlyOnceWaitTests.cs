using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.CommandMetadata;

namespace RedisActors.Tests.Sessions;

/// <summary>With exactly-once, what blocks takes something once, although replies are lost, and answers as ever.</summary>
public sealed class ExactlyOnceWaitTests : SessionsSpec
{
    [Theory]
    [InlineData("BLPOP empty list 0", "RPUSH list a b")]
    [InlineData("BLPOP list 0", "RPUSH list a b")]
    [InlineData("brpop list 2", "RPUSH list a b")]
    [InlineData("BLMOVE list other LEFT RIGHT 0", "RPUSH list a b")]
    [InlineData("BRPOPLPUSH list other 1.5", "RPUSH list a b")]
    [InlineData("BLMPOP 0 2 empty list LEFT COUNT 2", "RPUSH list a b c")]
    [InlineData("BLMPOP 1 1 list RIGHT", "RPUSH list a b c")]
    [InlineData("BZPOPMIN empty zset 0", "ZADD zset 1.5 a 2 b")]
    [InlineData("BZPOPMAX zset 0", "ZADD zset 1.5 a 2.25 b")]
    [InlineData("BZMPOP 0 1 zset MIN COUNT 2", "ZADD zset 1.5 a 2 b 3 c")]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS grouped >", "XADD grouped 1-1 f v")]
    [InlineData("XREADGROUP GROUP g c COUNT 5 BLOCK 7000 STREAMS grouped >", "XADD grouped 1-1 f v")]
    [InlineData("XREAD BLOCK 0 STREAMS stream 0", "XADD stream 1-1 f v")]
    public async Task The_reply_is_that_of_a_plain_client(string blocking, string push)
    {
        await PrepareAsync();
        await using var plain = await Server.ConnectAsync();
        await plain.SendAsync(Words.Of(blocking));
        await BlockedAsync(1);
        await OnServerAsync(push);
        var expected = (await plain.ReadAsync()).OrThrow().ToString();
        var left = await ContentAsync();
        var redis = Redis("delivery = exactly-once");

        // There before, and later.
        await PrepareAsync();
        await OnServerAsync(push);
        Assert.Equal(expected, Text((await SendAsync(redis, blocking)).Value));
        Assert.Equal(left, await ContentAsync());

        await PrepareAsync();
        var reply = SendAsync(redis, blocking);
        await Task.Delay(100);
        Assert.False(reply.IsCompleted);
        await OnServerAsync(push);
        Assert.Equal(expected, Text((await reply.WaitAsync(Patience)).Value));
        Assert.Equal(left, await ContentAsync());
    }

    [Theory]
    [InlineData("BLPOP empty 0.7")]
    [InlineData("BLPOP empty other 0.05")]
    [InlineData("BLMOVE empty other LEFT RIGHT 0.05")]
    [InlineData("BLMPOP 0.05 1 empty LEFT")]
    [InlineData("BZPOPMIN empty 0.05")]
    [InlineData("BZMPOP 0.05 1 empty MIN")]
    [InlineData("XREADGROUP GROUP g c BLOCK 50 STREAMS grouped >")]
    public async Task Where_nothing_comes_the_reply_is_that_of_a_plain_client(string blocking)
    {
        await PrepareAsync();
        await using var plain = await Server.ConnectAsync();
        var expected = await plain.ExecuteAsync(Words.Of(blocking));

        Assert.Equal(expected.ToString(), Text((await SendAsync(Redis("delivery = exactly-once"), blocking)).Value));
    }

    [Theory]
    [InlineData("BLPOP text 0", "WRONGTYPE")]
    [InlineData("BLPOP empty text 0", "WRONGTYPE")]
    [InlineData("BZPOPMIN text 0", "WRONGTYPE")]
    [InlineData("BLPOP empty -1", "ERR timeout is negative")]
    [InlineData("BLPOP", "ERR wrong number of arguments for 'blpop' command")]
    [InlineData("XREADGROUP GROUP none c BLOCK 0 STREAMS grouped >", "NOGROUP")]
    [InlineData("XREADGROUP GROUP none c BLOCK 0 STREAMS empty >", "NOGROUP")]
    public async Task What_the_server_refuses_is_rejected_in_its_words(string blocking, string words)
    {
        await PrepareAsync();

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => SendAsync(Redis("delivery = exactly-once"), blocking));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.StartsWith(words, failure.ServerError);
    }

    [Fact]
    public async Task A_key_that_becomes_something_else_meanwhile_ends_the_wait()
    {
        var reply = SendAsync(Redis("delivery = exactly-once"), "BZPOPMIN key 0");
        await Task.Delay(50);

        await OnServerAsync("SET key text");

        Assert.Equal(Outcome.Rejected, await OutcomeAsync(reply));
    }

    [Fact]
    public async Task A_list_is_waited_for_without_a_poll()
    {
        var redis = Redis("delivery = exactly-once");
        var reply = SendAsync(redis, "BLPOP list 0");
        await BlockedAsync(1);
        await OnServerAsync("CONFIG RESETSTAT");

        await Task.Delay(700);
        var statistics = (await Server.ExecuteAsync("INFO", "commandstats")).Text;
        await OnServerAsync("RPUSH list a");

        Assert.Equal("[list, a]", Text((await reply).Value));
        Assert.Contains("cmdstat_blmove", statistics);
        Assert.DoesNotContain("cmdstat_exists", statistics);
        Assert.DoesNotContain("cmdstat_lpop", statistics);
    }

    /// <summary>Looking takes and puts back in one step, so nobody sees the list without its element, or in another order.</summary>
    [Fact]
    public async Task Many_who_wait_for_one_list_get_each_element_once_in_order()
    {
        const int Elements = 400;
        var redis = Redis("delivery = exactly-once, sessions.max = 4");
        var replies = Enumerable.Range(0, Elements).Select(_ => SendAsync(redis, "BLPOP list 0")).ToList();

        for (var i = 0; i < Elements; i++) await OnServerAsync($"RPUSH list {i}");

        var taken = (await Task.WhenAll(replies).WaitAsync(Patience)).Select(reply => reply.Value.AsArray()[1].AsInt64());
        Assert.Equal(Enumerable.Range(0, Elements).Select(i => (long)i), taken.Order());
        Assert.Equal("0", (await OnServerAsync("EXISTS list")).Text);
    }

    [Fact]
    public async Task A_lost_reply_loses_nothing()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "delivery = exactly-once");
        for (var round = 0; round < 5; round++)
        {
            await OnServerAsync($"RPUSH list {round}");
            proxy.LoseReplyTo("LPOP");

            var reply = await SendAsync(redis, "BLPOP list 0");

            Assert.Equal($"[list, {round}]", Text(reply.Value));
            Assert.Equal("0", (await OnServerAsync("LLEN list")).Text);
        }
    }

    [Fact]
    public async Task What_is_cancelled_while_there_is_nothing_has_not_been_sent()
    {
        var redis = Redis("delivery = exactly-once");
        using var cancellation = new CancellationTokenSource();
        var reply = SendAsync(redis, "BLPOP list 0", cancellation.Token);
        await BlockedAsync(1);

        await cancellation.CancelAsync();

        // A look takes nothing.
        Assert.Equal(Outcome.NotSent, (await Assert.ThrowsAsync<RedisCanceledException>(() => reply)).Outcome);
        await OnServerAsync("RPUSH list a");
        await EventuallyAsync(async () => (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).InFlight == 0);
        Assert.Equal("[a]", (await OnServerAsync("LRANGE list 0 -1")).ToString());
    }

    [Theory]
    [InlineData("BLPOP")]
    [InlineData("BLPOP none")]
    [InlineData("BZPOPMIN")]
    public async Task Whoever_asks_with_the_same_token_gets_the_same_reply_and_takes_nothing_more(string words)
    {
        var redis = Redis("heartbeat.timeout = 200ms");
        var command = new RedisCommand(words.Split(' ')[0], [.. words.Split(' ').Skip(1).Select(key => (StackExchange.Redis.RedisValue)key), "key", 0])
        {
            Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = "mine",
        };
        var first = redis.ExecuteAsync(command);
        var second = redis.ExecuteAsync(command);
        await Task.Delay(300);
        var third = redis.ExecuteAsync(command);

        await OnServerAsync(words == "BZPOPMIN" ? "ZADD key 1 a 2 b" : "RPUSH key a b");

        var expected = words == "BZPOPMIN" ? "[key, a, 1]" : "[key, a]";
        foreach (var reply in (Task<RedisReply>[])[first, second, third, redis.ExecuteAsync(command)])
        {
            Assert.Equal(expected, Text((await reply.WaitAsync(Patience)).Value));
        }

        Assert.Equal("1", (await OnServerAsync(words == "BZPOPMIN" ? "ZCARD key" : "LLEN key")).Text);
    }

    [Fact]
    public async Task A_token_without_exactly_once_is_refused()
    {
        var command = new RedisCommand("BLPOP", "list", 0) { IdempotencyKey = "mine" };

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => Redis().ExecuteAsync(command));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.StartsWith("BLPOP was refused: it has an IdempotencyKey", failure.Message);
    }

    private async Task PrepareAsync()
    {
        (await Server.ExecuteAsync("FLUSHALL")).OrThrow();
        (await Server.ExecuteAsync("SET", "text", "x")).OrThrow();
        (await Server.ExecuteAsync("XGROUP", "CREATE", "grouped", "g", "0", "MKSTREAM")).OrThrow();
    }

    private async Task<string> ContentAsync() => string.Join(
        ' ',
        await Server.ExecuteAsync("LRANGE", "list", "0", "-1"),
        await Server.ExecuteAsync("LRANGE", "other", "0", "-1"),
        await Server.ExecuteAsync("ZRANGE", "zset", "0", "-1", "WITHSCORES"),
        await Server.ExecuteAsync("XPENDING", "grouped", "g"));
}
