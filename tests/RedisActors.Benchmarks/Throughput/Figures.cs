namespace RedisActors.Benchmarks.Throughput;

/// <summary>What one load came to in one round.</summary>
/// <param name="CommandsPerSecond">Answered commands.</param>
/// <param name="BytesPerCommand">What the whole process allocated meanwhile, by command.</param>
internal readonly record struct Figures(double CommandsPerSecond, double BytesPerCommand)
{
    public static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
