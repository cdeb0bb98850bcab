using Akka;
using Akka.Actor;
using RedisActors.Lanes;

namespace RedisActors;

/// <summary>Lets commands that are under way finish when the actor system is shut down in an orderly way.</summary>
internal static class DrainBeforeShutdown
{
    /// <summary>The part of the phase's time that commands have; the rest is for answering those that have not finished.</summary>
    private const double PartOfThePhase = 0.9;

    /// <summary>Adds the task to the phase that the settings name.</summary>
    public static void Register(ActorSystem system, RedisSettings settings, IActorRef redis)
    {
        if (settings.DrainInPhase is not { } phase) return;
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(phase, $"redis-drain-{settings.Name}", () => DrainAsync(redis, shutdown.Timeout(phase)));
    }

    private static async Task<Done> DrainAsync(IActorRef redis, TimeSpan time)
    {
        try
        {
            await redis.Ask<DrainedCommands>(new DrainCommands(time * PartOfThePhase), time).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The RedisActor has stopped already, and its commands have been answered by that.
        }

        return Done.Instance;
    }
}
