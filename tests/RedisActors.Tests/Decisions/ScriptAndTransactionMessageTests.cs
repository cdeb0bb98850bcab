using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Tests.Decisions;

/// <summary>A script and a transaction are commands, and values as those are.</summary>
public sealed class ScriptAndTransactionMessageTests
{
    private static readonly RedisScript Script = new("return ARGV[1]", ["a", "b"], 1, "x");
    private static readonly RedisTransaction Transaction = new(new RedisCommand("SET", "a", 1), new RedisCommand("SET", "b", 2));

    [Fact]
    public void A_script_goes_by_its_hash_with_its_keys_and_values()
    {
        Assert.Equal("EVALSHA", Script.Name);
        Assert.Equal(["098e0f0d1448c0a81dafe820f66d460eb09263da", 2, "a", "b", 1, "x"], Script.Arguments.ToArray());
        Assert.Equal("return ARGV[1]", Script.Text);
        Assert.Equal(["a", "b"], Script.Keys.ToArray());
        Assert.Equal([1, "x"], Script.Values.ToArray());
    }

    [Fact]
    public void A_script_that_only_reads_says_so_to_the_server_and_is_safe_to_replay()
    {
        var read = Script with { ReadOnly = true };

        Assert.Equal(("EVALSHA_RO", "EVALSHA"), (read.Name, Script.Name));
        Assert.Equal((ReplayClass.ReadOnly, ReplayClass.Accumulating), (ClassOf(read), ClassOf(Script)));
        Assert.Equal(Script, read with { ReadOnly = false });
        Assert.True(new RedisScript("#!lua flags=no-writes\nreturn 1", []).ReadOnly);
        Assert.False(new RedisScript("#!lua\nreturn 'no-writes'", []).ReadOnly);
        Assert.Equal(ReplayClass.LastWins, ClassOf(Script with { ReplayClass = ReplayClass.LastWins }));
    }

    [Fact]
    public void Scripts_are_equal_if_the_server_would_be_sent_the_same()
    {
        Assert.Equal(Script, new RedisScript("return ARGV[1]", ["a", "b"], "1", "x"));
        Assert.Equal(Script.GetHashCode(), new RedisScript("return ARGV[1]", ["a", "b"], "1", "x").GetHashCode());
        Assert.NotEqual(Script, new RedisScript("return ARGV[1]", ["a"], "b", 1, "x"));
        Assert.NotEqual(Script, new RedisScript("return ARGV[2]", ["a", "b"], 1, "x"));
        Assert.NotEqual(Script, Script with { Timeout = TimeSpan.FromSeconds(1) });
        Assert.NotEqual<RedisCommand>(Script, new RedisCommand("EVALSHA", [.. Script.Arguments]));
        Assert.NotEqual(new RedisCommand("EVALSHA", [.. Script.Arguments]), Script);
    }

    [Fact]
    public void Neither_shows_what_it_holds()
    {
        var script = new RedisScript("return 'hidden'", ["hidden"], "hidden");
        var transaction = new RedisTransaction(new RedisCommand("SET", "hidden", "hidden")) { Conditions = [RedisCondition.KeyExists("hidden")] };

        Assert.DoesNotContain("hidden", script.ToString());
        Assert.Contains("1 keys, 1 arguments", script.ToString());
        Assert.Equal("transaction (1 commands, 1 conditions)", transaction.ToString());
    }

    [Fact]
    public void What_is_null_is_refused_where_it_is_made()
    {
        Assert.Throws<ArgumentNullException>(() => new RedisScript(null!, []));
        Assert.Contains("Argument 2 of the script's keys", Assert.Throws<ArgumentException>(() => new RedisScript("", ["a", RedisValue.Null])).Message);
        Assert.Throws<ArgumentException>(() => new RedisScript("", ["a"], RedisValue.Null));
        Assert.Throws<ArgumentException>(() => new RedisTransaction());
        Assert.Throws<ArgumentException>(() => new RedisTransaction(new RedisCommand("PING"), null!));
        Assert.Throws<ArgumentException>(() => new RedisTransaction(Transaction));
        Assert.Throws<ArgumentException>(() => Transaction with { Conditions = [null!] });
    }

