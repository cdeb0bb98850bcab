using System.Globalization;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>What a transaction cannot hold: it is refused as a whole before it is sent.</summary>
internal static class TransactionRules
{
    /// <summary>Why a transaction is refused; null when it is taken.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="asScript">Whether it goes as a script, and not as <c>MULTI</c> … <c>EXEC</c>.</param>
    /// <param name="inCluster">Whether keys of different hash slots are on different nodes.</param>
    public static string? WhyRefused(RedisTransaction transaction, bool asScript, bool inCluster)
    {
        var commands = transaction.CommandArray;
        for (var i = 0; i < commands.Length; i++)
        {
            if (WhyRefused(commands[i], transaction, asScript, inCluster) is not { } reason) continue;
            return string.Create(CultureInfo.InvariantCulture, $"its command {i + 1} cannot be part of it ({commands[i].Name}): {reason}");
        }

        var keys = new List<RedisValue>();
        var knowsKeys = CommandTable.Transaction.TryGetKeys(transaction.ArgumentArray, keys);
        if (asScript && !knowsKeys) return "nobody knows which keys one of its commands touches";
        return inCluster && !HashSlot.AreInOne(keys) ? "its keys are in different hash slots, and in a Redis Cluster a transaction reaches one" : null;
    }

    private static string? WhyRefused(RedisCommand command, RedisTransaction transaction, bool asScript, bool inCluster)
    {
        if (command is RedisScript) return "a script is one step by itself; send it alone";
        if (command.Database is { } database && database != transaction.Database)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it names database {database}, which the transaction does not");
        }

        if (command.IdempotencyKey is not null) return "it has an IdempotencyKey; give it to the transaction";
        var arguments = command.ArgumentArray;
        var profile = CommandTable.Find(command);
        if (profile?.WhyRefused(arguments, inCluster) is { } reason) return reason;
        if (profile?.ClassOf(arguments) == ReplayClass.Never) return "it makes no sense together with others";
        if (!asScript) return null;
        if (profile?.WhyNotInScript(arguments) is { } objection) return objection;
        return arguments.Length + 1 > ExactlyOnceRequest.MaximumWords
            ? string.Create(CultureInfo.InvariantCulture, $"it has {arguments.Length} arguments, and a script can pass on {ExactlyOnceRequest.MaximumWords - 1}")
            : null;
    }
}
