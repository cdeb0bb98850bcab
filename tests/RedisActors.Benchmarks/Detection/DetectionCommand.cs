using System.CommandLine;
using RedisActors.Benchmarks.Outage;

namespace RedisActors.Benchmarks.Detection;

/// <summary>The command line of <c>eng/bench detection</c>.</summary>
internal static class DetectionCommand
{
    public static Command Command()
    {
        var client = Choices.Clients(RedisActorsClient.Name, PlainClient.Name);
        var rounds = Choices.Number("--rounds", "How many times the server goes silent, for each client, fault and load.", 5, 10_000);
        var inFlight = Choices.Number("--in-flight", "Commands in flight, when the client is not idle.", 2000, 100_000);
        var patience = Choices.Number("--max-seconds", "How long to wait for a client to notice.", 30, 3_600);
        var json = new Option<bool>("--json") { Description = "One JSON object per line on standard output, nothing else." };
        var command = new Command("detection", "How soon a silent server is noticed, idle and under load.")
        {
            client, rounds, inFlight, patience, json,
        };
        command.SetAction(parsed => DetectionBenchmark.RunAsync(new DetectionOptions
        {
            Clients = parsed.GetRequiredValue(client),
            Rounds = parsed.GetRequiredValue(rounds),
            InFlight = parsed.GetRequiredValue(inFlight),
            Patience = TimeSpan.FromSeconds(parsed.GetRequiredValue(patience)),
            Json = parsed.GetRequiredValue(json),
        }));
        return command;
    }
}

/// <summary>The options of the command line.</summary>
internal sealed record DetectionOptions
{
    public required IReadOnlyList<string> Clients { get; init; }

    public required int Rounds { get; init; }

    public required int InFlight { get; init; }

    public required TimeSpan Patience { get; init; }

    public required bool Json { get; init; }
}
