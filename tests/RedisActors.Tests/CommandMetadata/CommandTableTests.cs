using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>Replay classes and keys that no server of version 7.0 can confirm: newer commands and options, and arguments that make no sense.</summary>
public sealed class CommandTableTests
{
    [Theory]
    [InlineData("NOSUCHCOMMAND a")]
    [InlineData("JSON.SET a $ 1")]
    [InlineData("XGROUP NOSUCHSUBCOMMAND a")]
    public void A_command_that_the_table_does_not_have_is_not_guessed(string line) => Assert.Null(Words.Find(line));

    [Theory]
    [InlineData("incr a", ReplayClass.Accumulating)]
    [InlineData("Get a", ReplayClass.ReadOnly)]
    [InlineData("config gEt x", ReplayClass.ReadOnly)]
    [InlineData("set a b nx", ReplayClass.Conditional)]
    public void Case_does_not_matter(string line, ReplayClass expected) => Assert.Equal(expected, Words.ClassOf(line));

    [Theory]
    [InlineData("SET a v IFEQ w", ReplayClass.Conditional)]
    [InlineData("SET a v IFNE GET", ReplayClass.Conditional)]
    [InlineData("SET a v IFDEQ 0123 EX 5", ReplayClass.Conditional)]
    [InlineData("SET a v SOMETHING-NEW", ReplayClass.Conditional)]
    [InlineData("SET a v NX GET", ReplayClass.Accumulating)]
    [InlineData("SET a NX", ReplayClass.LastWins)]
    [InlineData("SET NX GET EX 5", ReplayClass.LastWins)]
    [InlineData("DELEX a IFEQ v", ReplayClass.Conditional)]
    [InlineData("MSETEX 2 a 1 b 2 EX 5", ReplayClass.LastWins)]
    [InlineData("MSETEX 2 NX 1 XX 2", ReplayClass.LastWins)]
    [InlineData("MSETEX 2 a 1 b 2 NX", ReplayClass.Conditional)]
    [InlineData("MSETEX many a 1", ReplayClass.Conditional)]
    [InlineData("HSETEX a EX 5 FIELDS 1 f v", ReplayClass.LastWins)]
    [InlineData("HSETEX a KEEPTTL FIELDS 1 FNX v", ReplayClass.LastWins)]
    [InlineData("HSETEX a FNX FIELDS 1 f v", ReplayClass.Conditional)]
    [InlineData("HGETEX a FIELDS 1 f", ReplayClass.ReadOnly)]
    [InlineData("HGETEX a EX 5 FIELDS 1 f", ReplayClass.LastWins)]
    [InlineData("HGETDEL a FIELDS 1 f", ReplayClass.Accumulating)]
    [InlineData("HEXPIRE a 5 FIELDS 1 f", ReplayClass.LastWins)]
    [InlineData("HEXPIRE a 0 FIELDS 1 f", ReplayClass.Conditional)]
    [InlineData("HEXPIRE a 5 NX FIELDS 1 f", ReplayClass.Conditional)]
    [InlineData("HEXPIREAT a 5 FIELDS 1 f", ReplayClass.Conditional)]
    [InlineData("HPERSIST a FIELDS 1 f", ReplayClass.Conditional)]
    [InlineData("HTTL a FIELDS 1 f", ReplayClass.ReadOnly)]
    [InlineData("XADD a IDMP producer 5-1 * f v", ReplayClass.Accumulating)]
    [InlineData("XADD a KEEPREF MAXLEN ~ 5 7-1 f v", ReplayClass.Conditional)]
    [InlineData("XACKDEL a g KEEPREF IDS 1 1-1", ReplayClass.Conditional)]
    [InlineData("VADD a VALUES 1 1 e", ReplayClass.Conditional)]
    [InlineData("VSIM a ELE e", ReplayClass.ReadOnly)]
    [InlineData("VSETATTR a e {}", ReplayClass.LastWins)]
    [InlineData("FT.CURSOR READ index 5", ReplayClass.Accumulating)]
    public void Commands_and_options_of_newer_servers_are_known(string line, ReplayClass expected) =>
        Assert.Equal(expected, Words.ClassOf(line));

    [Theory]
    [InlineData("CONFIG SET maxmemory 0", ReplayClass.Administration)]
    [InlineData("FLUSHALL", ReplayClass.Administration)]
    [InlineData("SHUTDOWN NOSAVE", ReplayClass.Never)]
    [InlineData("SCRIPT FLUSH", ReplayClass.Administration)]
    [InlineData("FAILOVER", ReplayClass.Administration)]
    [InlineData("ACL LOG RESET", ReplayClass.Administration)]
    [InlineData("ACL LOG 10", ReplayClass.ReadOnly)]
    [InlineData("CLIENT KILL ID 5", ReplayClass.Administration)]
    [InlineData("CLIENT", ReplayClass.Administration)]
    [InlineData("CLIENT SETNAME me", ReplayClass.Never)]
    [InlineData("CONFIG NOSUCHSUBCOMMAND", ReplayClass.Administration)]
    [InlineData("COMMAND", ReplayClass.ReadOnly)]
    [InlineData("PUBLISH channel text", ReplayClass.Accumulating)]
    [InlineData("MULTI", ReplayClass.Never)]
    [InlineData("SUBSCRIBE channel", ReplayClass.Never)]
    [InlineData("BLPOP a 0", ReplayClass.Never)]
    [InlineData("XREAD COUNT 1 STREAMS BLOCK 0", ReplayClass.ReadOnly)]
    [InlineData("XREADGROUP GROUP BLOCK c STREAMS a >", ReplayClass.Accumulating)]
    [InlineData("XREADGROUP GROUP STREAMS c BLOCK 0 STREAMS a >", ReplayClass.Never)]
    [InlineData("XREADGROUP GROUP g BLOCK COUNT 1 STREAMS a >", ReplayClass.Accumulating)]
    public void What_is_no_write_of_data_has_its_class_too(string line, ReplayClass expected) =>
        Assert.Equal(expected, Words.ClassOf(line));

