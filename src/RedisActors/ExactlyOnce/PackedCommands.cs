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

    /// <summary>Packs them. Null is a command of no words.</summary>
    public static byte[] Pack(IReadOnlyList<RedisCommand?> commands)
    {
        var (items, length) = (0, LengthOfArrayHead);
        for (var i = 0; i < commands.Count; i++)
        {
            items += 1 + WordsOf(commands[i]);
            length += LengthOf(commands[i]);
        }

        var packed = new byte[length];
        var rest = packed.AsSpan();
        Begin(ref rest, Array32, items);
        for (var i = 0; i < commands.Count; i++) Append(ref rest, commands[i]);
        return packed;
    }

    private static int WordsOf(RedisCommand? command) => command is null ? 0 : command.ArgumentArray.Length + 1;

    private static int LengthOf(RedisCommand? command)
    {
        if (command is null) return 1;
        var length = (WordsOf(command) <= LargestFixedInteger ? 1 : 5) + LengthOfString(Encoding.UTF8.GetByteCount(command.Name));
        foreach (var argument in command.ArgumentArray) length += LengthOfString(argument.GetByteCount());
        return length;
    }

    private static void Append(ref Span<byte> rest, RedisCommand? command)
    {
        AppendInteger(ref rest, WordsOf(command));
        if (command is null) return;
        BeginString(ref rest, Encoding.UTF8.GetByteCount(command.Name));
        rest = rest[Encoding.UTF8.GetBytes(command.Name, rest)..];
        foreach (var argument in command.ArgumentArray)
        {
            BeginString(ref rest, argument.GetByteCount());
            rest = rest[argument.CopyTo(rest)..];
        }
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
