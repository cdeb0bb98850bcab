using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Testing;
using StackExchange.Redis;
using Script = RedisActors.ExactlyOnce.ExactlyOnceRequest;

namespace RedisActors.Tests.ExactlyOnce;

public sealed class ExactlyOnceRulesTests
{
    private static readonly RedisValue[] OneKey = ["k"];

    [Theory]
    [InlineData("BLPOP k 0", "it blocks")]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS k >", "it blocks")]
    [InlineData("xread block 5 streams k 0", "it blocks")]
    [InlineData("MULTI", "transaction")]
    [InlineData("PUBLISH channel x", "pub/sub")]
    [InlineData("SPUBLISH k x", "pub/sub")]
    [InlineData("FLUSHALL", "whole databases")]
    [InlineData("CONFIG SET maxmemory 1", "administers the server")]
    [InlineData("EVAL return 0", "script itself")]
    [InlineData("fcall f 1 k", "script itself")]
    [InlineData("SELECT 1", "connection")]
    [InlineData("MIGRATE host 1 k 0 10", "another server")]
    [InlineData("BITFIELD k INCRBY i64 0 1", "beyond 2^53")]
    [InlineData("BITFIELD k GET u8 0 SET u54 #1 1", "type u54")]
    public void What_cannot_be_wrapped_is_refused_by_name_and_reason(string line, string reason)
    {
        var command = Command(line);

        Assert.Equal(Wrapping.Refused, ExactlyOnceRules.Judge(command, OneKey, readOnly: false, cluster: false, out var told));
        Assert.StartsWith($"{command.Name.ToUpperInvariant()} cannot be delivered exactly-once: ", told);
        Assert.Contains(reason, told);
    }

    [Theory]
    [InlineData("INCR k")]
    [InlineData("XREADGROUP GROUP g c STREAMS k block")]
    [InlineData("BITFIELD k INCRBY i53 0 1 SET u53 0 1 OVERFLOW FAIL INCRBY u8 64 1000")]
    [InlineData("SORT k STORE into")]
    [InlineData("MODULE.COMMAND k")]
    public void What_can_be_wrapped_is_wrapped(string line)
    {
        Assert.Equal(Wrapping.Wrapped, ExactlyOnceRules.Judge(Command(line), OneKey, readOnly: false, cluster: true, out var reason));
        Assert.Null(reason);
    }

    [Fact]
    public void A_read_needs_no_token_whatever_its_keys()
    {
        Assert.Equal(Wrapping.NeedsNoToken, ExactlyOnceRules.Judge(Command("GET k"), OneKey, readOnly: true, cluster: true, out _));
        Assert.Equal(Wrapping.NeedsNoToken, ExactlyOnceRules.Judge(Command("DBSIZE"), [], readOnly: true, cluster: true, out _));
        Assert.Equal(Wrapping.NeedsNoToken, ExactlyOnceRules.Judge(Command("MGET a b"), ["a", "b"], readOnly: true, cluster: true, out _));
    }

    [Fact]
    public void A_command_without_a_key_is_refused_and_one_over_several_slots_only_in_a_cluster()
    {
        Assert.Contains("no key", ExactlyOnceRules.WhyNotWrappable(Command("UNKNOWN x"), [], cluster: false));
        Assert.Contains("different hash slots", ExactlyOnceRules.WhyNotWrappable(Command("MSET a 1 b 2"), ["a", "b"], cluster: true));
        Assert.Null(ExactlyOnceRules.WhyNotWrappable(Command("MSET a 1 b 2"), ["a", "b"], cluster: false));
        Assert.Null(ExactlyOnceRules.WhyNotWrappable(Command("MSET {x}a 1 {x}b 2"), ["{x}a", "{x}b"], cluster: true));
    }

    [Fact]
    public void A_command_that_names_no_key_cannot_be_wrapped_by_mistake()
    {
        Assert.Throws<ArgumentException>(
            () => Script.Wrap(new RedisCommand("PING"), "t", TimeSpan.FromMinutes(1), []));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Script.Wrap(new RedisCommand("INCR", "k"), "t", TimeSpan.Zero, OneKey));
    }

    [Fact]
    public async Task All_that_this_server_keeps_from_scripts_or_lets_block_is_refused()
    {
        await using var server = await RedisServer.StartAsync();
        using var wire = new Wire(server);
        var checkedCommands = 0;

        foreach (var command in wire.Value("COMMAND").AsArray()) Check(command);

        Assert.InRange(checkedCommands, 30, 1000);

        void Check(RespValue command)
        {
            var parts = command.AsArray();
            var names = parts[0].AsString()!.Split('|');
            var flags = parts[2].AsArray().Select(flag => flag.AsString()).ToHashSet();
            var optional = names[0] is "xread" or "xreadgroup";
            if (flags.Contains("noscript") || flags.Contains("admin") || flags.Contains("pubsub") || (flags.Contains("blocking") && !optional))
            {
                checkedCommands++;
                Assert.NotNull(ExactlyOnceRules.WhyNotWrappable(
                    new RedisCommand(names[0], [.. names.Skip(1).Select(name => (RedisValue)name)]), OneKey, cluster: false));
            }

            if (parts.Length > 9)
            {
                foreach (var subcommand in parts[9].AsArray()) Check(subcommand);
            }
        }
    }

    private static RedisCommand Command(string line)
    {
        var words = line.Split(' ');
        return new RedisCommand(words[0], [.. words.Skip(1).Select(word => (RedisValue)word)]);
    }
}
