using System.Buffers.Text;
using System.Text;

using RedisActors.CommandMetadata;

namespace RedisActors.ExactlyOnce;

/// <summary>
/// Reads one reply that is written as RESP2 text (https://redis.io/docs/latest/develop/reference/protocol-spec/), as
/// <see cref="ExactlyOnceScript"/> stores it. Its <c>,</c>, a number known only approximately, becomes a string of bytes: an
/// integer that might be a neighbour of the right one must not look like one.
/// </summary>
internal static class RespText
{
    /// <summary>How deep arrays may lie in one another; Redis itself goes no deeper than four or so.</summary>
    private const int MaximumDepth = 64;

    /// <summary>The shortest value is a status without a letter.</summary>
    private const int ShortestValue = 3;

    /// <summary>Reads a text that is exactly one value.</summary>
    /// <exception cref="FormatException">It is not; the message says what is wrong and where.</exception>
    public static RespValue Decode(ReadOnlySpan<byte> text)
    {
        var position = 0;
        var value = Read(text, ref position, 0);
        return position == text.Length ? value : throw Malformed("more follows the value", position);
    }

    private static RespValue Read(ReadOnlySpan<byte> text, ref int position, int depth)
    {
        if (position >= text.Length) throw Malformed("a value is missing", position);

        var start = position;
        var line = ReadLine(text, ref position);
        switch (line[0])
        {
            case (byte)':':
                return RespValue.Integer(ReadInteger(line[1..], start));
            case (byte)'$':
                return ReadBulk(text, ref position, ReadInteger(line[1..], start), start);
            case (byte)'+':
                return RespValue.SimpleString(Encoding.UTF8.GetString(line[1..]));
            case (byte)'-':
                return RespValue.Error(Encoding.UTF8.GetString(line[1..]));
            case (byte)'*':
                return ReadArray(text, ref position, ReadInteger(line[1..], start), start, depth);
            case (byte)',':
                return RespValue.BulkString(line[1..].ToArray());
            default:
                throw Malformed($"a value begins with byte 0x{line[0]:x2}", start);
        }
    }

    private static RespValue ReadBulk(ReadOnlySpan<byte> text, ref int position, long length, int start)
    {
        if (length == -1) return RespValue.Null;
        if (length < 0 || length > text.Length - position - 2L) throw Malformed($"a string of {length} bytes does not fit", start);

        var bytes = text.Slice(position, (int)length);
        position += (int)length;
        if (text[position] != '\r' || text[position + 1] != '\n') throw Malformed("a string is not ended by CR LF", position);

        position += 2;
        return RespValue.BulkString(bytes.ToArray());
    }

    private static RespValue ReadArray(ReadOnlySpan<byte> text, ref int position, long count, int start, int depth)
    {
        if (count == -1) return RespValue.Null;
        if (depth == MaximumDepth) throw Malformed($"arrays lie more than {MaximumDepth} deep in one another", start);
        if (count < 0 || count > (text.Length - position) / ShortestValue) throw Malformed($"an array of {count} does not fit", start);

        var items = new RespValue[count];
        for (var i = 0; i < items.Length; i++) items[i] = Read(text, ref position, depth + 1);
        return RespValue.ArrayOf(items);
    }

    /// <summary>A line without its end; never empty, as its first byte tells what it is.</summary>
    private static ReadOnlySpan<byte> ReadLine(ReadOnlySpan<byte> text, ref int position)
    {
        var rest = text[position..];
        var length = rest.IndexOf("\r\n"u8);
        if (length < 1) throw Malformed(length == 0 ? "a line is empty" : "a line is not ended by CR LF", position);

        position += length + 2;
        return rest[..length];
    }

    private static long ReadInteger(ReadOnlySpan<byte> digits, int start) =>
        Utf8Parser.TryParse(digits, out long value, out var used) && used == digits.Length && digits[0] != '+'
            ? value
            : throw Malformed("a number is no 64-bit integer", start);

    private static FormatException Malformed(string what, int position) =>
        new($"Not a reply that the exactly-once script has stored: {what}, at byte {position}.");
}
