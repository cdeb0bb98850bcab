using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;

namespace RedisActors.Benchmarks;

/// <summary>
/// How many messages two actors exchange per second with many in flight: the cost of a mailbox, a dispatcher and an envelope, and nothing
/// else.
/// </summary>
internal static class MailboxBenchmark
{
    public static Command Command()
    {
        var messages = new Option<long>("--messages") { Description = "Messages per round.", DefaultValueFactory = _ => 20_000_000 };
        var inFlight = new Option<int>("--in-flight") { Description = "Messages in flight.", DefaultValueFactory = _ => 1_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; the first warms up.", DefaultValueFactory = _ => 6 };
        var command = new Command("mailbox", "Messages per second between two actors.") { messages, inFlight, rounds };
        command.SetAction(parsed =>
            RunAsync(parsed.GetRequiredValue(messages), parsed.GetRequiredValue(inFlight), parsed.GetRequiredValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(long messages, int inFlight, int rounds)
    {
        var akka = typeof(IActorRef).Assembly.GetName();
        Console.WriteLine($"{akka.Name} {akka.Version}, {Environment.ProcessorCount} cores, {inFlight} messages in flight");
        using var system = ActorSystem.Create("mailbox", ConfigurationFactory.ParseString("akka.loglevel = OFF"));
        var best = 0.0;
        for (var round = 1; round <= rounds; round++)
        {
            var rate = await RoundAsync(system, messages, inFlight);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: {rate:N0} messages/s"));
            best = round == 1 ? best : Math.Max(best, rate);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mailbox messages_per_second={best:F0}"));
        await system.Terminate();
        return 0;
    }

    private static async Task<double> RoundAsync(ActorSystem system, long messages, int inFlight)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = system.ActorOf(Props.Create(() => new Player(messages / 2, done)));
        var right = system.ActorOf(Props.Create(() => new Player(long.MaxValue, done)));
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < inFlight; i++)
        {
            left.Tell(Ball.Instance, right);
        }

        await done.Task;
        var elapsed = Stopwatch.GetElapsedTime(start);
        var bytes = (double)(GC.GetTotalAllocatedBytes() - allocated) / messages;
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{bytes:F2} bytes/message  "));
        await Task.WhenAll(left.GracefulStop(TimeSpan.FromSeconds(10)), right.GracefulStop(TimeSpan.FromSeconds(10)));
        return messages / elapsed.TotalSeconds;
    }

    private sealed class Ball
    {
        public static Ball Instance { get; } = new();
    }

    /// <summary>Plays every ball back, until it has seen enough of them.</summary>
    private sealed class Player(long enough, TaskCompletionSource done) : UntypedActor
    {
        private long _seen;

        protected override void OnReceive(object message)
        {
            if (++_seen < enough)
            {
                Sender.Tell(message, Self);
            }
            else if (_seen == enough)
            {
                done.TrySetResult();
            }
        }
    }
}
