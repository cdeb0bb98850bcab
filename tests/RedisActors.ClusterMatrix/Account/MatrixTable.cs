namespace RedisActors.ClusterMatrix;

/// <summary>The table of a run, in Markdown, and the promises that it has to keep.</summary>
public static class MatrixTable
{
    public const string ExactlyOnce = "exactly-once";
    public const string AtLeastOnce = "at-least-once";
    public const string Entities = "entities";

    private const string Begin = "<!-- cluster-matrix -->";
    private const string End = "<!-- /cluster-matrix -->";

    /// <summary>The order in which a cell names them.</summary>
    public static IReadOnlyList<string> Modes { get; } = [ExactlyOnce, AtLeastOnce, "when-safe", "at-most-once"];

    private static readonly Column[] Columns =
    [
        new("sent", row => $"{row.Modes.Values.Sum(mode => mode.Sent)}", _ => false),
        new("applied", row => $"{row.Modes.Values.Sum(mode => mode.Applied)}", _ => false),
        Figure("rejected", mode => mode.Rejected),
        Figure("not sent", mode => mode.NotSent),
        new(
            "unknown (ran)",
            row => Cell(row, mode => mode.Unknown, mode => mode.Unknown == 0 ? "0" : $"{mode.Unknown} ({mode.UnknownRan})"),
            _ => false),
        Figure("lost", mode => mode.Lost, _ => true),
        Figure("doubled", mode => mode.Doubled, name => name != AtLeastOnce),
        Figure("unanswered", mode => mode.Unanswered, _ => true),
        Figure("out of order", mode => mode.OutOfOrder, name => name is not (AtLeastOnce or Entities)),
        Figure("ran, told otherwise", mode => mode.RanUntold, _ => true),
        Figure("wrong replies", mode => mode.WrongReplies, _ => true),
        new(
            "holdings (two at once)",
            row => row.Holdings is { } count ? $"{count} ({row.Violations.Count})" : "",
            row => row.Violations.Count > 0),
    ];

    /// <summary>Whether no row broke a promise.</summary>
    public static bool IsClean(IEnumerable<RowResult> rows) => !rows.Any(row => row.Failure is not null || Broken(row).Any());

    /// <summary>The titles of the columns in which the row breaks a promise.</summary>
    public static IEnumerable<string> Broken(RowResult row) => Columns.Where(column => column.IsBroken(row)).Select(column => column.Title);

    public static string ToMarkdown(IEnumerable<RowResult> rows) => ToMarkdown(rows.Where(row => row.Skipped is null).Select(Line));

    /// <summary>A document with these rows between its two comments. Rows that are there and were not run again stay.</summary>
    /// <param name="document">The document.</param>
    /// <param name="rows">The rows that were run.</param>
    /// <param name="order">The fault and the way of each row that there can be.</param>
    /// <exception cref="InvalidOperationException">The document has not both comments.</exception>
    public static string Replace(string document, IEnumerable<RowResult> rows, IEnumerable<(string Fault, string Way)> order)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = document.IndexOf(End, StringComparison.Ordinal);
        if (end < begin || begin < Begin.Length) throw new InvalidOperationException($"The document has no {Begin} … {End}.");
        var lines = document[begin..end].Split('\n').Concat(rows.Where(row => row.Skipped is null).Select(Line)).ToList();
        var table = ToMarkdown(order.Select(row => lines.FindLast(line => line.StartsWith(Line([row.Fault, row.Way]), StringComparison.Ordinal))).OfType<string>());
        return $"{document[..begin]}\n\n{table}\n{document[end..]}";
    }

    private static string ToMarkdown(IEnumerable<string> lines)
    {
        string[] titles = ["fault", "way", .. Columns.Select(column => column.Title)];
        return string.Join('\n', [Line(titles), Line(titles.Select(_ => "---")), .. lines]) + "\n";
    }

    private static string Line(RowResult row) => Line(row.Failure is { } failure
        ? [row.Fault, row.Way, $"**failed: {failure.ReplaceLineEndings(" ").Replace('|', '/')}**", .. Columns.Skip(1).Select(_ => "")]
        : [row.Fault, row.Way, .. Columns.Select(column => column.IsBroken(row) ? $"**{column.Text(row)} ✗**" : column.Text(row))]);

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static Column Figure(string title, Func<ListAccount, long> figure, Func<string, bool>? isPromised = null) => new(
        title,
        row => Cell(row, figure, mode => $"{figure(mode)}"),
        row => isPromised is not null && row.Modes.Any(mode => isPromised(mode.Key) && figure(mode.Value) > 0));

    /// <summary>0 where all modes have none.</summary>
    private static string Cell(RowResult row, Func<ListAccount, long> figure, Func<ListAccount, string> text) =>
        row.Modes.Values.All(mode => figure(mode) == 0)
            ? "0"
            : string.Join(" / ", Modes.Append(Entities).Where(row.Modes.ContainsKey).Select(name => text(row.Modes[name])));

    private sealed record Column(string Title, Func<RowResult, string> Text, Func<RowResult, bool> IsBroken);
}
