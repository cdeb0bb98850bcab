namespace RedisActors.Benchmarks.Chart;

/// <summary>One diagram of the chart.</summary>
/// <param name="Title">What is compared.</param>
/// <param name="XLabel">What the places on the horizontal axis are, with their unit.</param>
/// <param name="YLabel">What the values are, with their unit.</param>
/// <param name="Places">The labels on the horizontal axis.</param>
/// <param name="Series">The values.</param>
internal sealed record ChartPanel(
    string Title, string XLabel, string YLabel, IReadOnlyList<string> Places, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>The largest value may be this many times the smallest before the axis becomes logarithmic.</summary>
    private const double LinearSpan = 20;

    /// <summary>Whether the places are steps of something that grows, so that lines lead from one to the next.</summary>
    public bool HasLines { get; init; }

    /// <summary>Whether the vertical axis is logarithmic; one with bars starts at zero.</summary>
    public bool IsLogarithmic => HasLines && Values.Max() > LinearSpan * Values.Min();

    private IEnumerable<double> Values => Series.SelectMany(series => series.Values).OfType<double>();
}

/// <summary>The values of one client.</summary>
/// <param name="Name">The client and how it is used.</param>
/// <param name="Values">A value for each place; null where there is none.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<double?> Values)
{
    /// <summary>Whether it is the plain client.</summary>
    public required bool IsPlain { get; init; }
}
