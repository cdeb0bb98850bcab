using System.CommandLine;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>The command line of <c>eng/bench throughput</c>.</summary>
internal sealed class ThroughputCommand
{
    private const string ByDefault = "By default, what the set says.";

    private readonly Option<IReadOnlyList<string>> _rows = OfNames(
        "--rows",
        [.. ThroughputRow.All.Select(row => row.Name), GatewayBenchmark.Row],
        [.. ThroughputRow.All.Select(row => row.Name)],
        $" By default all but {GatewayBenchmark.Row}, which is redis-benchmark through the gateway and straight, and has the set base only.");

    private readonly Option<IReadOnlyList<string>> _sets = OfNames(
        "--set", [.. ThroughputSet.All.Select(set => set.Name), ThroughputSet.Drain], [ThroughputSet.Base.Name]);

    private readonly Option<bool> _execute = new("--execute")
    {
        Description = "The plain client sends commands by name too (ExecuteAsync), instead of using its typed methods.",
    };

    private readonly Option<IReadOnlyList<int>?> _inFlight = Choices.Numbers(
        "--in-flight", $"Commands in flight, over all senders: a number or several. {ByDefault}", 1_000_000);

    private readonly Option<IReadOnlyList<int>?> _valueBytes = Choices.Numbers(
        "--value-bytes", $"Size of the values. {ByDefault}", 16_000_000);

    private readonly Option<IReadOnlyList<int>?> _lanes = Choices.Numbers("--lanes", $"Lanes of each RedisActor. {ByDefault}", 16);

    private readonly Option<IReadOnlyList<int>?> _connections = Choices.Numbers(
        "--connections", $"RedisActors in one actor system, and as many multiplexers. {ByDefault}", 1_000);

    private readonly Option<bool> _latency = new("--latency") { Description = "Measure the time of each command, in every set." };

    private readonly Option<int> _stashed = Choices.Number(
        "--stashed", "Commands that wait during the outage of the set drain.", 1_000_000, 10_000_000);

    private readonly Option<int> _rounds = Choices.Number(
        "--rounds", "How many times each is measured, in turn; preferably odd, because the median is reported.", 7, 1_000);

    private readonly Option<int> _seconds = Choices.Number(
        "--seconds", "How long each is measured per round, after half a second of warm-up.", 3, 3_600);

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per row on standard output, nothing else." };

    public ThroughputCommand()
    {
        Symbol = new Command("throughput", "Commands per second, bytes allocated and latency per command, against the plain client.")
        {
            _rows, _sets, _execute, _inFlight, _valueBytes, _lanes, _connections, _latency, _stashed, _rounds, _seconds, _json,
        };
        Symbol.SetAction(parsed => RunAsync(Read(parsed)));
    }

    public Command Symbol { get; }

    public static Command Command() => new ThroughputCommand().Symbol;

    /// <summary>The options of a command line without errors.</summary>
    public ThroughputOptions Read(ParseResult parsed)
    {
        var sets = parsed.GetRequiredValue(_sets);
        return new ThroughputOptions
        {
            Rows = RowsOf(parsed.GetRequiredValue(_rows).Except([GatewayBenchmark.Row])),
            Gateway = parsed.GetRequiredValue(_rows).Contains(GatewayBenchmark.Row),
            Cases = [.. ThroughputSet.All.Where(set => sets.Contains(set.Name)).SelectMany(set => Adapted(set, parsed).Cases())],
            PlainExecutes = parsed.GetRequiredValue(_execute),
            Stashed = sets.Contains(ThroughputSet.Drain) ? parsed.GetRequiredValue(_stashed) : null,
            Rounds = parsed.GetRequiredValue(_rounds),
            Measured = TimeSpan.FromSeconds(parsed.GetRequiredValue(_seconds)),
            Json = parsed.GetRequiredValue(_json),
        };
    }

    private static async Task<int> RunAsync(ThroughputOptions options)
    {
        if (options.Stashed is not null && options.Rows.All(row => row.Told is null))
        {
            var drained = ThroughputRow.All.Where(row => row.Told is not null).Select(row => row.Name);
            await Console.Error.WriteLineAsync($"--set {ThroughputSet.Drain}: it has the rows {string.Join(", ", drained)} only.");
            return 1;
        }

        await ThroughputBenchmark.RunAsync(options);
        return 0;
    }

    private static IReadOnlyList<ThroughputRow> RowsOf(IEnumerable<string> names) =>
        [.. names.Select(name => ThroughputRow.All.Single(row => row.Name == name))];

    private static Option<IReadOnlyList<string>> OfNames(string option, string[] names, string[] usual, string more = "") => new(option)
    {
        Description = $"Separated by commas: {string.Join(", ", names)}; or all.{more}",
        HelpName = "LIST",
        DefaultValueFactory = _ => usual,
        CustomParser = result => Choices.ParseList(result, option, names),
    };

    /// <summary>The set with what the command line says in place of its own.</summary>
    private ThroughputSet Adapted(ThroughputSet set, ParseResult parsed) => set with
    {
        InFlight = parsed.GetValue(_inFlight) ?? set.InFlight,
        ValueBytes = parsed.GetValue(_valueBytes) ?? set.ValueBytes,
        // In a Redis Cluster each node has one connection.
        Lanes = set.Nodes > 1 ? set.Lanes : parsed.GetValue(_lanes) ?? set.Lanes,
        Connections = parsed.GetValue(_connections) ?? set.Connections,
        Latency = set.Latency || parsed.GetRequiredValue(_latency),
    };
}
