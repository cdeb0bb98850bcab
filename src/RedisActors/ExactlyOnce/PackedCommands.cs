using System.Buffers.Binary;
using System.Text;
using StackExchange.Redis;

namespace RedisActors.ExactlyOnce;

/// <summary>
/// Several commands as one argument of the script, which the server's Lua reads with <c>cmsgpack.unpack</c>: an array that has an array
/// of words for each command. The client has one argument to write instead of hundreds, and the server one to read.
/// https://github.com/msgpack/msgpack/blob/master/spec.md
/// </summary>
internal static class PackedCommands
{
    /// <summary>How many commands there can be.</summary>
    public const int Most = ushort.MaxValue;

    private const byte Array16 = 0xdc;
    private const byte FixedArray = 0x90;
    private const byte String32 = 0xdb;
    private const byte String16 = 0xda;
    private const byte FixedString = 0xa0;
    private const int LargestFixedArray = 15;
    private const int LargestFixedString = 31;

    /// <summary>Packs them. Null is an empty array.</summary>
    public static byte[] Pack(IReadOnlyList<RedisCommand?> commands)
    {
        var length = LengthOfArray(commands.Count);
        for (var i = 0; i < commands.Count; i++) length += LengthOf(commands[i]);
        var packed = new byte[length];
        var rest = packed.AsSpan();
        BeginArray(ref rest, commands.Count);
        for (var i = 0; i < commands.Count; i++) Append(ref rest, commands[i]);
        return packed;
    }

    private static int LengthOf(RedisCommand? command)
    {
        if (command is null) return 1;
        var arguments = command.ArgumentArray;
        var length = LengthOfArray(arguments.Length + 1) + LengthOfString(Encoding.UTF8.GetByteCount(command.Name));
        foreach (var argument in arguments) length += LengthOfString(argument.GetByteCount());
        return length;
    }

    private static void Append(ref Span<byte> rest, RedisCommand? command)
    {
        if (command is null)
        {
            BeginArray(ref rest, 0);
            return;
        }

        var arguments = command.ArgumentArray;
        BeginArray(ref rest, arguments.Length + 1);
        BeginString(ref rest, Encoding.UTF8.GetByteCount(command.Name));
        rest = rest[Encoding.UTF8.GetBytes(command.Name, rest)..];
        foreach (var argument in arguments)
        {
            BeginString(ref rest, argument.GetByteCount());
            rest = rest[argument.CopyTo(rest)..];
        }
    }

    private static int LengthOfArray(int count) => count <= LargestFixedArray ? 1 : 3;

    private static void BeginArray(ref Span<byte> rest, int count)
    {
        if (count <= LargestFixedArray)
        {
            rest[0] = (byte)(FixedArray | count);
        }
        else
        {
            rest[0] = Array16;
            BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)count);
        }

        rest = rest[LengthOfArray(count)..];
    }

    private static int LengthOfString(int bytes) => bytes + LengthOfStringHead(bytes);

    private static int LengthOfStringHead(int bytes) => bytes <= LargestFixedString ? 1 : bytes <= ushort.MaxValue ? 3 : 5;

    private static void BeginString(ref Span<byte> rest, int bytes)
    {
        if (bytes <= LargestFixedString)
        {
            rest[0] = (byte)(FixedString | bytes);
        }
        else if (bytes <= ushort.MaxValue)
        {
            rest[0] = String16;
            BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)bytes);
        }
        else
        {
            rest[0] = String32;
            BinaryPrimitives.WriteUInt32BigEndian(rest[1..], (uint)bytes);
        }

        rest = rest[LengthOfStringHead(bytes)..];
    }
}
