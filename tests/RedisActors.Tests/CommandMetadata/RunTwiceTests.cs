using System.Globalization;
using RedisActors.Testing;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>
/// The table against what really happens: each command is run twice on a server, and data and replies are compared. What is seen
/// gives the class: nothing changed (ReadOnly), the same data and reply (LastWins), the same data and another reply (Conditional),
/// other data (Accumulating). The table must say the same. Where it is stricter, the sample says why.
/// </summary>
public sealed class RunTwiceTests(CommandServer redis) : IClassFixture<CommandServer>
{
    /// <summary>Much less than every expiry below, and much longer than this test.</summary>
    private const double ExpiryTolerance = 30_000;

    /// <summary>The digest of the script that a sample loads.</summary>
    private const string LoadedScript = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";

    private static readonly string[] Data =
    [
        "FLUSHALL", "FUNCTION FLUSH", "SCRIPT FLUSH",
        "SET text hello", "SET number 10", "SET half 1.5", "SET brief hello EX 1000", "SETBIT bits 7 1",
        "RPUSH list c a b c d e", "RPUSH numbers 3 1 2", "SADD set a b c", "SADD other b c d",
        "HSET hash f 1 g x", "HSET other-hash f 1",
        "ZADD zset 1 a 2 b 3 c 4 d", "ZADD ztwo 10 a 20 e",
        "GEOADD places 13.36 38.11 palermo 15.08 37.50 catania 2.35 48.85 paris",
        "PFADD few a b c", "PFADD more c d e",
        "XADD stream 1-1 f v", "XADD stream 2-1 f v", "XADD stream 3-1 f v", "XADD stream 4-1 f v",
        "XGROUP CREATE stream group 0", "XGROUP CREATECONSUMER stream group idle",
        "XREADGROUP GROUP group me COUNT 2 STREAMS stream >",
    ];

    /// <summary>Commands that write but are not run here, and why.</summary>
    private static readonly Dictionary<string, string> NotRun = new(StringComparer.OrdinalIgnoreCase)
    {
        ["blpop"] = "blocks, never replayed",
        ["brpop"] = "blocks, never replayed",
        ["blmove"] = "blocks, never replayed",
        ["brpoplpush"] = "blocks, never replayed",
        ["blmpop"] = "blocks, never replayed",
        ["bzpopmin"] = "blocks, never replayed",
        ["bzpopmax"] = "blocks, never replayed",
        ["bzmpop"] = "blocks, never replayed",
        ["flushall"] = "administration, not replayed",
        ["flushdb"] = "administration, not replayed",
        ["swapdb"] = "administration, not replayed",
        ["pfdebug"] = "administration, not replayed",
        ["function|flush"] = "administration, not replayed",
        ["function|restore"] = "administration, not replayed",
        ["restore-asking"] = "the same as RESTORE, for the cluster's own use",
        ["migrate"] = "needs a second server; accumulating, so not replayed",
    };

