using System.CommandLine;

namespace RedisActors.Benchmarks.Herd;

/// <summary>The command line of <c>eng/bench herd</c>.</summary>
internal static class HerdCommand
{
    public static Command Command()
    {
        var connections = Choices.Number("--connections", "How many supervised connections lead to the server.", 200, 10_000);
        var seconds = Choices.Number("--seconds", "How long the server is away.", 5, 3_600);
        var rounds = Choices.Number("--rounds", "How many times.", 3, 1_000);
        var json = new Option<bool>("--json") { Description = "One JSON object per round on standard output, nothing else." };
        var command = new Command("herd", "Connection attempts and recovery of many supervised connections to one server.")
        {
            connections, seconds, rounds, json,
        };
        command.SetAction(parsed => HerdBenchmark.RunAsync(
            parsed.GetRequiredValue(connections),
            TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)),
            parsed.GetRequiredValue(rounds),
            parsed.GetRequiredValue(json)));
        return command;
    }
}