    [Theory]
    [InlineData("LTRIM a zero 1", ReplayClass.Accumulating)]
    [InlineData("LREM a all c", ReplayClass.Accumulating)]
    [InlineData("EXPIRE a soon", ReplayClass.Conditional)]
    [InlineData("ZREMRANGEBYRANK a", ReplayClass.Accumulating)]
    [InlineData("ZUNIONSTORE d 5 a", ReplayClass.Accumulating)]
    [InlineData("BITFIELD a NOSUCHOPERATION", ReplayClass.Accumulating)]
    [InlineData("XADD a", ReplayClass.Accumulating)]
    [InlineData("XADD a 5- f v", ReplayClass.Accumulating)]
    [InlineData("SUNIONSTORE", ReplayClass.Accumulating)]
    [InlineData("SORT", ReplayClass.Accumulating)]
    public void Arguments_that_make_no_sense_are_taken_for_the_worst(string line, ReplayClass expected) =>
        Assert.Equal(expected, Words.ClassOf(line));

    [Fact]
    public void Arguments_may_be_numbers_bytes_or_nothing()
    {
        Assert.Equal(ReplayClass.LastWins, ClassOf("LTRIM", ["a", 0, -1]));
        Assert.Equal(ReplayClass.LastWins, ClassOf("SET", ["a", 5, "EX"u8.ToArray(), 5]));
        Assert.Equal(ReplayClass.Conditional, ClassOf("SET", ["a", 5, RedisValue.Null]));
        Assert.Equal(ReplayClass.Conditional, ClassOf("SET", ["a", 5, new byte[] { 255, 0 }]));
        Assert.Null(CommandTable.Find("XGROUP", [RedisValue.Null]));
        Assert.Equal(ReplayClass.Accumulating, ClassOf("SUNIONSTORE", [5, "a", "5"]));
    }

    [Theory]
    [InlineData("EVAL code 5 a")]
    [InlineData("EVAL code -1 a")]
    [InlineData("EVAL code two a b")]
    [InlineData("EVAL code")]
    [InlineData("ZUNION 99999999999 a")]
    [InlineData("MSETEX 2 a 1 b")]
    [InlineData("XREAD STREAMS a b 0")]
    [InlineData("XREAD COUNT 5")]
    [InlineData("MGET")]
    [InlineData("SORT")]
    [InlineData("MIGRATE host 6379 \"\" 0 5 COPY")]
    public void Keys_are_not_guessed_where_the_arguments_do_not_fit(string line)
    {
        var keys = new List<RedisValue>();

        Assert.False(Words.Find(line)!.TryGetKeys(Words.Arguments(line), keys));
        Assert.Empty(keys);
    }

    [Fact]
    public void Keys_of_newer_commands_are_known()
    {
        var keys = new List<RedisValue>();

        Assert.True(Words.Find("MSETEX 2 a 1 b 2 EX 5")!.TryGetKeys(Words.Arguments("MSETEX 2 a 1 b 2 EX 5"), keys));
        Assert.Equal(["a", "b"], keys);
    }

    [Fact]
    public void Each_command_has_one_row()
    {
        var names = CommandTable.Rows.SelectMany(row => row.Names.Split(' ')).ToArray();

        Assert.True(names.Length > 400);
        Assert.Equal(names.Order(), names.Distinct(StringComparer.OrdinalIgnoreCase).Order());
    }

    [Fact]
    public void The_classes_are_ordered_from_harmless_to_never() =>
        Assert.Equal(
            ["ReadOnly", "LastWins", "Conditional", "Accumulating", "Administration", "Never"],
            Enum.GetValues<ReplayClass>().Order().Select(replay => replay.ToString()));

    [Fact]
    public void Finding_all_that_is_said_of_a_command_allocates_nothing()
    {
        RedisValue[] get = ["key"];
        RedisValue[] set = ["key", "value"];
        RedisValue[] config = ["GET", "maxmemory"];
        var keys = 0;
        var refused = 0;
        Look();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++) Look();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2002, keys);
        Assert.Equal(1001, refused);

        void Look()
        {
            if (CommandTable.Find("GET", get)!.TryGetFirstKey(get, out _)) keys++;
            var profile = CommandTable.Find("set", set)!;
            if (profile.TryGetFirstKey(set, out _) && profile.ClassOf(set) == ReplayClass.LastWins) keys++;
            if (profile.WhyRefused(set, inCluster: true) is not null || profile.PassesBusy(set)) refused++;
            if (CommandTable.Find("config", config)!.WhyRefused(config, inCluster: true) is not null) refused++;
        }
    }

    private static ReplayClass ClassOf(string name, RedisValue[] arguments) => CommandTable.Find(name, arguments)!.ClassOf(arguments);
}
