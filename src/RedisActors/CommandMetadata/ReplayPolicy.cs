using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>Decides whether a command whose reply was lost may be replayed.</summary>
internal sealed class ReplayPolicy(ReplayLimit limit, CommandFacts facts)
{
    /// <summary>
    /// Whether a command may be replayed. One of class <see cref="ReplayClass.Never"/> is not, whatever its sender allows:
    /// another <c>SHUTDOWN</c> would stop the server that has come back.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="delivery">What its sender allows.</param>
    public bool MayReplay(RedisCommand command, DeliveryMode delivery) => delivery switch
    {
        DeliveryMode.AtMostOnce => false,
        DeliveryMode.AtLeastOnce => ClassOf(command) != ReplayClass.Never,
        DeliveryMode.ExactlyOnce => true,
        _ => IsSafe(ClassOf(command)),
    };

    /// <summary>What a second run of a command does: what its sender says, else what is known of it, else the worst.</summary>
    public ReplayClass ClassOf(RedisCommand command) => command.ReplayClass ?? ClassOf(command, facts.Find(command));

    /// <inheritdoc cref="ClassOf(RedisCommand)"/>
    /// <param name="command">The command.</param>
    /// <param name="profile">What is known of it.</param>
    public static ReplayClass ClassOf(RedisCommand command, CommandProfile? profile) =>
        command.ReplayClass ?? profile?.ClassOf(command.ArgumentArray) ?? ReplayClass.Accumulating;

    /// <summary>Finds the keys that a command touches. False when nobody knows.</summary>
    public bool TryGetKeys(RedisCommand command, List<RedisValue> keys)
    {
        keys.Clear();
        return facts.Find(command) is { } profile && profile.TryGetKeys(command.ArgumentArray, keys);
    }

    private bool IsSafe(ReplayClass replayClass) => replayClass switch
    {
        ReplayClass.ReadOnly => true,
        ReplayClass.LastWins => limit >= ReplayLimit.LastWins,
        ReplayClass.Conditional => limit >= ReplayLimit.Conditional,
        _ => false,
    };
}