    public static TheoryData<string> Commands => [.. ReplaySamples.All.Select(sample => sample.Command)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_second_run_does_what_the_class_says(string command)
    {
        var sample = ReplaySamples.All.Single(sample => sample.Command == command);
        foreach (var reply in await redis.RunAllAsync(Data)) reply.OrThrow();
        if (sample.Before is not null) (await RunAsync(sample.Before)).OrThrow();
        var before = await ReadAllAsync();

        var firstReply = await RunAsync(sample.Command);
        var once = await ReadAllAsync();
        var secondReply = await RunAsync(sample.Command);
        var twice = await ReadAllAsync();

        Assert.False(firstReply.IsError, firstReply.Text);
        Assert.Equal(sample.Class, Words.ClassOf(sample.Command));
        if (sample.Because is null || sample.Seen is not null)
        {
            Assert.Equal(sample.Seen ?? sample.Class, See(before, once, twice, firstReply.ToString() == secondReply.ToString()));
        }
    }

    [Fact]
    public void Where_the_table_differs_from_what_is_seen_it_is_stricter_and_says_why()
    {
        var different = ReplaySamples.All.Where(sample => sample.Seen is not null || sample.Because is not null);

        Assert.All(different, sample => Assert.NotNull(sample.Because));
        Assert.All(different, sample => Assert.True(sample.Seen is null || sample.Class > sample.Seen, sample.ToString()));
    }

    [Fact]
    public async Task Every_command_that_the_server_flags_as_writing_is_run_twice_here_or_has_a_reason_not_to_be()
    {
        var writing = (await redis.RunAsync("COMMAND")).OrThrow().Items
            .SelectMany(item => item.Items[9].Items.Prepend(item))
            .Where(item => item.Items[2].Items.Any(flag => flag.Text == "write"))
            .Select(item => item.Items[0].Text);
        var run = ReplaySamples.All.Select(sample => Words.Of(sample.Command))
            .SelectMany(words => new[] { words[0], $"{words[0]}|{words[1]}" });

        Assert.True(ReplaySamples.All.Count >= 150);
        Assert.Empty(writing.Except(run, StringComparer.OrdinalIgnoreCase).Except(NotRun.Keys));
        Assert.All(NotRun.Keys, name => Assert.True(Words.ClassOf(name.Replace('|', ' ')) >= ReplayClass.Conditional));
    }

    private static ReplayClass See(
        SortedDictionary<string, string> before,
        SortedDictionary<string, string> once,
        SortedDictionary<string, string> twice,
        bool sameReply)
    {
        if (!Same(once, twice)) return ReplayClass.Accumulating;
        if (!sameReply) return ReplayClass.Conditional;

        return Same(before, once) && Same(before, twice) ? ReplayClass.ReadOnly : ReplayClass.LastWins;
    }

    /// <summary>Equal content; expiries may differ by the time that passes here between two runs.</summary>
    private static bool Same(SortedDictionary<string, string> left, SortedDictionary<string, string> right) =>
        left.Keys.SequenceEqual(right.Keys) && left.All(item =>
            item.Key.EndsWith(" expires", StringComparison.Ordinal)
                ? Math.Abs(Number(item.Value) - Number(right[item.Key])) < ExpiryTolerance
                : item.Value == right[item.Key]);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>
    /// Sends a line; <c>$DUMP</c> in it stands for a value that RESTORE takes, and a backslash and n for a new line.
    /// </summary>
    private async Task<ProbeReply> RunAsync(string line)
    {
        var words = Words.Of(line).Select(word => word.Replace("\\n", "\n", StringComparison.Ordinal)).ToArray();
        if (!words.Contains("$DUMP")) return await redis.Probe.ExecuteAsync(words);

        // The value is no text and a probe sends only text, so a script passes it on; the answer is RESTORE's own.
        return await redis.Probe.ExecuteAsync(
        [
            "EVAL",
            "ARGV[4] = redis.call('DUMP', KEYS[1]) return redis.pcall(unpack(ARGV))",
            "1", "number",
            .. words,
        ]);
    }

    /// <summary>
    /// Everything that the server keeps, as text by name: values in a fixed order, expiries, groups, functions, scripts.
    /// </summary>
    private async Task<SortedDictionary<string, string>> ReadAllAsync()
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var database in new[] { "0", "1" })
        {
            await redis.RunAsync($"SELECT {database}");
            var keys = (await redis.RunAsync("KEYS *")).Items.Select(item => item.Text).ToArray();
            var types = (await redis.RunAllAsync(keys.Select(key => $"TYPE {key}"))).Select(reply => reply.Text).ToArray();
            var values = await redis.RunAllAsync(keys.Select((key, index) => Read(key, types[index])));
            var expiries = await redis.RunAllAsync(keys.Select(key => $"PEXPIRETIME {key}"));
            for (var index = 0; index < keys.Length; index++)
            {
                var name = $"{database} {keys[index]}";
                all[name] = Show(values[index], types[index]);
                if (types[index] == "stream") all[$"{name} groups"] = await ReadGroupsAsync(keys[index]);
                if (expiries[index].AsInt64() >= 0) all[$"{name} expires"] = expiries[index].Text;
            }
        }

        await redis.RunAsync("SELECT 0");
        all["functions"] = (await redis.RunAsync("FUNCTION LIST WITHCODE")).ToString();
        all["scripts"] = (await redis.RunAsync($"SCRIPT EXISTS {LoadedScript}")).ToString();
        return all;
    }

    private static string Read(string key, string type) => type switch
    {
        "string" => $"GET {key}",
        "list" => $"LRANGE {key} 0 -1",
        "set" => $"SMEMBERS {key}",
        "hash" => $"HGETALL {key}",
        "zset" => $"ZRANGE {key} 0 -1 WITHSCORES",
        "stream" => $"XRANGE {key} - +",
        _ => throw new InvalidOperationException($"{key} is of type {type}."),
    };

    private static string Show(ProbeReply value, string type) => type switch
    {
        "string" => Convert.ToHexString(value.Bytes.Span),
        "set" => string.Join(' ', value.Items.Select(item => item.Text).Order()),
        "hash" => string.Join(' ', value.Items.Select(item => item.Text).Chunk(2).Select(pair => string.Join('=', pair)).Order()),
        _ => value.ToString(),
    };

    private async Task<string> ReadGroupsAsync(string key)
    {
        var parts = new List<ProbeReply>();
        var facts = (await redis.RunAsync($"XINFO STREAM {key}")).Items;
        parts.AddRange(facts.Where((_, index) => facts[index & ~1].Text is "length" or "last-generated-id"));
        foreach (var group in (await redis.RunAsync($"XINFO GROUPS {key}")).Items)
        {
            var name = group.Items[1].Text;
            parts.Add(group);
            parts.AddRange((await redis.RunAsync($"XINFO CONSUMERS {key} {name}")).Items.Select(consumer => consumer.Items[1]));

            // Id, consumer, deliveries; between the last two is the idle time, which passes by itself.
            var pending = (await redis.RunAsync($"XPENDING {key} {name} - + 100")).Items;
            parts.AddRange(pending.SelectMany(item => item.Items.Where((_, index) => index != 2)));
        }

        return string.Join(' ', parts);
    }
}
