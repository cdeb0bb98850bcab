using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>The work of all loads: alternate <c>SET</c> and <c>GET</c> of one value, on one key per slot of the window.</summary>
internal sealed class Work
{
    private const int Keys = 100;

    private static readonly string[] Names = [.. Enumerable.Range(0, Keys).Select(i => $"key:{i:00}")];

    public Work(int valueBytes)
    {
        var value = new byte[valueBytes];
        for (var i = 0; i < value.Length; i++) value[i] = (byte)('a' + i % 26);
        Value = value;
    }

    /// <summary>The server's reply to <c>SET</c>, as bytes, so that replies can be compared without creating strings.</summary>
    public static RedisValue Ok { get; } = "OK"u8.ToArray();

    /// <summary>The value that is set and read.</summary>
    public RedisValue Value { get; }

    /// <summary>The key of a slot.</summary>
    public static string KeyOf(int place) => Names[place % Keys];
}
