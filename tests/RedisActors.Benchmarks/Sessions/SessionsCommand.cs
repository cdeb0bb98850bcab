using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Sessions;

/// <summary>The command line of <c>eng/bench sessions</c>, and its report.</summary>
internal static class SessionsCommand
{
    private static readonly Dictionary<string, Func<int, Task<ISessionRow>>> Rows = new()
    {
        ["subscription"] = async bytes => await SubscriptionRow.StartAsync(bytes),
        ["consumer"] = async bytes => await ConsumerRow.StartAsync(bytes),
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
        var bytes = Choices.Number("--value-bytes", "Size of the messages.", 64, 1_000_000);
        var rounds = Choices.Number("--rounds", "How many times each is measured, in turn; the median is reported.", 7, 1_000);
        var seconds = Choices.Number("--seconds", "How long each is measured per round.", 3, 3_600);
        var json = new Option<bool>("--json") { Description = "One JSON object per row on standard output, nothing else." };
        var command = new Command("sessions", "Messages per second where a connection has one user, against the plain client.")
        {
            rows, bytes, rounds, seconds, json,
        };
        command.SetAction(async parsed =>
        {
            foreach (var row in parsed.GetRequiredValue(rows))
            {
                await RunAsync(
                    row, parsed.GetRequiredValue(bytes), parsed.GetRequiredValue(rounds),
                    TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)), parsed.GetRequiredValue(json));
            }
        });
        return command;
    }

    private static async Task RunAsync(string name, int bytes, int rounds, TimeSpan measured, bool json)
    {
        await using var row = await Rows[name](bytes);
        var pairs = new List<Pair<Figures>>();
        if (!json) Console.WriteLine($"{"round",-8}{"row",-16}{"ours/s",12}{"plain/s",12}{"ratio",8}{"ours B",10}{"plain B",10}{"ours us",10}{"plain us",10}");

        // Round 0 warms up.
        for (var round = 0; round <= rounds; round++)
        {
            var plain = await row.PlainAsync(measured);
            var ours = await row.OursAsync(measured);
            if (round == 0) continue;
            pairs.Add(new(ours, plain));
            if (!json) Write($"{round}", Line.Of(name, bytes, [new(ours, plain)]));
        }

        if (json) Console.WriteLine(JsonSerializer.Serialize(Line.Of(name, bytes, pairs)));
        else Write("middle", Line.Of(name, bytes, pairs));
    }

    private static void Write(string head, Line line) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{head,-8}{line.Row,-16}{line.Ours,12:N0}{line.Plain,12:N0}{line.Ratio,8:0.00}{line.OurBytes,10:N0}{line.PlainBytes,10:N0}{line.OurMicroseconds,10:0.00}{line.PlainMicroseconds,10:0.00}"));

    /// <summary>A row as a JSON object; its names are part of the benchmark's interface. Medians of the rounds.</summary>
    private sealed record Line
    {
        [JsonPropertyName("row")]
        public required string Row { get; init; }

        [JsonPropertyName("value_bytes")]
        public required int ValueBytes { get; init; }

        [JsonPropertyName("messages_per_second")]
        public required double Ours { get; init; }

        [JsonPropertyName("plain_messages_per_second")]
        public required double Plain { get; init; }

        [JsonPropertyName("ratio")]
        public required double Ratio { get; init; }

        [JsonPropertyName("bytes_per_message")]
        public required double OurBytes { get; init; }

        [JsonPropertyName("plain_bytes_per_message")]
        public required double PlainBytes { get; init; }

        [JsonPropertyName("cpu_us_per_message")]
        public required double OurMicroseconds { get; init; }

        [JsonPropertyName("plain_cpu_us_per_message")]
        public required double PlainMicroseconds { get; init; }

        public static Line Of(string row, int bytes, IReadOnlyList<Pair<Figures>> pairs)
        {
            return new Line
            {
                Row = row,
                ValueBytes = bytes,
                Ours = Middle(pair => pair.Ours.CommandsPerSecond, 0),
                Plain = Middle(pair => pair.Plain.CommandsPerSecond, 0),
                Ratio = Middle(pair => pair.Ours.CommandsPerSecond / pair.Plain.CommandsPerSecond, 3),
                OurBytes = Middle(pair => pair.Ours.BytesPerCommand, 0),
                PlainBytes = Middle(pair => pair.Plain.BytesPerCommand, 0),
                OurMicroseconds = Middle(pair => pair.Ours.MicrosecondsPerCommand, 3),
                PlainMicroseconds = Middle(pair => pair.Plain.MicrosecondsPerCommand, 3),
            };

            double Middle(Func<Pair<Figures>, double> figure, int digits) => Pair<Figures>.Middle(pairs, figure, digits);
        }
    }
}
