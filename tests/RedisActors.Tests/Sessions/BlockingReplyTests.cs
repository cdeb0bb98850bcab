using Akka.Actor;
using RedisActors.Tests.CommandMetadata;

namespace RedisActors.Tests.Sessions;

/// <summary>Blocking commands are answered as the server answers a plain client, to the byte.</summary>
public sealed class BlockingReplyTests : SessionsSpec
{
    private const string Blocked = "there before";
    private const string Later = "comes later";

    [Theory]
    [InlineData("BLPOP empty list 0", "RPUSH list a b")]
    [InlineData("BLPOP list 0.5", "RPUSH list a b")]
    [InlineData("brpop list 2", "RPUSH list a b")]
    [InlineData("BLMOVE list other LEFT RIGHT 0", "RPUSH list a b")]
    [InlineData("BRPOPLPUSH list other 1.5", "RPUSH list a b")]
    [InlineData("BLMPOP 0 2 empty list LEFT COUNT 2", "RPUSH list a b c")]
    [InlineData("BLMPOP 1 1 list RIGHT", "RPUSH list a b c")]
    [InlineData("BZPOPMIN empty zset 0", "ZADD zset 1.5 a 2 b")]
    [InlineData("BZPOPMAX zset 0", "ZADD zset 1.5 a 2.25 b")]
    [InlineData("BZMPOP 0 1 zset MIN COUNT 2", "ZADD zset 1.5 a 2 b 3 c")]
    [InlineData("XREAD BLOCK 0 STREAMS stream 0", "XADD stream 1-1 f v")]
    [InlineData("XREAD COUNT 1 BLOCK 0 STREAMS empty stream 0 0", "XADD stream 1-1 f v g w")]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS grouped >", "XADD grouped 1-1 f v")]
    [InlineData("XREADGROUP GROUP g c COUNT 5 BLOCK 7000 NOACK STREAMS grouped >", "XADD grouped 1-1 f v")]
    public async Task The_reply_is_that_of_a_plain_client(string blocking, string push)
    {
        foreach (var moment in (string[])[Blocked, Later])
        {
            await PrepareAsync();
            var plain = await WithPlainClientAsync(blocking, push, moment);
            var left = await ContentAsync();

            await PrepareAsync();
            var ours = await WithRedisActorAsync(blocking, push, moment);

            Assert.Equal(plain, Text(ours));
            Assert.Equal(left, await ContentAsync());
        }
    }

    [Theory]
    [InlineData("BLPOP empty 0.05")]
    [InlineData("BRPOP empty 0.05")]
    [InlineData("BLMOVE empty other LEFT RIGHT 0.05")]
    [InlineData("BRPOPLPUSH empty other 0.05")]
    [InlineData("BLMPOP 0.05 1 empty LEFT")]
    [InlineData("BZPOPMIN empty 0.05")]
    [InlineData("BZMPOP 0.05 1 empty MIN")]
    [InlineData("XREAD BLOCK 50 STREAMS empty 0")]
    [InlineData("XREADGROUP GROUP g c BLOCK 50 STREAMS grouped >")]
    [InlineData("WAIT 1 50")]
    [InlineData("WAIT 0 50")]
    public async Task Where_nothing_comes_the_reply_is_that_of_a_plain_client(string blocking)
    {
        await PrepareAsync();
        await using var plain = await Server.ConnectAsync();

        var expected = await plain.ExecuteAsync(Words.Of(blocking));

        Assert.Equal(expected.ToString(), Text((await Redis().ExecuteAsync(Words.Command(blocking))).Value));
    }

    [Theory]
    [InlineData("BLPOP empty -1")]
    [InlineData("BLPOP empty soon")]
    [InlineData("BLPOP empty inf")]
    [InlineData("BLPOP empty")]
    [InlineData("BLPOP")]
    [InlineData("BLPOP text 0")]
    [InlineData("BLMOVE text other LEFT RIGHT 0")]
    [InlineData("BLMPOP 0 0 empty LEFT")]
    [InlineData("BLMPOP nothing 1 empty LEFT")]
    [InlineData("BZMPOP 0 1 empty LEFT")]
    [InlineData("BZPOPMIN text 0")]
    [InlineData("XREAD BLOCK -5 STREAMS empty 0")]
    [InlineData("XREAD BLOCK 0.5 STREAMS empty 0")]
    [InlineData("XREAD BLOCK 0 STREAMS empty")]
    [InlineData("XREAD BLOCK")]
    [InlineData("XREADGROUP GROUP unknown c BLOCK 0 STREAMS grouped >")]
    [InlineData("WAIT 1")]
    [InlineData("WAIT 1 -1")]
    public async Task What_the_server_refuses_is_rejected_in_its_words(string blocking)
    {
        await PrepareAsync();
        await using var plain = await Server.ConnectAsync();
        var expected = await plain.ExecuteAsync(Words.Of(blocking));
        Assert.True(expected.IsError);

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => Redis().ExecuteAsync(Words.Command(blocking)));

        Assert.Equal((Outcome.Rejected, expected.Text), (failure.Outcome, failure.ServerError));
    }

    private async Task PrepareAsync()
    {
        (await Server.ExecuteAsync("FLUSHALL")).OrThrow();
        (await Server.ExecuteAsync("SET", "text", "x")).OrThrow();
        (await Server.ExecuteAsync("XGROUP", "CREATE", "grouped", "g", "0", "MKSTREAM")).OrThrow();
    }

    private async Task<string> WithPlainClientAsync(string blocking, string push, string moment)
    {
        await using var plain = await Server.ConnectAsync();
        if (moment == Blocked) (await Server.ExecuteAsync(Words.Of(push))).OrThrow();
        await plain.SendAsync(Words.Of(blocking));
        if (moment == Later)
        {
            await BlockedAsync(1);
            (await Server.ExecuteAsync(Words.Of(push))).OrThrow();
        }

        return (await plain.ReadAsync()).OrThrow().ToString();
    }

    private async Task<RespValue> WithRedisActorAsync(string blocking, string push, string moment)
    {
        var redis = RedisOnce();
        if (moment == Blocked) (await Server.ExecuteAsync(Words.Of(push))).OrThrow();
        var reply = redis.ExecuteAsync(Words.Command(blocking));
        if (moment == Later)
        {
            await BlockedAsync(1);
            (await Server.ExecuteAsync(Words.Of(push))).OrThrow();
        }

        return (await reply.WaitAsync(Patience)).Value;
    }

    private IActorRef? _redis;

    private IActorRef RedisOnce() => _redis ??= Redis();

    private async Task<string> ContentAsync() => string.Join(
        ' ',
        await Server.ExecuteAsync("LRANGE", "list", "0", "-1"),
        await Server.ExecuteAsync("LRANGE", "other", "0", "-1"),
        await Server.ExecuteAsync("ZRANGE", "zset", "0", "-1", "WITHSCORES"),
        await Server.ExecuteAsync("XPENDING", "grouped", "g"));
}
