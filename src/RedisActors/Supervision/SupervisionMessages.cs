using Akka.Actor;
using RedisActors.Connection;

namespace RedisActors.Supervision;

/// <summary>From a command actor to its supervisor: tell me of links, beginning with the one there is.</summary>
internal sealed record AttachCommands(IActorRef Commands, LaneGauges Figures) : INoSerializationVerificationNeeded;

/// <summary>From a command actor that started anew to its supervisor: this is what I hold now.</summary>
internal sealed record ShowFigures(LaneGauges Figures) : INoSerializationVerificationNeeded;

/// <summary>From a connection actor to its supervisor: the link is verified and the former one fenced.</summary>
internal sealed record LinkVerified(long Epoch, IRedisLink Link) : INoSerializationVerificationNeeded;

/// <summary>From a connection actor to its supervisor: these connections of former links could not be ended.</summary>
internal sealed record FenceForbidden(long Epoch, string Reason) : INoSerializationVerificationNeeded;

/// <summary>From the supervisor to the command actor: commands flow over this link from now on.</summary>
internal sealed record LinkUp(long Epoch, IRedisLink Link) : INoSerializationVerificationNeeded;

/// <summary>From the supervisor to the command actor: the link of this epoch is gone and disposed of.</summary>
internal sealed record LinkDown(long Epoch, string Cause) : INoSerializationVerificationNeeded;

/// <summary>
/// From the supervisor to the command actor: hand nothing more to the link, and abandon it for this reason when what is in flight
/// has been answered, or has had its time.
/// </summary>
internal sealed record LeaveLink(string Reason) : INoSerializationVerificationNeeded;

/// <summary>From the supervisor to the command actor: there will be no link for now, for this reason; answer what waits and what comes.</summary>
internal sealed record NoMoreLinks(string Cause) : INoSerializationVerificationNeeded;

/// <summary>From the supervisor to the command actor, after <see cref="NoMoreLinks"/>: there may be a link after all; what comes may wait.</summary>
internal sealed class LinksAgain : INoSerializationVerificationNeeded
{
    public static readonly LinksAgain Instance = new();
}

/// <summary>From the supervisor to its parent: the restart budget is spent, and the settings say that the parent fails then.</summary>
internal sealed record BudgetSpent(string Cause) : INoSerializationVerificationNeeded;
