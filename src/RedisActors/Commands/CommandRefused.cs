using Akka.Actor;

namespace RedisActors.Commands;

/// <summary>From the link's thread to the command actor: the server refused a command for the time being, or its answer was lost.</summary>
internal sealed record CommandRefused(PendingCommand Command) : INoSerializationVerificationNeeded
{
    /// <summary>Nobody is there to ask again. What was refused certainly did not run, unless an earlier request of it did.</summary>
    public void EndAsNotSent()
    {
        var renewed = Command.Renew(Command.CameBackUnanswered);
        renewed.EndAs(
            renewed.MayHaveRun ? Outcome.Unknown : Outcome.NotSent,
            $"{renewed.Command.Name}: the RedisActor stopped before it could be asked again ({Command.RefusalReason ?? "its reply was lost"})");
    }
}
