namespace RedisActors.Benchmarks.Throughput;

/// <summary>The figures of one load in one round.</summary>
/// <param name="CommandsPerSecond">Answered commands per second.</param>
/// <param name="BytesPerCommand">Bytes allocated by the whole process, per command.</param>
/// <param name="MicrosecondsPerCommand">Processor time of the whole process per command, without the server's.</param>
internal readonly record struct Figures(double CommandsPerSecond, double BytesPerCommand, double MicrosecondsPerCommand)
{
    /// <summary>How long senders waited; null where it was not measured.</summary>
    public LatencyFigures? Latency { get; init; }

    public static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

/// <summary>Ours and the plain client's, measured one after the other in one round.</summary>
internal readonly record struct Pair<T>(T Ours, T Plain)
{
    /// <summary>The median over the rounds, rounded.</summary>
    public static double Middle(IEnumerable<Pair<T>> pairs, Func<Pair<T>, double> figure, int digits) =>
        Math.Round(Figures.Median(pairs.Select(figure)), digits);
}
