namespace RedisActors.Benchmarks.Throughput;

/// <summary>What one load came to in one round.</summary>
/// <param name="CommandsPerSecond">Answered commands.</param>
/// <param name="BytesPerCommand">What the whole process allocated meanwhile, by command.</param>
/// <param name="MicrosecondsPerCommand">Processor time of the whole process, by command; the server's is not in it.</param>
internal readonly record struct Figures(double CommandsPerSecond, double BytesPerCommand, double MicrosecondsPerCommand)
{
    public static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
