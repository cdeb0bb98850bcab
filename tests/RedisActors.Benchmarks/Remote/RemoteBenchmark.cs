using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Remote;

/// <summary>
/// The command line of <c>eng/bench remote</c>: commands per second through another node of an Akka cluster, beside a RedisActor of the same
/// node, the plain client, and what Akka.Remote leaves possible, with the same window on the same server in the same run.
/// </summary>
internal static class RemoteBenchmark
{
    private static readonly Dictionary<string, DeliveryMode> Rows = new()
    {
        ["tell"] = DeliveryMode.WhenSafe,
        ["tell-exactly-once"] = DeliveryMode.ExactlyOnce,
    };

    public static Command Command()
    {
        var rows = new Option<IReadOnlyList<string>>("--rows")
        {
            Description = $"Separated by commas: {string.Join(", ", Rows.Keys)}; or all.",
            HelpName = "LIST",
            DefaultValueFactory = _ => [.. Rows.Keys],
            CustomParser = result => Choices.ParseList(result, "--rows", [.. Rows.Keys]),
        };
        var inFlight = Choices.Numbers("--in-flight", "Commands in flight, over all senders: a number or several; 1 and 2000 by default.", 1_000_000);
        var bytes = Choices.Numbers("--value-bytes", "Size of the values: a number or several; 3 and 4096 by default.", 100_000);
        var rounds = Choices.Number("--rounds", "How many times each is measured, in turn; the median is reported.", 7, 1_000);
        var seconds = Choices.Number("--seconds", "How long each is measured per round, after half a second of warm-up.", 3, 3_600);
        var json = new Option<bool>("--json") { Description = "One JSON object per row on standard output, nothing else." };
        var command = new Command("remote", "Commands per second through another node of an Akka cluster, against a local RedisActor and the plain client.")
        {
            rows, inFlight, bytes, rounds, seconds, json,
        };
        command.SetAction(async parsed =>
        {
            foreach (var row in parsed.GetRequiredValue(rows))
            {
                foreach (var window in parsed.GetValue(inFlight) ?? [1, 2000])
                {
                    foreach (var size in parsed.GetValue(bytes) ?? [3, 4096])
                    {
                        var line = await MeasureAsync(
                            row, window, size, parsed.GetRequiredValue(rounds), TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)));
                        Write(line, parsed.GetRequiredValue(json));
                    }
                }
            }
        });
        return command;
    }

    private static async Task<Line> MeasureAsync(string row, int inFlight, int bytes, int rounds, TimeSpan measured)
    {
        await using var stage = await RemoteStage.StartAsync();
        var (shape, delivery) = (new LoadShape(inFlight, new Work(bytes)), Rows[row]);
        var figures = new List<Round>();

        // Round 0 warms up.
        for (var round = 0; round <= rounds; round++)
        {
            var plain = await ThroughputBenchmark.MeasureAsync(shape => new PlainLoad([stage.Plain.GetDatabase()], shape), shape, measured);
            var local = await ThroughputBenchmark.MeasureAsync(shape => new TellLoad(stage.System, [stage.Local], delivery, shape), shape, measured);
            var remote = await ThroughputBenchmark.MeasureAsync(shape => new TellLoad(stage.System, [stage.Remote], delivery, shape), shape, measured);
            var limit = await ThroughputBenchmark.MeasureAsync(shape => new BareFramesLoad(stage, delivery, shape), shape, measured);
            if (round > 0) figures.Add(new Round(remote, local, plain, limit));
        }

        return new Line
        {
            Row = row,
            InFlight = inFlight,
            ValueBytes = bytes,
            Remote = Middle(round => round.Remote.CommandsPerSecond, 0),
            Local = Middle(round => round.Local.CommandsPerSecond, 0),
            Plain = Middle(round => round.Plain.CommandsPerSecond, 0),
            RatioToLocal = Middle(round => round.Remote.CommandsPerSecond / round.Local.CommandsPerSecond, 3),
            RatioToPlain = Middle(round => round.Remote.CommandsPerSecond / round.Plain.CommandsPerSecond, 3),
            Bytes = Middle(round => round.Remote.BytesPerCommand, 0),
            Microseconds = Middle(round => round.Remote.MicrosecondsPerCommand, 3),
            LocalMicroseconds = Middle(round => round.Local.MicrosecondsPerCommand, 3),
            Limit = Middle(round => round.Limit.CommandsPerSecond, 0),
            RatioToLimit = Middle(round => round.Remote.CommandsPerSecond / round.Limit.CommandsPerSecond, 3),
            LimitBytes = Middle(round => round.Limit.BytesPerCommand, 0),
            LimitMicroseconds = Middle(round => round.Limit.MicrosecondsPerCommand, 3),
        };

        double Middle(Func<Round, double> figure, int digits) =>
            Math.Round(Figures.Median(figures.Select(figure)), digits);
    }

    private static void Write(Line line, bool json) => Console.WriteLine(json
        ? JsonSerializer.Serialize(line)
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{line.Row,-20}{line.InFlight,8:N0} in flight{line.ValueBytes,8:N0} B {line.Remote,12:N0}/s, {line.RatioToLocal:0.00} of local ({line.Local:N0}/s), {line.RatioToPlain:0.00} of plain ({line.Plain:N0}/s), {line.RatioToLimit:0.00} of the limit ({line.Limit:N0}/s), {line.Microseconds:0.00} us"));

    private sealed record Round(Figures Remote, Figures Local, Figures Plain, Figures Limit);

    /// <summary>A row as a JSON object; its names are part of the benchmark's interface. Medians of the rounds; both nodes are in one process.</summary>
    private sealed record Line
    {
        [JsonPropertyName("row")]
        public required string Row { get; init; }

        [JsonPropertyName("in_flight")]
        public required int InFlight { get; init; }

        [JsonPropertyName("value_bytes")]
        public required int ValueBytes { get; init; }

        [JsonPropertyName("commands_per_second")]
        public required double Remote { get; init; }

        [JsonPropertyName("local_commands_per_second")]
        public required double Local { get; init; }

        [JsonPropertyName("plain_commands_per_second")]
        public required double Plain { get; init; }

        [JsonPropertyName("ratio_to_local")]
        public required double RatioToLocal { get; init; }

        [JsonPropertyName("ratio_to_plain")]
        public required double RatioToPlain { get; init; }

        [JsonPropertyName("bytes_per_command")]
        public required double Bytes { get; init; }

        [JsonPropertyName("cpu_us_per_command")]
        public required double Microseconds { get; init; }

        [JsonPropertyName("local_cpu_us_per_command")]
        public required double LocalMicroseconds { get; init; }

        [JsonPropertyName("limit_commands_per_second")]
        public required double Limit { get; init; }

        [JsonPropertyName("ratio_to_limit")]
        public required double RatioToLimit { get; init; }

        [JsonPropertyName("limit_bytes_per_command")]
        public required double LimitBytes { get; init; }

        [JsonPropertyName("limit_cpu_us_per_command")]
        public required double LimitMicroseconds { get; init; }
    }
}