    [Fact]
    public void Transactions_are_equal_if_they_hold_the_same()
    {
        var same = new RedisTransaction(new RedisCommand("set", "a", "1"), new RedisCommand("SET", "b", 2));

        Assert.Equal(Transaction, same);
        Assert.Equal(Transaction.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(Transaction, new RedisTransaction(new RedisCommand("SET", "a", 1, "SET", "b", 2)));
        Assert.NotEqual(Transaction, new RedisTransaction(new RedisCommand("SET", "b", 2), new RedisCommand("SET", "a", 1)));
        Assert.NotEqual(Transaction, Transaction with { Conditions = [RedisCondition.KeyExists("a")] });
        Assert.Equal(Transaction, Transaction with { Conditions = [] });
        Assert.Equal(2, (Transaction with { State = 1 }).Commands.Length);
    }

    [Fact]
    public void What_the_sender_does_to_its_arrays_afterwards_does_not_reach_them()
    {
        RedisCommand[] commands = [new("SET", "a", 1)];
        var transaction = new RedisTransaction(commands);

        commands[0] = new RedisCommand("FLUSHALL");

        Assert.Equal("SET", transaction.Commands[0].Name);
    }

    [Theory]
    [InlineData(ReplayClass.ReadOnly, "GET a", "GET b", "GET a")]
    [InlineData(ReplayClass.LastWins, "SET a 1", "SET b 2")]
    [InlineData(ReplayClass.LastWins, "SET a 1", "SET a 2")]
    [InlineData(ReplayClass.LastWins, "SET a 1", "GET b")]
    [InlineData(ReplayClass.Conditional, "SET a 1", "DEL b")]
    [InlineData(ReplayClass.Accumulating, "SET a 1", "INCR b")]
    [InlineData(ReplayClass.Accumulating, "SET a 1", "NOSUCH b")]
    [InlineData(ReplayClass.Administration, "SET a 1", "FLUSHALL")]
    public void A_transaction_may_be_replayed_as_the_worst_of_its_commands(ReplayClass expected, params string[] lines) =>
        Assert.Equal(expected, ClassOf(Of(lines)));

    /// <summary>The second run finds what the first one left: it may do, or answer, something else.</summary>
    [Theory]
    [InlineData("GET a", "SET a 1")]
    [InlineData("SET a 1", "GET a")]
    [InlineData("COPY a b REPLACE", "SET a 5")]
    [InlineData("SUNIONSTORE d s t", "DEL s")]
    [InlineData("SET a 2 XX", "DEL a")]
    [InlineData("DEL a", "HSET a f v")]
    [InlineData("COPY a b REPLACE", "COPY b a REPLACE")]
    public void Commands_that_share_a_key_are_not_safe_together(params string[] lines) => Assert.Equal(ReplayClass.Accumulating, ClassOf(Of(lines)));

    [Fact]
    public void Conditions_make_it_no_safer()
    {
        Assert.Equal(ReplayClass.Conditional, ClassOf(Transaction with { Conditions = [RedisCondition.KeyExists("a")] }));
        Assert.Equal(ReplayClass.ReadOnly, ClassOf(Of("GET a") with { Conditions = [RedisCondition.KeyExists("a")] }));
        Assert.Equal(ReplayClass.Accumulating, ClassOf(Of("INCR a") with { Conditions = [RedisCondition.KeyExists("a")] }));
    }

    [Fact]
    public void Its_keys_are_those_of_its_commands_and_conditions()
    {
        var transaction = Of("MSET a 1 05 2", "GET a", "SET 5 x") with { Conditions = [RedisCondition.KeyExists("c"), RedisCondition.KeyExists("a")] };
        var keys = new List<RedisValue>();

        Assert.True(CommandTable.Find(transaction)!.TryGetKeys(transaction.ArgumentArray, keys));
        Assert.Equal(["a", "05", "5", "c"], keys.Select(key => (string?)key));
        Assert.Equal(HashSlot.OfKey("a"), HashSlot.Of(transaction));
        Assert.False(CommandTable.Find(Of("SET a 1", "NOSUCH b"))!.TryGetKeys(Of("SET a 1", "NOSUCH b").ArgumentArray, keys));
    }

    private static ReplayClass ClassOf(RedisCommand command) => ReplayPolicy.ClassOf(command, CommandTable.Find(command));

    private static RedisTransaction Of(params string[] lines) => new([.. lines.Select(line =>
    {
        var words = line.Split(' ');
        return new RedisCommand(words[0], [.. words[1..].Select(word => (RedisValue)word)]);
    })]);
}
