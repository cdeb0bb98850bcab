using System.Globalization;
using System.Text;

namespace RedisActors.Testing;

/// <summary>
/// The hash slots of a Redis Cluster: CRC16 of the key, or of its part in braces, modulo 16384
/// (<see href="https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/"/>). Computed here, independently of
/// the library under test.
/// </summary>
public static class ClusterSlots
{
    public const int Count = 16384;

    private const int Polynomial = 0x1021;

    private static readonly Lazy<string[]> Tags = new(FindTags);

    /// <summary>The slot of a key.</summary>
    public static int Of(string key)
    {
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : key.IndexOf('}', open + 1);
        return Crc16(close > open + 1 ? key[(open + 1)..close] : key) % Count;
    }

    /// <summary>A key in that slot, ending with a hash tag; other prefixes give other keys of the same slot.</summary>
    public static string KeyOf(int slot, string prefix = "") => $"{prefix}{{{Tags.Value[slot]}}}";

    private static string[] FindTags()
    {
        var tags = new string[Count];
        var missing = Count;
        for (var i = 0; missing > 0; i++)
        {
            var tag = i.ToString(CultureInfo.InvariantCulture);
            ref var place = ref tags[Of(tag)];
            if (place is not null) continue;

            place = tag;
            missing--;
        }

        return tags;
    }

    private static int Crc16(string text)
    {
        var crc = 0;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            crc ^= octet << 8;
            for (var bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1) & 0xFFFF;
        }

        return crc;
    }
}
