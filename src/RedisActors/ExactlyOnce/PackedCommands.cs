using System.Buffers.Binary;
using System.Text;
using StackExchange.Redis;

namespace RedisActors.ExactlyOnce;

/// <summary>
/// Several commands as one argument of the script, which the server's Lua reads with <c>cmsgpack.unpack</c>: one array, in which the number
/// of its words stands before each command. The client has one argument to write instead of hundreds, and the server one to read; with an
/// array for each command, a group would take the server a sixth longer.
/// https://github.com/msgpack/msgpack/blob/master/spec.md
/// </summary>
internal static class PackedCommands
{
    private const byte Array32 = 0xdd;
    private const byte Integer32 = 0xce;
    private const byte String32 = 0xdb;
    private const byte String16 = 0xda;
    private const byte FixedString = 0xa0;
    private const int LargestFixedInteger = 127;
    private const int LargestFixedString = 31;
    private const int LengthOfArrayHead = 5;

    // The server's Lua looks at each byte of each string that it is given: what is packed it gets twice.
    private const int LongestPacked = 1_000;

    /// <summary>Packs them. Null is a command of no words.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="tokens">Where given, two words stand before the name of each: the digest and the time of its token.</param>
    /// <param name="apart">
    /// Where given, what is too long to be packed is added to it: its place in the array, from 1, and the argument itself. In its place there
    /// is an empty string.
    /// </param>
    public static byte[] Pack(IReadOnlyList<RedisCommand?> commands, List<RedisValue>? apart = null, IReadOnlyList<OwnToken>? tokens = null)
    {
        var (items, length) = (0, LengthOfArrayHead);
        for (var i = 0; i < commands.Count; i++) Measure(commands[i], tokens?[i], apart, ref items, ref length);

        var packed = new byte[length];
        var rest = packed.AsSpan();
        Begin(ref rest, Array32, items);
        for (var i = 0; i < commands.Count; i++) Append(ref rest, commands[i], tokens?[i], hasApart: apart is not null);
        return packed;
    }

    private static int WordsOf(RedisCommand? command, OwnToken? token) =>
        command is null ? 0 : command.ArgumentArray.Length + (token is null ? 1 : 3);

    private static void Measure(RedisCommand? command, OwnToken? token, List<RedisValue>? apart, ref int items, ref int length)
    {
        items++;
        length += WordsOf(command, token) <= LargestFixedInteger ? 1 : 5;
        if (command is null) return;
        if (token is { } own)
        {
            items += 2;
            length += LengthOfString(own.Digest.GetByteCount()) + LengthOfString(own.Latest.GetByteCount());
        }

        items++;
        length += LengthOfString(Encoding.UTF8.GetByteCount(command.Name));
        foreach (var argument in command.ArgumentArray)
        {
            items++;
            var bytes = argument.GetByteCount();
            if (apart is not null && bytes > LongestPacked)
            {
                apart.Add(items);
                apart.Add(argument);
                bytes = 0;
            }

            length += LengthOfString(bytes);
        }
    }

    private static void Append(ref Span<byte> rest, RedisCommand? command, OwnToken? token, bool hasApart)
    {
        AppendInteger(ref rest, WordsOf(command, token));
        if (command is null) return;
        if (token is { } own)
        {
            AppendString(ref rest, own.Digest);
            AppendString(ref rest, own.Latest);
        }

        BeginString(ref rest, Encoding.UTF8.GetByteCount(command.Name));
        rest = rest[Encoding.UTF8.GetBytes(command.Name, rest)..];
        foreach (var argument in command.ArgumentArray)
        {
            AppendString(ref rest, hasApart && argument.GetByteCount() > LongestPacked ? RedisValue.EmptyString : argument);
        }
    }

    private static void AppendString(ref Span<byte> rest, RedisValue text)
    {
        var bytes = text.GetByteCount();
        BeginString(ref rest, bytes);
        if (bytes > 0) rest = rest[text.CopyTo(rest)..];
    }

    private static void AppendInteger(ref Span<byte> rest, int number)
    {
        if (number > LargestFixedInteger)
        {
            Begin(ref rest, Integer32, number);
            return;
        }

        rest[0] = (byte)number;
        rest = rest[1..];
    }

    private static int LengthOfString(int bytes) => bytes + (bytes <= LargestFixedString ? 1 : bytes <= ushort.MaxValue ? 3 : 5);

    private static void BeginString(ref Span<byte> rest, int bytes)
    {
        if (bytes > ushort.MaxValue)
        {
            Begin(ref rest, String32, bytes);
        }
        else if (bytes > LargestFixedString)
        {
            rest[0] = String16;
            BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)bytes);
            rest = rest[3..];
        }
        else
        {
            rest[0] = (byte)(FixedString | bytes);
            rest = rest[1..];
        }
    }

    /// <summary>A type, and a number of 32 bits.</summary>
    private static void Begin(ref Span<byte> rest, byte type, int number)
    {
        rest[0] = type;
        BinaryPrimitives.WriteUInt32BigEndian(rest[1..], (uint)number);
        rest = rest[5..];
    }
}
