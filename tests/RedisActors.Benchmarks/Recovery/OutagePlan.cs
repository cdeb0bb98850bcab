namespace RedisActors.Benchmarks.Recovery;

/// <summary>The lengths of the outages and their order, the same in every run.</summary>
internal static class OutagePlan
{
    private const int Seed = 20;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.1);

    /// <summary>
    /// Lengths that grow by a constant factor from the shortest to the longest, shuffled so that no client meets steadily growing outages,
    /// which would suit a growing backoff.
    /// </summary>
    public static IReadOnlyList<TimeSpan> Lengths(int count, TimeSpan longest)
    {
        var factor = count > 1 ? Math.Pow(longest / Shortest, 1.0 / (count - 1)) : 1;
        TimeSpan[] lengths = [.. Enumerable.Range(0, count).Select(i => Shortest * Math.Pow(factor, i))];
        new Random(Seed).Shuffle(lengths);
        return lengths;
    }
}
