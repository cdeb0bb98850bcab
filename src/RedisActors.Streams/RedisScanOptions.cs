using StackExchange.Redis;

namespace RedisActors.Streams;

/// <summary>What the scans of <see cref="RedisSource"/> emit, and how they ask for it.</summary>
public sealed record RedisScanOptions
{
    /// <summary>The defaults: everything.</summary>
    public static RedisScanOptions All { get; } = new();

    /// <summary>Only what matches the pattern (<c>MATCH</c>): <c>user:*</c>. <see langword="null"/>, the default: everything.</summary>
    public string? Pattern { get; init; }

    /// <summary>About how many keys the server looks at in one step (<c>COUNT</c>), 1 to 100,000; 100 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int Count
    {
        get;
        init => field = Check.InRange(value, 1, 100_000, nameof(Count));
    }
    = 100;

    /// <summary>Of the keys, only those that hold this type (<c>TYPE</c>): <c>list</c>. <see langword="null"/>, the default: all.</summary>
    public string? Type { get; init; }

    /// <summary>The number of the logical database; <see langword="null"/>, the default, is the connection's own.</summary>
    public int? Database { get; init; }

    internal RedisCommand Scan(RedisValue cursor) => Command("SCAN", [cursor, .. Filter(), .. OfType()]);

    internal RedisCommand Scan(string name, string key, RedisValue cursor) => Command(name, [key, cursor, .. Filter()]);

    private RedisCommand Command(string name, RedisValue[] arguments) => new(name, arguments) { Database = Database, Delivery = DeliveryMode.AtLeastOnce };

    private RedisValue[] Filter() => Pattern is null ? ["COUNT", Count] : ["MATCH", Pattern, "COUNT", Count];

    private RedisValue[] OfType() => Type is null ? [] : ["TYPE", Type];
}
