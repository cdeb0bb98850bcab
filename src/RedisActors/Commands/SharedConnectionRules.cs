using System.Collections.Frozen;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// Which commands do not fit a connection that all senders share: those that change what the connection is for everybody, and
/// those that would make everybody wait.
/// </summary>
/// <remarks>
/// From the command pages at https://redis.io/docs/latest/commands/: the groups "connection" and "transactions", the pub/sub
/// commands that turn a connection into a subscriber, and the commands that block.
/// </remarks>
internal static class SharedConnectionRules
{
    private const string Subscribes = "it turns the connection that all senders share into a subscriber";
    private const string Transacts = "a transaction would take in the commands of other senders on the shared connection; use a script";
    private const string Blocks = "it would block the connection that all senders share";
    private const string SpeaksOfOneNode = "in a cluster it speaks of one node, and which one is meant is not said; ask that node itself";
    private const string Changes = "it changes the connection that all senders share; use the settings, or RedisCommand.Database";

    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["SUBSCRIBE"] = Subscribes,
        ["PSUBSCRIBE"] = Subscribes,
        ["SSUBSCRIBE"] = Subscribes,
        ["UNSUBSCRIBE"] = Subscribes,
        ["PUNSUBSCRIBE"] = Subscribes,
        ["SUNSUBSCRIBE"] = Subscribes,
        ["MONITOR"] = Subscribes,
        ["SYNC"] = Subscribes,
        ["PSYNC"] = Subscribes,
        ["MULTI"] = Transacts,
        ["EXEC"] = Transacts,
        ["DISCARD"] = Transacts,
        ["WATCH"] = Transacts,
        ["UNWATCH"] = Transacts,
        ["BLPOP"] = Blocks,
        ["BRPOP"] = Blocks,
        ["BRPOPLPUSH"] = Blocks,
        ["BLMOVE"] = Blocks,
        ["BLMPOP"] = Blocks,
        ["BZPOPMIN"] = Blocks,
        ["BZPOPMAX"] = Blocks,
        ["BZMPOP"] = Blocks,
        ["WAIT"] = Blocks,
        ["WAITAOF"] = Blocks,
        ["SELECT"] = Changes,
        ["AUTH"] = Changes,
        ["HELLO"] = Changes,
        ["QUIT"] = Changes,
        ["RESET"] = Changes,
        ["READONLY"] = Changes,
        ["READWRITE"] = Changes,
        ["ASKING"] = Changes,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why a command is refused, or null when it is not.</summary>
    public static string? WhyRefused(RedisCommand command, bool inCluster = false)
    {
        if (inCluster && (Is(command.Name, "INFO") || Is(command.Name, "CLUSTER"))) return SpeaksOfOneNode;
        if (Refused.TryGetValue(command.Name, out var reason)) return reason;
        if (Is(command.Name, "XREAD") || Is(command.Name, "XREADGROUP"))
        {
            return HasBlockOption(command.ArgumentArray) ? Blocks : null;
        }

        if (Is(command.Name, "CLIENT") && command.ArgumentArray is [var subcommand, ..])
        {
            return Is(subcommand, "REPLY") || Is(subcommand, "TRACKING") || Is(subcommand, "CACHING") ? Changes : null;
        }

        return null;
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

    private static bool Is(string? value, string word) => string.Equals(value, word, StringComparison.OrdinalIgnoreCase);
}
