using RedisActors.Commands;
using StackExchange.Redis;

namespace RedisActors.Tests.Decisions;

public sealed class SharedConnectionRulesTests
{
    [Theory]
    [InlineData("SUBSCRIBE")]
    [InlineData("PSUBSCRIBE")]
    [InlineData("SSUBSCRIBE")]
    [InlineData("UNSUBSCRIBE")]
    [InlineData("PUNSUBSCRIBE")]
    [InlineData("SUNSUBSCRIBE")]
    [InlineData("MONITOR")]
    [InlineData("SYNC")]
    [InlineData("PSYNC")]
    public void Commands_that_turn_the_connection_into_a_subscriber_are_refused(string name) => Refused("subscriber", name, "x");

    [Theory]
    [InlineData("MULTI")]
    [InlineData("EXEC")]
    [InlineData("DISCARD")]
    [InlineData("WATCH")]
    [InlineData("UNWATCH")]
    public void Transactions_are_refused_and_the_way_out_is_named(string name) => Refused("use a script", name);

    [Theory]
    [InlineData("BLPOP")]
    [InlineData("BRPOP")]
    [InlineData("BRPOPLPUSH")]
    [InlineData("BLMOVE")]
    [InlineData("BLMPOP")]
    [InlineData("BZPOPMIN")]
    [InlineData("BZPOPMAX")]
    [InlineData("BZMPOP")]
    [InlineData("WAIT")]
    [InlineData("WAITAOF")]
    public void Commands_that_block_are_refused(string name) => Refused("block", name, "key", 0);

    [Theory]
    [InlineData("SELECT")]
    [InlineData("AUTH")]
    [InlineData("HELLO")]
    [InlineData("QUIT")]
    [InlineData("RESET")]
    [InlineData("READONLY")]
    [InlineData("READWRITE")]
    [InlineData("ASKING")]
    public void Commands_that_change_the_connection_for_everybody_are_refused(string name) => Refused("changes", name, "1");

    [Theory]
    [InlineData("multi")]
    [InlineData("Subscribe")]
    [InlineData("bLpOp")]
    public void The_case_of_a_name_does_not_matter(string name) => Assert.NotNull(Why(name, "key"));

    [Fact]
    public void Reading_a_stream_is_refused_only_when_it_blocks()
    {
        Refused("block", "XREAD", "BLOCK", 0, "STREAMS", "key", "$");
        Refused("block", "xread", "COUNT", 5, "block", 100, "STREAMS", "key", "$");
        Refused("block", "XREADGROUP", "GROUP", "group", "me", "BLOCK", 0, "STREAMS", "key", ">");

        Assert.Null(Why("XREAD", "COUNT", 5, "STREAMS", "key", "0"));
        Assert.Null(Why("XREADGROUP", "GROUP", "group", "me", "STREAMS", "key", ">"));
    }

    [Fact]
    public void A_stream_may_be_called_block() => Assert.Null(Why("XREAD", "STREAMS", "BLOCK", "0"));

    [Fact]
    public void Of_the_client_subcommands_those_that_change_the_connection_are_refused()
    {
        Refused("changes", "CLIENT", "REPLY", "OFF");
        Refused("changes", "client", "tracking", "on");
        Refused("changes", "CLIENT", "CACHING", "YES");

        Assert.Null(Why("CLIENT"));
        Assert.Null(Why("CLIENT", "LIST"));
        Assert.Null(Why("CLIENT", "KILL", "ID", 5));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("INCR")]
    [InlineData("PUBLISH")]
    [InlineData("EVAL")]
    [InlineData("PING")]
    [InlineData("LPOP")]
    [InlineData("XADD")]
    [InlineData("SOME.MODULE")]
    public void Everything_else_passes(string name) => Assert.Null(Why(name, "BLOCK", "SUBSCRIBE"));

    [Fact]
    public void Arguments_that_are_no_text_do_no_harm()
    {
        Assert.Null(Why("CLIENT", new byte[] { 255, 0 }));
        Assert.Null(Why("XREAD", new byte[] { 255, 0 }, RedisValue.EmptyString, 5));
    }

    private static void Refused(string because, string name, params RedisValue[] arguments) =>
        Assert.Contains(because, Why(name, arguments));

    private static string? Why(string name, params RedisValue[] arguments) =>
        SharedConnectionRules.WhyRefused(new RedisCommand(name, arguments));
}
