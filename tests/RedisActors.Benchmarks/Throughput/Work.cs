using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>What all loads do: <c>SET</c> and <c>GET</c> in turn, of a value of three bytes, on one key for each place in the window.</summary>
internal static class Work
{
    private const int Keys = 100;

    private static readonly string[] Names = [.. Enumerable.Range(0, Keys).Select(i => $"key:{i:00}")];

    /// <summary>The three bytes.</summary>
    public static RedisValue Value { get; } = "abc"u8.ToArray();

    /// <summary>What the server answers to <c>SET</c>; bytes, which are compared without making a string of the answer.</summary>
    public static RedisValue Ok { get; } = "OK"u8.ToArray();

    /// <summary>The key of a place.</summary>
    public static string KeyOf(int place) => Names[place % Keys];
}
