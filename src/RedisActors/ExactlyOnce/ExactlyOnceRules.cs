using System.Collections.Frozen;
using System.Globalization;
using StackExchange.Redis;

using RedisActors.CommandMetadata;

namespace RedisActors.ExactlyOnce;

/// <summary>Whether a command has to be, and can be, wrapped by <see cref="ExactlyOnceRequest.Wrap"/>.</summary>
internal enum Wrapping
{
    /// <summary>It changes something and can be wrapped.</summary>
    Wrapped,

    /// <summary>It only reads: asking again is harmless, so it is sent as it is.</summary>
    NeedsNoToken,

    /// <summary>It cannot be delivered exactly once.</summary>
    Refused,
}

/// <summary>Which commands can be delivered exactly once, and for the others why not.</summary>
/// <remarks>
/// The list of what a script may not run was taken from the flag <c>noscript</c> in the answer of a Redis 7.0 to <c>COMMAND</c>;
/// a test compares it with the server at hand.
/// </remarks>
internal static class ExactlyOnceRules
{
    /// <summary>How many words a command may have, its name included: what Lua's <c>unpack</c> can hand to a function.</summary>
    public const int MaximumWords = 7998;

    /// <summary>The widest type of <c>BITFIELD</c>, signed or not, whose every value a double tells from its neighbours.</summary>
    private const int WidestInteger = 53;

    private const string Administers = "it administers the server instead of changing a key";
    private const string NoScript = "Redis allows no script to run it";
    private const string Scripts = "it is a script itself, and Redis allows no script to run another; let that script keep a token of its own";
    private const string Blocks = "it blocks, and a script cannot wait";
    private const string Transacts = "it belongs to a transaction of several commands, and a token stands for one";
    private const string Publishes = "it belongs to pub/sub: it reaches whoever listens at that moment, and is kept nowhere";
    private const string WholeDatabase = "it concerns whole databases, and a token belongs to the hash slot of a key";
    private const string Connects = "it concerns the connection, not a key";
    private const string OtherServer = "it acts on another server too, which cannot be one step with a token on this one";

    private static readonly FrozenDictionary<string, string> Refused = Reasons(
        (Administers,
        [
            "ACL", "BGREWRITEAOF", "BGSAVE", "CLUSTER", "COMMAND", "CONFIG", "DEBUG", "FAILOVER", "LATENCY", "LASTSAVE", "MODULE",
            "PFDEBUG", "PFSELFTEST", "REPLICAOF", "RESTORE-ASKING", "ROLE", "SAVE", "SHUTDOWN", "SLAVEOF", "SLOWLOG",
        ]),
        (Scripts, ["EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO", "FUNCTION", "SCRIPT"]),
        (Blocks, ["BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT", "WAITAOF"]),
        (Transacts, ["MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"]),
        (Publishes,
        [
            "PUBLISH", "SPUBLISH", "PUBSUB", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE",
        ]),
        (WholeDatabase, ["FLUSHALL", "FLUSHDB", "SWAPDB"]),
        (Connects, ["ASKING", "AUTH", "CLIENT", "HELLO", "QUIT", "READONLY", "READWRITE", "RESET", "SELECT"]),
        (OtherServer, ["MIGRATE"]),
        (NoScript, ["MONITOR", "PSYNC", "REPLCONF", "SYNC"]));

    /// <summary>What is to be done with a command whose delivery is exactly-once.</summary>
    /// <param name="command">The command.</param>
    /// <param name="keys">Its keys, as the caller knows them from the table of commands or from the server.</param>
    /// <param name="readOnly">Whether it certainly changes nothing, from the same source.</param>
    /// <param name="cluster">Whether keys of different hash slots are on different nodes.</param>
    /// <param name="reason">Why it is refused, the command's name first; null if it is not.</param>
    public static Wrapping Judge(
        RedisCommand command, IReadOnlyList<RedisValue> keys, bool readOnly, bool cluster, out string? reason)
    {
        reason = readOnly ? null : WhyNotWrappable(command, keys, cluster);
        return readOnly ? Wrapping.NeedsNoToken : reason is null ? Wrapping.Wrapped : Wrapping.Refused;
    }

    /// <summary>Why a command cannot be delivered exactly once, its name first; null if it can.</summary>
    public static string? WhyNotWrappable(RedisCommand command, IReadOnlyList<RedisValue> keys, bool cluster) =>
        Objection(command, keys, cluster) is { } objection
            ? $"{command.Name.ToUpperInvariant()} cannot be delivered exactly-once: {objection}."
            : null;

    private static string? Objection(RedisCommand command, IReadOnlyList<RedisValue> keys, bool cluster)
    {
        if (Refused.TryGetValue(command.Name, out var reason)) return reason;

        var arguments = command.ArgumentArray;
        if (Is(command.Name, "XREAD") || Is(command.Name, "XREADGROUP"))
        {
            if (HasBlockOption(arguments)) return Blocks;
        }
        else if (Is(command.Name, "BITFIELD"))
        {
            if (WideType(arguments) is { } type)
            {
                return $"its reply may be an integer beyond 2^53, which a script cannot carry exactly (type {type}; "
                    + $"up to i{WidestInteger} and u{WidestInteger} it can)";
            }
        }

        if (arguments.Length + 1 > MaximumWords)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"it has {arguments.Length} arguments, and a script can pass on {MaximumWords - 1}; send it in several commands");
        }

        if (keys.Count == 0) return "it names no key, and a token lives in the hash slot of a key";
        return cluster && !InOneSlot(keys) ? "its keys are in different hash slots, and a script of a cluster reaches one" : null;
    }

    private static bool InOneSlot(IReadOnlyList<RedisValue> keys)
    {
        if (keys.Count == 1) return true;

        var slot = HashSlot.OfKey(keys[0]);
        for (var i = 1; i < keys.Count; i++)
        {
            if (HashSlot.OfKey(keys[i]) != slot) return false;
        }

        return true;
    }

    /// <summary>Options stand before the word STREAMS; behind it come keys and ids, which may look like anything.</summary>
    private static bool HasBlockOption(RedisValue[] arguments)
    {
        foreach (var argument in arguments)
        {
            if (Is(argument, "STREAMS")) return false;
            if (Is(argument, "BLOCK")) return true;
        }

        return false;
    }

    /// <summary>
    /// The first type of a BITFIELD that is too wide. Types follow GET, SET and INCRBY, and nothing else looks like one: the
    /// other arguments are numbers, offsets (<c>#1</c>) and words.
    /// </summary>
    private static string? WideType(RedisValue[] arguments)
    {
        for (var i = 1; i < arguments.Length; i++)
        {
            if ((string?)arguments[i] is ['i' or 'I' or 'u' or 'U', _, ..] type
                && int.TryParse(type.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && bits > WidestInteger)
            {
                return type;
            }
        }

        return null;
    }

    private static FrozenDictionary<string, string> Reasons(params (string Reason, string[] Names)[] groups) =>
        groups.SelectMany(group => group.Names, (group, name) => KeyValuePair.Create(name, group.Reason))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static bool Is(string? value, string word) => string.Equals(value, word, StringComparison.OrdinalIgnoreCase);
}
