using Akka;
using Akka.Actor;

namespace RedisActors;

/// <summary>Lets commands that are under way finish when the actor system is shut down in an orderly way.</summary>
internal static class DrainBeforeShutdown
{
    /// <summary>The part of the phase's time that commands have; the rest is for answering those that have not finished.</summary>
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
