using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>The work of all loads: alternate <c>SET</c> and <c>GET</c> of a three-byte value, on one key per slot of the window.</summary>
internal static class Work
{
    private const int Keys = 100;

    private static readonly string[] Names = [.. Enumerable.Range(0, Keys).Select(i => $"key:{i:00}")];

    /// <summary>The three-byte value.</summary>
    public static RedisValue Value { get; } = "abc"u8.ToArray();

    /// <summary>The server's reply to <c>SET</c>, as bytes, so that replies can be compared without creating strings.</summary>
    public static RedisValue Ok { get; } = "OK"u8.ToArray();

    /// <summary>The key of a slot.</summary>
    public static string KeyOf(int place) => Names[place % Keys];
}
