using Akka.Actor;

namespace RedisActors.Subscriptions;

/// <summary>What a subscription is for, by name.</summary>
internal sealed record Topic(RedisSubscriptionKind Kind, string Name)
{
    /// <summary>
    /// Whether its messages reach nobody but the clients of the node on which they arise: keyspace notifications,
    /// https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/.
    /// </summary>
    public bool IsOfEachNode => Kind != RedisSubscriptionKind.ShardChannel && Name.StartsWith("__key", StringComparison.Ordinal);

    /// <summary>The command that subscribes to it.</summary>
    public string Verb => Kind switch
    {
        RedisSubscriptionKind.Pattern => "PSUBSCRIBE",
        RedisSubscriptionKind.ShardChannel => "SSUBSCRIBE",
        _ => "SUBSCRIBE",
    };

    /// <summary>The command that ends that.</summary>
    public string EndVerb => Kind switch
    {
        RedisSubscriptionKind.Pattern => "PUNSUBSCRIBE",
        RedisSubscriptionKind.ShardChannel => "SUNSUBSCRIBE",
        _ => "UNSUBSCRIBE",
    };

    public override string ToString() => Kind switch
    {
        RedisSubscriptionKind.Pattern => $"the pattern '{Name}'",
        RedisSubscriptionKind.ShardChannel => $"the shard channel '{Name}'",
        _ => $"the channel '{Name}'",
    };

    /// <summary>What somebody who has asked to subscribe is told when that cannot be.</summary>
    public Status.Failure Failure(string reason, string? serverError) => new(new RedisOutcomeException(
        serverError is null ? Outcome.NotSent : Outcome.Rejected, new RedisCommand(Verb, Name), $"{Verb}: {reason}", serverError));
}
