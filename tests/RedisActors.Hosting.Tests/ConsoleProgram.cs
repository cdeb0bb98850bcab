using Akka.Actor;
using Akka.Configuration;

namespace RedisActors.Hosting.Tests;

/// <summary>
/// An actor system without a host. Callers send one command after the other, each until one of its commands fails; the program says
/// what they were told when the actor system has ended.
/// </summary>
internal static class ConsoleProgram
{
    public const string Name = "console";

    public const int Callers = 32;

    private static readonly int[] Told = new int[Enum.GetValues<Outcome>().Length];

    public static async Task RunAsync(string redis, string hocon)
    {
        var system = ActorSystem.Create("console", ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              extensions = ["RedisActors.RedisExtensionProvider, RedisActors"]
            }
            redis-actors.default.endpoint = "{{redis}}"
            {{hocon}}
            """));
        var callers = Enumerable.Range(0, Callers).Select(_ => CallAsync(RedisExtension.Get(system).RedisActor)).ToArray();
        Console.WriteLine("Started");
        await system.WhenTerminated;
        await Task.WhenAll(callers);
        foreach (var outcome in Enum.GetValues<Outcome>()) Console.WriteLine($"{outcome} {Told[(int)outcome]}");
    }

    private static async Task CallAsync(IActorRef redis)
    {
        var outcome = Outcome.Applied;
        while (outcome == Outcome.Applied)
        {
            try
            {
                await redis.ExecuteAsync("INCR", "number");
            }
            catch (RedisOutcomeException failure)
            {
                outcome = failure.Outcome;
            }

            Interlocked.Increment(ref Told[(int)outcome]);
        }
    }
}
