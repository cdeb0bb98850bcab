using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RedisActors.Subscriptions;

/// <summary>
/// A hash of 64 bits by which a payload is known again: two of a million payloads have the same once in 10^7 such millions. It differs from
/// process to process, so that nobody can make payloads that have the same.
/// </summary>
internal static class PayloadHash
{
    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private static readonly ulong Key = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Key);
            bytes = bytes[8..];
        }

        ulong rest = 0;
        for (var i = 0; i < bytes.Length; i++) rest |= (ulong)bytes[i] << (8 * i);
        return Mix(Mix(hash ^ rest, Key), Seed | 1);
    }

    private static ulong Mix(ulong value, ulong key)
    {
        var high = Math.BigMul(value, key, out var low);
        return high ^ low ^ value;
    }
}
