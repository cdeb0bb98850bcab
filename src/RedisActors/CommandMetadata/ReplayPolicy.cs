using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>Decides whether a command whose reply was lost may be sent again.</summary>
internal sealed class ReplayPolicy(ReplayLimit limit, CommandFacts facts)
{
    /// <param name="command">The command.</param>
    /// <param name="delivery">What its sender allows.</param>
    public bool MayReplay(RedisCommand command, DeliveryMode delivery) => delivery switch
    {
        DeliveryMode.AtMostOnce => false,
        DeliveryMode.AtLeastOnce or DeliveryMode.ExactlyOnce => true,
        _ => IsSafe(ClassOf(command)),
    };

    /// <summary>What running the command twice does: what its sender says, else what is known of it, else the worst.</summary>
    public ReplayClass ClassOf(RedisCommand command) =>
        command.ReplayClass ?? facts.Find(command)?.Class ?? ReplayClass.Accumulating;

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
