using RedisActors.CommandMetadata;

namespace RedisActors.Commands;

/// <summary>
/// Which commands a lane takes. The others are answered <see cref="Outcome.NotSent"/> at once, with the reason: those that do not
/// fit a connection that all senders share, those that speak of one node of a Redis Cluster, those that administer the server where
/// <c>allow-admin</c> is off, and those that cannot be delivered as their sender wants.
/// </summary>
internal sealed class AdmissionRules(TokenContext tokens, bool inCluster, bool isSession = false, bool allowsAdmin = true)
{
    private const string TokenWithoutExactlyOnce =
        "it has an IdempotencyKey and is not delivered exactly-once: the token would be ignored; set Delivery to ExactlyOnce, or leave it out";

    /// <summary>Why a command is refused; null when it is taken.</summary>
    /// <param name="pending">The command.</param>
    /// <param name="profile">What is known of it; null when nothing is.</param>
    public string? WhyRefused(PendingCommand pending, CommandProfile? profile)
    {
        var command = pending.Command;
        if (!allowsAdmin && WhyAdministers(command, profile) is { } forbidden) return forbidden;
        if (!isSession && profile?.WhyRefused(command.ArgumentArray, inCluster) is { } reason) return reason;
        if (command is RedisTransaction transaction)
        {
            var asScript = pending is TokenCommand || TransactionCommand.IsScript(transaction);
            if (TransactionRules.WhyRefused(transaction, asScript, inCluster) is { } why) return why;
        }

        if (pending is TokenCommand)
        {
            return tokens.WhyNot(command, profile) is { } objection ? $"it cannot be delivered exactly-once: {objection}" : null;
        }

        return WhyTokenIsIgnored(command, pending.Delivery);
    }

    /// <summary>By what the table and the server say of a command, whatever its sender says a second run would do.</summary>
    private static string? WhyAdministers(RedisCommand command, CommandProfile? profile)
    {
        if (command is RedisTransaction transaction)
        {
            return Array.Find(transaction.CommandArray, each => WhyAdministers(each, CommandTable.Find(each)) is not null) is { } member
                ? $"{member.Name} in it administers the server, and allow-admin is off"
                : null;
        }

        return profile?.Administers(command.ArgumentArray) == true ? "it administers the server, and allow-admin is off" : null;
    }

    /// <summary>Why a command is refused for its token; null when it has none, or it is of use.</summary>
    public static string? WhyTokenIsIgnored(RedisCommand command, DeliveryMode delivery) =>
        command.IdempotencyKey is null || delivery == DeliveryMode.ExactlyOnce ? null : TokenWithoutExactlyOnce;
}
