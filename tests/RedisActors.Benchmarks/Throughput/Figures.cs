namespace RedisActors.Benchmarks.Throughput;

/// <summary>The figures of one load in one round.</summary>
/// <param name="CommandsPerSecond">Answered commands per second.</param>
/// <param name="BytesPerCommand">Bytes allocated by the whole process, per command.</param>
/// <param name="MicrosecondsPerCommand">Processor time of the whole process per command, without the server's.</param>
internal readonly record struct Figures(double CommandsPerSecond, double BytesPerCommand, double MicrosecondsPerCommand)
{
    public static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
