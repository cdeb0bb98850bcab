using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Tests.CommandMetadata;

public sealed class ServerCommandTableTests(DeliveryServer redis) : IClassFixture<DeliveryServer>
{
    private readonly ServerCommandTable _table = new();

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
    public async Task The_flags_of_the_server_give_the_class(string name, ReplayClass expected)
    {
        await AskAsync("7", name);

        Assert.Equal(expected, _table.Find("7", name)!.Class);
    }

    [Fact]
    public async Task What_it_would_replay_without_being_asked_to_the_table_would_too()
    {
        var names = (await redis.RunAsync("COMMAND")).OrThrow().Items.Select(item => item.Items[0].Text).ToArray();
        await AskAsync("7", names);
        var replayed = names.Where(name => _table.Find("7", name)!.Class <= ReplayClass.Conditional).ToArray();

        Assert.True(replayed.Length > 80);
        Assert.All(replayed, name => Assert.Equal(ReplayClass.ReadOnly, CommandTable.Find(name, [])!.Class));
    }

    [Fact]
    public async Task The_positions_of_the_server_give_the_keys()
    {
        await AskAsync("7", "get", "mset", "blpop", "rename", "ping", "eval", "lmpop");

        Assert.Equal(["a"], Keys("GET a"));
        Assert.Equal(["a", "b"], Keys("MSET a 1 b 2"));
        Assert.Equal(["a", "b"], Keys("BLPOP a b 0"));
        Assert.Equal(["a", "b"], Keys("RENAME a b"));
        Assert.Equal([], Keys("PING"));
        Assert.True(_table.Find("7", "PING")!.Keys.IsNone);
        Assert.Null(Keys("EVAL code 1 a"));
        Assert.Null(Keys("LMPOP 1 a LEFT"));
        Assert.True(_table.Find("7", "EVAL")!.Keys.IsUnknown);
    }

    [Fact]
    public async Task Subcommands_have_classes_and_keys_of_their_own()
    {
        await AskAsync("7", "config", "object", "xgroup");

        Assert.Equal(ReplayClass.Administration, _table.Find("7", "CONFIG", "SET", "a", "1")!.Class);
        Assert.Equal(ReplayClass.ReadOnly, _table.Find("7", "Object", "Encoding", "a")!.Class);
        Assert.Equal(ReplayClass.Accumulating, _table.Find("7", "xgroup", "create", "a")!.Class);
        Assert.Equal(["a"], Keys("OBJECT ENCODING a"));

        // Asked for, and not there.
        Assert.Null(_table.Find("7", "CONFIG", "NOSUCHSUBCOMMAND"));
        Assert.True(_table.TryFind("7", "CONFIG", ["NOSUCHSUBCOMMAND"], out _));
    }

    [Fact]
    public async Task A_command_that_the_server_does_not_know_is_remembered_as_such()
    {
        await AskAsync("7", "nosuchcommand", "get");

        Assert.True(_table.TryFind("7", "NOSUCHCOMMAND", [], out var profile));
        Assert.Null(profile);
        Assert.NotNull(_table.Find("7", "GET"));
    }

    [Fact]
    public async Task What_one_version_said_is_not_taken_for_another()
    {
        await AskAsync("7", "get");

        Assert.True(_table.TryFind("7", "get", [], out _));
        Assert.False(_table.TryFind("8", "get", [], out _));

        _table.Remember("8", "GET", KeySpec.One.Profile(ReplayClass.Accumulating));
        Assert.Equal(ReplayClass.Accumulating, _table.Find("8", "get")!.Class);
        Assert.Equal(ReplayClass.ReadOnly, _table.Find("7", "get")!.Class);
    }

    [Fact]
    public void A_description_without_flags_is_taken_for_a_write()
    {
        var profile = ServerCommandTable.Parse(Describe([], 1, 1, 1))!;

        Assert.Equal(ReplayClass.Accumulating, profile.Class);
        Assert.True(profile.TryGetFirstKey(["a"], out var key));
        Assert.Equal("a", key);
    }

    [Fact]
    public void A_module_command_that_reads_is_read_only() =>
        Assert.Equal(ReplayClass.ReadOnly, ServerCommandTable.Parse(Describe(["readonly", "module", "fast"], 1, 1, 1))!.Class);

    [Fact]
    public void A_description_that_cannot_be_read_is_none()
    {
        Assert.Null(ServerCommandTable.Parse(RespValue.Null));
        Assert.Null(ServerCommandTable.Parse(RespValue.Integer(5)));
        Assert.Null(ServerCommandTable.Parse(RespValue.Array(RespValue.BulkString("get"))));

        _table.Remember("7", ["get"], RespValue.Error("NOPERM"));
        Assert.True(_table.TryFind("7", "get", [], out var profile));
        Assert.Null(profile);
    }

    [Fact]
    public void Positions_that_make_no_sense_are_unknown_keys()
    {
        Assert.True(ServerCommandTable.Parse(Describe(["write"], 1, 1, 0))!.Keys.IsUnknown);
        Assert.True(ServerCommandTable.Parse(Describe(["write"], long.MaxValue, 1, 1))!.Keys.IsUnknown);
    }

    private static RespValue Describe(string[] flags, long first, long last, long step) => RespValue.Array(
        RespValue.BulkString("module.command"),
        RespValue.Integer(-2),
        RespValue.Array([.. flags.Select(RespValue.SimpleString)]),
        RespValue.Integer(first),
        RespValue.Integer(last),
        RespValue.Integer(step));

    private async Task AskAsync(string version, params string[] names)
    {
        var reply = (await redis.Probe.ExecuteAsync(["COMMAND", "INFO", .. names])).OrThrow();
        _table.Remember(version, names, Words.ToRespValue(reply));
    }

    private List<RedisValue>? Keys(string line)
    {
        var keys = new List<RedisValue>();
        return _table.Find("7", Words.Of(line)[0], Words.Arguments(line))!.TryGetKeys(Words.Arguments(line), keys) ? keys : null;
    }
}
