using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>
/// The hash slot of a key in a Redis Cluster: CRC16 (XMODEM) of the key, or of its hash tag, modulo 16384.
/// See https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/.
/// </summary>
internal static class HashSlot
{
    /// <summary>How many slots there are.</summary>
    public const int Count = 16384;

    private const int ShortKey = 128;

    private static readonly ushort[] Table = MakeTable();

    /// <summary>The slot of a key: 0 to 16383.</summary>
    public static int Of(ReadOnlySpan<byte> key) => Crc16(Tag(key)) & (Count - 1);

    /// <summary>The slot of a key: 0 to 16383.</summary>
    public static int OfKey(RedisValue key)
    {
        var size = key.GetByteCount();
        if (size > ShortKey) return Of(((ReadOnlyMemory<byte>)key).Span);
        Span<byte> bytes = stackalloc byte[ShortKey];
        key.CopyTo(bytes);
        return Of(bytes[..size]);
    }

    /// <summary>The slot of a command's first key; null where it has none, or the table does not know its keys.</summary>
    public static int? Of(RedisCommand command) => Of(command, CommandTable.Find(command));

    /// <summary>The same for a command that has been looked up.</summary>
    public static int? Of(RedisCommand command, CommandProfile? profile) =>
        profile is not null && profile.TryGetFirstKey(command.ArgumentArray, out var key) ? OfKey(key) : null;

    /// <summary>Whether keys have the same slot, or there are none.</summary>
    public static bool AreInOne(IReadOnlyList<RedisValue> keys)
    {
        if (keys.Count < 2) return true;
        var slot = OfKey(keys[0]);
        for (var i = 1; i < keys.Count; i++)
        {
            if (OfKey(keys[i]) != slot) return false;
        }

        return true;
    }

    /// <summary>The text between the first <c>{</c> and the next <c>}</c>; the whole key when there is none.</summary>
    private static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open < 0) return key;

        var length = key[(open + 1)..].IndexOf((byte)'}');
        return length > 0 ? key.Slice(open + 1, length) : key;
    }

    private static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0;
        foreach (var next in bytes) crc = (ushort)((crc << 8) ^ Table[(crc >> 8) ^ next]);
        return crc;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = i << 8;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            table[i] = (ushort)crc;
        }

        return table;
    }
}
