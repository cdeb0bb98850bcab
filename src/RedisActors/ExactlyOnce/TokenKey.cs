using System.Text;
using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.ExactlyOnce;

/// <summary>
/// Where a token is kept: <c>redisactors:{tag}:token</c>, with a short tag that hashes to the slot of the command's key. So the
/// token is on the same node, and a script may touch both, whatever the command's key looks like. The setting
/// <c>exactly-once.key-prefix</c> says what precedes the tag; it has no braces, or they would be taken for the tag's.
/// </summary>
internal static class TokenKey
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A tag per slot: up to four characters, the first in the lowest byte, unused ones 0.</summary>
    private static readonly Lazy<uint[]> Tags = new(MakeTags);

    /// <summary>What precedes the tag if the settings name nothing else.</summary>
    public static ReadOnlySpan<byte> UsualPrefix => "redisactors:"u8;

    private static ReadOnlySpan<byte> Opening => "{"u8;

    private static ReadOnlySpan<byte> Separator => "}:"u8;

    /// <summary>The key under which a token is kept for a command on a key.</summary>
    public static RedisValue For(RedisValue key, string token) => For(key, token, UsualPrefix);

    /// <summary>The same with another prefix.</summary>
    public static RedisValue For(RedisValue key, string token, ReadOnlySpan<byte> prefix) => InSlot(HashSlot.OfKey(key), token, prefix);

    /// <summary>The key under which a token is kept in a slot.</summary>
    public static RedisValue InSlot(int slot, string token) => InSlot(slot, token, UsualPrefix);

    private static RedisValue InSlot(int slot, string token, ReadOnlySpan<byte> prefix)
    {
        var tag = Tags.Value[slot];
        var tagLength = LengthOf(tag);
        var bytes = new byte[prefix.Length + Opening.Length + tagLength + Separator.Length + Encoding.UTF8.GetByteCount(token)];
        prefix.CopyTo(bytes);
        Opening.CopyTo(bytes.AsSpan(prefix.Length));
        var next = prefix.Length + Opening.Length;
        for (; tag != 0; tag >>= 8) bytes[next++] = (byte)tag;
        Separator.CopyTo(bytes.AsSpan(next));
        Encoding.UTF8.GetBytes(token, bytes.AsSpan(next + Separator.Length));
        return bytes;
    }

    private static int LengthOf(uint tag) => tag switch
    {
        < 1u << 8 => 1,
        < 1u << 16 => 2,
        < 1u << 24 => 3,
        _ => 4,
    };

    /// <summary>
    /// Tries texts in order of length until every slot has one. CRC16 spreads them evenly, so three characters are enough for all
    /// slots but a few.
    /// </summary>
    private static uint[] MakeTags()
    {
        var tags = new uint[HashSlot.Count];
        var missing = tags.Length;
        Span<byte> text = stackalloc byte[4];
        for (var length = 1; length <= text.Length && missing > 0; length++)
        {
            var combinations = (int)Math.Pow(Digits.Length, length);
            for (var number = 0; number < combinations && missing > 0; number++)
            {
                var tag = 0u;
                for (int i = 0, rest = number; i < length; i++, rest /= Digits.Length)
                {
                    text[i] = (byte)Digits[rest % Digits.Length];
                    tag |= (uint)text[i] << (8 * i);
                }

                ref var known = ref tags[HashSlot.Of(text[..length])];
                if (known != 0) continue;

                known = tag;
                missing--;
            }
        }

        return tags;
    }
}
