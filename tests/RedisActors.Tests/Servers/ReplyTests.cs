using Akka.Actor;

namespace RedisActors.Tests.Servers;

public sealed class ReplyTests : ServerSpec
{
    [Fact]
    public async Task Every_kind_of_answer_arrives_as_what_it_is()
    {
        var redis = Redis();

        Assert.Equal("OK", (await AskAsync(redis, "SET", "text", "hello")).Value.AsString());
        Assert.Equal("hello", (await AskAsync(redis, "GET", "text")).Value.AsString());
        Assert.Equal(RespValue.Null, (await AskAsync(redis, "GET", "missing")).Value);
        Assert.Equal(RespValue.Integer(1), (await AskAsync(redis, "INCR", "number")).Value);
        Assert.Equal(RespValue.BulkString("1"), (await AskAsync(redis, "GET", "number")).Value);
        Assert.Equal(
            RespValue.Array(RespValue.BulkString("hello"), RespValue.Null),
            (await AskAsync(redis, "MGET", "text", "missing")).Value);
        Assert.Empty((await AskAsync(redis, "LRANGE", "nothing", 0, -1)).Value.AsArray());
    }

    [Fact]
    public async Task An_array_brings_nested_arrays_along()
    {
        var redis = Redis();

        var reply = await AskAsync(redis, "EVAL", "return {1, {'two', false}}", 0);

        Assert.Equal(
            RespValue.Array(RespValue.Integer(1), RespValue.Array(RespValue.BulkString("two"), RespValue.Null)), reply.Value);
    }

    /// <summary>StackExchange.Redis cannot read an error inside an array.</summary>
    [Fact]
    public async Task A_reply_that_the_client_cannot_read_is_told_as_one_of_a_command_that_ran_and_breaks_nothing_else()
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "text", "hello");

        var reply = await AskAsync(redis, "EVAL", "return {redis.call('INCR', 'n'), redis.pcall('LPUSH', 'text', 'x')}", 0);

        Assert.Equal(Outcome.Applied, reply.Outcome);
        Assert.Equal(RespKind.Error, reply.Value.Kind);
        Assert.StartsWith("the server answered, and the client could not read the reply: ", reply.Value.AsString());
        Assert.Equal("1", (await AskAsync(redis, "GET", "n")).Value.AsString());
        Assert.Equal(Outcome.Applied, (await AskAsync(redis, "PING")).Outcome);
        Assert.Equal(1, (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State?.Epoch);
    }

    [Fact]
    public async Task Bytes_come_back_as_they_were_sent()
    {
        var redis = Redis();
        byte[] bytes = [0, 13, 10, 255, 128, 7];

        await AskAsync(redis, "SET", "bytes", bytes);

        Assert.Equal(bytes, (byte[]?)(await AskAsync(redis, "GET", "bytes")).Value.AsRedisValue());
    }

    [Fact]
    public async Task An_error_of_the_server_is_a_rejection_that_carries_its_words_and_the_senders_state()
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "text", "hello");

        redis.Tell(new RedisCommand("INCR", "text") { State = 42 }, Kit.TestActor);

        var failure = await Kit.ExpectMsgAsync<Status.Failure>(Patience);
        var error = Assert.IsType<RedisOutcomeException>(failure.Cause);
        Assert.Equal(Outcome.Rejected, error.Outcome);
        Assert.StartsWith("ERR value is not an integer", error.ServerError);
        Assert.Equal(42, failure.State);
        Assert.Equal(42, error.State);
    }

    [Fact]
    public async Task A_command_may_name_its_own_database()
    {
        var redis = Redis("database = 1");

        await AskAsync(redis, "SET", "where", "one");
        await redis.Ask<RedisReply>(new RedisCommand("SET", "where", "two") { Database = 2 }, Patience);

        Assert.Equal("one", (await AskAsync(redis, "GET", "where")).Value.AsString());
        Assert.Equal("two", (await redis.Ask<RedisReply>(new RedisCommand("GET", "where") { Database = 2 }, Patience)).Value.AsString());
        Assert.Equal("one", (await Server.ExecuteAsync("EVAL", "redis.call('SELECT', 1) return redis.call('GET', 'where')", "0")).Text);
    }

    [Fact]
    public async Task Replies_come_from_the_address_that_was_asked()
    {
        var redis = Redis();

        redis.Tell(new RedisCommand("PING"), Kit.TestActor);

        await Kit.ExpectMsgAsync<RedisReply>(Patience);
        Assert.Equal(redis, Kit.LastSender);
    }
}
