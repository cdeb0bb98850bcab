using RedisActors.CommandMetadata;
using RedisActors.Commands;

namespace RedisActors.Multiplexer;

/// <summary>
/// How a command that came through a door is delivered. A call site cannot say it for one command, so where the door's mode is exactly-once,
/// what cannot be delivered so (<c>PUBLISH</c>, <c>FLUSHDB</c>, a function) is not refused, but delivered when-safe: if its reply is lost,
/// it is replayed where that changes nothing, and <see cref="Outcome.Unknown"/> otherwise.
/// </summary>
internal static class DoorDelivery
{
    /// <summary>The mode of one command.</summary>
    /// <param name="mode">That of the door; null: the connection's own, which is not exactly-once.</param>
    /// <param name="command">The command.</param>
    /// <param name="inCluster">Whether a Redis Cluster is behind the door.</param>
    public static DeliveryMode? Of(DeliveryMode? mode, RedisCommand command, bool inCluster) =>
        mode == DeliveryMode.ExactlyOnce && !CanRunOnce(command, inCluster) ? DeliveryMode.WhenSafe : mode;

    private static bool CanRunOnce(RedisCommand command, bool inCluster)
    {
        // Of what the table does not have, the server tells.
        if (CommandTable.Find(command) is not { } profile) return true;
        var arguments = command.ArgumentArray;
        return command switch
        {
            RedisTransaction transaction =>
                profile.TryGetFirstKey(arguments, out _) && TransactionRules.WhyRefused(transaction, asScript: true, inCluster) is null,
            RedisScript => profile.TryGetFirstKey(arguments, out _),
            _ => profile.Blocks(arguments) || (profile.WhyNotExactlyOnce(arguments) is null && profile.TryGetFirstKey(arguments, out _)),
        };
    }
}
