using System.Globalization;
using System.Text.Json;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>The results of one case on standard output: a table, or a JSON object per row.</summary>
internal sealed class ThroughputReport(ThroughputOptions options, ThroughputCase which)
{
    private readonly Dictionary<string, List<Pair<Figures>>> _pairs = [];

    public void Begin()
    {
        if (options.Json) return;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"SET and GET of {which.ValueBytes} bytes, {which.InFlight} in flight{Particulars()}, {options.Rounds} rounds of {options.Measured.TotalSeconds:0.#} s each"));
        Console.Write(
            $"{"round",-8}{"",-20}{"ours/s",12}{"plain/s",12}{"ratio",8}{"ours B",10}{"plain B",10}{"more B",10}{"ours us",10}{"plain us",10}");
        Console.WriteLine(which.Latency ? $"{"p50 us, ours, plain",24}{"p99 us, ours, plain",24}{"p99.9 us, ours, plain",24}" : string.Empty);
    }

    public void Add(int round, string row, Figures ours, Figures plain)
    {
        if (!_pairs.TryGetValue(row, out var pairs)) _pairs[row] = pairs = [];
        pairs.Add(new(ours, plain));
        if (!options.Json) Write(round.ToString(CultureInfo.InvariantCulture), ThroughputLine.Of(which, row, [new(ours, plain)]));
    }

    public void End()
    {
        foreach (var (name, pairs) in _pairs)
        {
            var line = ThroughputLine.Of(which, name, pairs);
            if (options.Json) Console.WriteLine(JsonSerializer.Serialize(line));
            else Write("middle", line);
        }
    }

    private static void Write(string head, ThroughputLine line)
    {
        Console.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{head,-8}{line.Row,-20}{line.Ours,12:N0}{line.Plain,12:N0}{line.Ratio,8:0.00}{line.OurBytes,10:N0}{line.PlainBytes,10:N0}{line.MoreBytes,10:N0}{line.OurMicroseconds,10:0.00}{line.PlainMicroseconds,10:0.00}"));
        Console.WriteLine(line.OurP50 is null
            ? string.Empty
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{line.OurP50,14:N0}{line.PlainP50,10:N0}{line.OurP99,14:N0}{line.PlainP99,10:N0}{line.OurP999,14:N0}{line.PlainP999,10:N0}"));
    }

    /// <summary>What differs from one connection to one server.</summary>
    private string Particulars()
    {
        var lanes = which.Lanes > 1 ? $", {which.Lanes} lanes" : string.Empty;
        var connections = which.Connections > 1 ? $", {which.Connections} connections" : string.Empty;
        var nodes = which.Nodes > 1 ? $", a Redis Cluster of {which.Nodes}" : string.Empty;
        return lanes + connections + nodes;
    }
}
