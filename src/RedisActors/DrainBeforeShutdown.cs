using Akka;
using Akka.Actor;

namespace RedisActors;

/// <summary>Finishes the commands of an actor that takes them in a phase of the actor system's coordinated shutdown.</summary>
internal static class DrainBeforeShutdown
{
    /// <summary>The part of the phase's timeout that commands have; the rest is for answering those that did not finish.</summary>
    private const double PartOfThePhase = 0.9;

    /// <summary>Drains the actor in a phase of the coordinated shutdown; null: never.</summary>
    public static void Register(ActorSystem system, string? phase, IActorRef redis)
    {
        if (phase is null) return;
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(phase, $"{redis.Path.Name}-drain", () => DrainAsync(redis, shutdown.Timeout(phase)));
    }

    private static async Task<Done> DrainAsync(IActorRef redis, TimeSpan time)
    {
        try
        {
            await redis.Ask<DrainedCommands>(new DrainCommands(time * PartOfThePhase), time).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The actor has stopped already, which has answered its commands.
        }

        return Done.Instance;
    }
}
