using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>What a real server says of commands, read without the table.</summary>
public sealed class CommandFactsTests(CommandServer redis) : IClassFixture<CommandServer>
{
    [Theory]
    [InlineData("get", ReplayClass.ReadOnly)]
    [InlineData("set", ReplayClass.Accumulating)]
    [InlineData("eval", ReplayClass.Accumulating)]
    [InlineData("ping", ReplayClass.Accumulating)]
    [InlineData("shutdown", ReplayClass.Administration)]
    [InlineData("blpop", ReplayClass.Never)]
    [InlineData("xread", ReplayClass.Never)]
    [InlineData("subscribe", ReplayClass.Never)]
    [InlineData("multi", ReplayClass.Never)]
    [InlineData("reset", ReplayClass.Never)]
    public async Task The_flags_of_the_server_give_the_class(string name, ReplayClass expected) =>
        Assert.Equal(expected, (await DescribeAsync(name)).Single()!.ClassOf([]));

    [Fact]
    public async Task What_it_would_replay_the_table_would_replay_too()
    {
        string[] names = [.. (await redis.RunAsync("COMMAND")).OrThrow().Items.Select(item => item.Items[0].Text)];
        var replayed = (await DescribeAsync(names)).Where(profile => profile!.ClassOf([]) <= ReplayClass.Conditional).ToArray();

        Assert.True(replayed.Length > 80);
        Assert.All(replayed, profile => Assert.Equal(ReplayClass.ReadOnly, CommandTable.Find(profile!.Names, [])!.ClassOf([])));
    }

    [Theory]
    [InlineData("GET a", "a")]
    [InlineData("MSET a 1 b 2", "a b")]
    [InlineData("BLPOP a b 0", "a b")]
    [InlineData("RENAME a b", "a b")]
    [InlineData("PING", "")]
    [InlineData("EVAL code 1 a", null)]
    [InlineData("LMPOP 1 a LEFT", null)]
    public async Task The_positions_of_the_server_give_the_keys(string line, string? expected)
    {
        var profile = (await DescribeAsync(Words.Of(line)[0])).Single()!;
        var keys = new List<RedisValue>();

        Assert.Equal(expected is not null, profile.TryGetKeys(Words.Arguments(line), keys));
        Assert.Equal(expected ?? string.Empty, string.Join(' ', keys));
    }

    [Fact]
    public void What_is_learned_is_found_until_the_link_is_lost_and_asked_for_once()
    {
        var facts = new CommandFacts();
        var command = Words.Command("MODULE.READ key");
        Assert.True(facts.IsUnheardOf(command));
        Assert.False(facts.IsUnheardOf(command));
        Assert.False(facts.IsUnheardOf(Words.Command("GET key")));
        Assert.Null(facts.Find(command));

        facts.Learn("MODULE.READ", RespValue.Array(Describe(["readonly", "module", "fast"], 1, 1, 1)));

        Assert.Equal(ReplayClass.ReadOnly, facts.Find(Words.Command("module.read key"))!.ClassOf(["key"]));
        facts.Forget();
        Assert.Null(facts.Find(command));
        Assert.True(facts.IsUnheardOf(command));
    }

    [Fact]
    public void Subcommands_have_classes_and_keys_of_their_own()
    {
        var facts = new CommandFacts();
        var read = Describe(["readonly"], 2, 2, 1, "module|read");
        var write = Describe(["write"], 2, 2, 1, "module|write");
        var container = RespValue.Array(
            [.. Describe([], 0, 0, 0, "module").AsArray(), .. Enumerable.Repeat(RespValue.Array(), 3), RespValue.Array(read, write)]);
        facts.Learn("MODULE.", RespValue.Array(container));

        Assert.Equal(ReplayClass.ReadOnly, facts.Find(Words.Command("module. Read key"))!.ClassOf([]));
        Assert.Equal(ReplayClass.Accumulating, facts.Find(Words.Command("MODULE. write key"))!.ClassOf([]));
        Assert.True(facts.Find(Words.Command("MODULE. write key"))!.TryGetFirstKey(["write", "key"], out var key));
        Assert.Equal("key", key);
        Assert.Null(facts.Find(Words.Command("MODULE. other key")));
    }

    [Fact]
    public async Task A_command_that_the_server_does_not_know_stays_unknown()
    {
        var facts = new CommandFacts();

        facts.Learn("NOSUCHCOMMAND", Words.ToRespValue((await redis.RunAsync("COMMAND INFO NOSUCHCOMMAND")).OrThrow()));
        facts.Learn("FORBIDDEN", RespValue.Error("NOPERM"));

        Assert.Null(facts.Find(Words.Command("NOSUCHCOMMAND")));
        Assert.Null(facts.Find(Words.Command("FORBIDDEN")));
    }

    [Fact]
    public void A_description_without_flags_counts_as_a_write()
    {
        var profile = CommandFacts.Parse("module.command", Describe([], 1, 1, 1))!;

        Assert.Equal(ReplayClass.Accumulating, profile.ClassOf(["a"]));
        Assert.True(profile.TryGetFirstKey(["a"], out var key));
        Assert.Equal("a", key);
    }

    [Fact]
    public void A_description_that_cannot_be_read_is_none()
    {
        Assert.Null(CommandFacts.Parse("x", RespValue.Null));
        Assert.Null(CommandFacts.Parse("x", RespValue.Integer(5)));
        Assert.Null(CommandFacts.Parse("x", RespValue.Array(RespValue.BulkString("get"))));
    }

    [Fact]
    public void Positions_that_make_no_sense_are_unknown_keys()
    {
        Assert.Equal(KeySpec.Unknown, CommandFacts.Parse("x", Describe(["write"], 1, 1, 0))!.Keys);
        Assert.Equal(KeySpec.Unknown, CommandFacts.Parse("x", Describe(["write"], long.MaxValue, 1, 1))!.Keys);
    }

    private static RespValue Describe(string[] flags, long first, long last, long step, string name = "module.command") => RespValue.Array(
        RespValue.BulkString(name),
        RespValue.Integer(-2),
        RespValue.Array([.. flags.Select(RespValue.SimpleString)]),
        RespValue.Integer(first),
        RespValue.Integer(last),
        RespValue.Integer(step));

    private async Task<CommandProfile?[]> DescribeAsync(params string[] names)
    {
        var reply = (await redis.Probe.ExecuteAsync(["COMMAND", "INFO", .. names])).OrThrow();
        return [.. reply.Items.Select((item, index) => CommandFacts.Parse(names[index], Words.ToRespValue(item)))];
    }
}
