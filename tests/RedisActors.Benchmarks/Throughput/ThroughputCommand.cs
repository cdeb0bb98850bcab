using System.CommandLine;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>The command line of <c>eng/bench throughput</c>.</summary>
internal static class ThroughputCommand
{
    public static Command Command()
    {
        var rows = new Option<IReadOnlyList<string>>("--rows")
        {
            Description = $"Separated by commas: {string.Join(", ", ThroughputRow.All.Select(row => row.Name))}; or all.",
            HelpName = "LIST",
            DefaultValueFactory = _ => [.. ThroughputRow.All.Select(row => row.Name)],
            CustomParser = result => Choices.ParseList(result, "--rows", [.. ThroughputRow.All.Select(row => row.Name)]),
        };
        var execute = new Option<bool>("--execute")
        {
            Description = "The plain client sends commands by name too (ExecuteAsync), instead of using its typed methods.",
        };
        var inFlight = Choices.Number("--in-flight", "Commands in flight, over all senders.", 2_000, 1_000_000);
        var rounds = Choices.Number("--rounds", "How many times each is measured, in turn; preferably odd, because the median is reported.", 7, 1_000);
        var seconds = Choices.Number("--seconds", "How long each is measured per round, after half a second of warm-up.", 3, 3_600);
        var json = new Option<bool>("--json") { Description = "One JSON object per row on standard output, nothing else." };
        var command = new Command("throughput", "Commands per second and bytes allocated per command, against the plain client.")
        {
            rows, execute, inFlight, rounds, seconds, json,
        };
        command.SetAction(parsed => ThroughputBenchmark.RunAsync(new ThroughputOptions
        {
            Rows = [.. parsed.GetRequiredValue(rows).Select(name => ThroughputRow.All.Single(row => row.Name == name))],
            PlainExecutes = parsed.GetRequiredValue(execute),
            InFlight = parsed.GetRequiredValue(inFlight),
            Rounds = parsed.GetRequiredValue(rounds),
            Measured = TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)),
            Json = parsed.GetRequiredValue(json),
        }));
        return command;
    }
}
