using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisActors.Benchmarks.Outage;

/// <summary>The results on standard output: a table with both clients of a fault in adjacent rows, or JSON lines.</summary>
internal sealed class OutageReport(OutageOptions options)
{
    private static readonly string[] Heads =
        ["fault", "client", "sent", "applied", "failed", "server", "lost", "duplicated", "unanswered", "max wait", "  recovery"];

    private static readonly int[] Widths = [-12, -12, 9, 9, 9, 9, 9, 11, 11, 9, 0];

    public void Begin()
    {
        if (options.Json) return;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.InFlight} INCRs in flight, each fault {options.Rounds} times, {RedisActorsClient.Name}: {options.DeliveryName}; times in ms"));
        WriteRow(Heads);
    }

    public void Add(OutageResult result)
    {
        if (options.Json) Console.WriteLine(JsonSerializer.Serialize(Line.Of(result)));
        else WriteRow(Cells(result));

        if (result.Summary.AnsweredAgain > 0)
        {
            Console.Error.WriteLine($"{result.Client}, {result.Fault}: {result.Summary.AnsweredAgain} commands were answered twice");
        }
    }

    private static string[] Cells(OutageResult result)
    {
        var line = Line.Of(result);
        return
        [
            line.Fault, line.Client, Number(line.Sent), Number(line.Applied), Number(result.Failed), Number(line.Server),
            Number(line.Lost), Number(line.Duplicated), Number(line.Unanswered), Number(line.MaxWait),
            "  " + string.Join(", ", line.Recovery.Select(Number)) + (result.CameBack ? string.Empty : " (not back in time)"),
        ];
    }

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static void WriteRow(string[] cells) => Console.WriteLine(string.Concat(cells.Select((cell, i) =>
        Widths[i] < 0 ? cell.PadRight(-Widths[i]) : cell.PadLeft(Widths[i]))));

    /// <summary>The JSON line; its names are part of the benchmark's interface.</summary>
    private sealed record Line
    {
        [JsonPropertyName("client")]
        public required string Client { get; init; }

        [JsonPropertyName("fault")]
        public required string Fault { get; init; }

        [JsonPropertyName("in_flight")]
        public required int InFlight { get; init; }

        [JsonPropertyName("sent")]
        public required long Sent { get; init; }

        [JsonPropertyName("applied")]
        public required long Applied { get; init; }

        [JsonPropertyName("rejected")]
        public required long Rejected { get; init; }

        [JsonPropertyName("not_sent")]
        public required long NotSent { get; init; }

        [JsonPropertyName("unknown")]
        public required long Unknown { get; init; }

        [JsonPropertyName("server")]
        public required long Server { get; init; }

        [JsonPropertyName("lost")]
        public required long Lost { get; init; }

        [JsonPropertyName("duplicated")]
        public required long Duplicated { get; init; }

        [JsonPropertyName("unanswered")]
        public required long Unanswered { get; init; }

        /// <summary>One per round; if nothing was applied any more, the time until the final count.</summary>
        [JsonPropertyName("recovery_ms")]
        public required IReadOnlyList<double> Recovery { get; init; }

        [JsonPropertyName("max_wait_ms")]
        public required double MaxWait { get; init; }

        public static Line Of(OutageResult result)
        {
            var summary = result.Summary;
            return new Line
            {
                Client = result.Client,
                Fault = result.Fault,
                InFlight = result.InFlight,
                Sent = summary.Sent,
                Applied = summary.Applied,
                Rejected = summary.Rejected,
                NotSent = summary.NotSent,
                Unknown = summary.Unknown,
                Server = summary.Server,
                Lost = summary.Lost,
                Duplicated = summary.Duplicated,
                Unanswered = summary.Unanswered,
                Recovery = [.. summary.RecoveryTimes.Select(Milliseconds)],
                MaxWait = Milliseconds(summary.LongestWait),
            };
        }

        private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
    }
}
