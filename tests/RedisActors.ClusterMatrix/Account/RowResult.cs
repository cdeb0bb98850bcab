namespace RedisActors.ClusterMatrix;

/// <summary>One fault of one way of serving, and what came of it.</summary>
/// <param name="Fault">The fault, as on the command line.</param>
/// <param name="Way">The way of serving.</param>
public sealed record RowResult(string Fault, string Way)
{
    /// <summary>By the name of the delivery mode.</summary>
    public SortedDictionary<string, ListAccount> Modes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>How often the contended lease was held; null where there is none.</summary>
    public int? Holdings { get; init; }

    /// <summary>What shows that two had the lease at a time.</summary>
    public IReadOnlyList<string> Violations { get; init; } = [];

    /// <summary>What a reader of the row should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Why the row was not run; null: it was.</summary>
    public string? Skipped { get; init; }

    /// <summary>Why the row has no figures; null: it has.</summary>
    public string? Failure { get; init; }

    public double Seconds { get; init; }
}
