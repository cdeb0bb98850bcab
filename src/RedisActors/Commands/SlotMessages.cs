using Akka.Actor;
using Akka.Event;

namespace RedisActors.Commands;

/// <summary>From a command actor to its RedisActor: the node does not have this slot; its commands are held until it is said who has.</summary>
internal sealed record SlotMoved(int Slot) : INoSerializationVerificationNeeded;

/// <summary>From a command actor to its RedisActor: the node says that the cluster is down, as far as it can see.</summary>
internal sealed class RedisClusterSuspect : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly RedisClusterSuspect Instance = new();
}

/// <summary>From the RedisActor: the slots stay, go on.</summary>
internal sealed record KeepSlots(IReadOnlyList<int> Slots) : INoSerializationVerificationNeeded;

/// <summary>From the RedisActor: these slots are yours. Hold their commands until <see cref="AdoptCommands"/> brings those that came before.</summary>
internal sealed record ExpectSlots(IReadOnlyList<int> Slots) : INoSerializationVerificationNeeded;

/// <summary>
/// From the RedisActor: these slots are another lane's. When nothing of them is in flight any more, send what waits to the
/// RedisActor as <see cref="AdoptCommands"/>.
/// </summary>
/// <param name="Slots">The slots.</param>
/// <param name="Lane">The number of the other lane.</param>
/// <param name="IsExpected">Whether the other lane has been sent <see cref="ExpectSlots"/>.</param>
internal sealed record SurrenderSlots(IReadOnlyList<int> Slots, int Lane, bool IsExpected) : INoSerializationVerificationNeeded;

/// <summary>Commands that change lanes, by way of the RedisActor, in their order.</summary>
/// <param name="Lane">The number of the lane that they go to.</param>
/// <param name="Expected">The slots that are held there for them.</param>
/// <param name="Commands">The commands; none may be lost.</param>
internal sealed record AdoptCommands(int Lane, IReadOnlyList<int> Expected, IReadOnlyList<PendingCommand> Commands)
    : INoSerializationVerificationNeeded
{
    /// <summary>Nobody takes them any more.</summary>
    public void EndAll(string reason)
    {
        foreach (var command in Commands) command.EndAsWaiting(reason);
    }
}

/// <summary>From a command actor to its RedisActor: these slots have come with their commands.</summary>
internal sealed record SlotsArrived(IReadOnlyList<int> Slots) : INoSerializationVerificationNeeded;
