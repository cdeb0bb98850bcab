using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace RedisActors.ExactlyOnce;

/// <summary>Reads <see cref="PackedCommands"/> as the script does, for models of a server.</summary>
internal static class PackedReader
{
    /// <summary>The words of each command.</summary>
    /// <param name="packed">A character for each byte.</param>
    /// <param name="apart">The long arguments that stand apart, each behind its place.</param>
    public static List<string[]> Read(string packed, params ReadOnlySpan<string> apart)
    {
        var bytes = Encoding.Latin1.GetBytes(packed).AsSpan();
        var left = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        var rest = bytes[5..];
        var commands = new List<string[]>();
        var place = 0;
        while (left > 0)
        {
            var words = new string[ReadInteger(ref rest)];
            place++;
            for (var i = 0; i < words.Length; i++)
            {
                words[i] = ReadString(ref rest);
                place++;
                if (apart.IsEmpty || int.Parse(apart[0], CultureInfo.InvariantCulture) != place) continue;
                words[i] = apart[1];
                apart = apart[2..];
            }

            left -= (uint)words.Length + 1;
            commands.Add(words);
        }

        return commands;
    }

    private static int ReadInteger(ref Span<byte> rest)
    {
        var isLong = rest[0] == 0xce;
        var value = isLong ? (int)BinaryPrimitives.ReadUInt32BigEndian(rest[1..]) : rest[0];
        rest = rest[(isLong ? 5 : 1)..];
        return value;
    }

    private static string ReadString(ref Span<byte> rest)
    {
        var (head, length) = rest[0] switch
        {
            0xdb => (5, (int)BinaryPrimitives.ReadUInt32BigEndian(rest[1..])),
            0xda => (3, BinaryPrimitives.ReadUInt16BigEndian(rest[1..])),
            var fixedLength => (1, fixedLength & 0x1f),
        };
        var text = Encoding.Latin1.GetString(rest.Slice(head, length));
        rest = rest[(head + length)..];
        return text;
    }
}
