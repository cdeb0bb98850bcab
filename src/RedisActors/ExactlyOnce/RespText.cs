using System.Buffers.Text;
using System.Text;

namespace RedisActors.ExactlyOnce;

/// <summary>
/// Reads one reply from RESP2 text (https://redis.io/docs/latest/develop/reference/protocol-spec/), as
/// <see cref="ExactlyOnceScript"/> writes it. Its <c>,</c>, a number that is known only approximately, becomes a string of bytes: it
/// may be off by one, so it must not look like an integer.
/// </summary>
internal static class RespText
{
    /// <summary>How deep arrays may be nested; Redis itself nests four or so.</summary>
    private const int MaximumDepth = 64;

    /// <summary>The shortest value is an empty status.</summary>
    private const int ShortestValue = 3;

    /// <summary>Reads a text that is exactly one value.</summary>
    /// <exception cref="FormatException">It is not one; the message says what is wrong and where.</exception>
    public static RespValue Decode(ReadOnlySpan<byte> text)
    {
        var reader = new Reader(text);
        var value = reader.Read();
        reader.End();
        return value;
    }

    /// <summary>Reads a text value by value. It throws <see cref="FormatException"/>, which says what is wrong and where.</summary>
    public ref struct Reader(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _position;

        public readonly bool IsAtEnd => _position == _text.Length;

        public RespValue Read() => RespText.Read(_text, ref _position, 0);

        /// <summary>Reads the head of an array; its items follow, each a value.</summary>
        public long ReadArrayLength()
        {
            var start = _position;
            if (IsAtEnd || _text[start] != '*') throw Malformed("an array is missing", start);
            return ReadInteger(ReadLine(_text, ref _position)[1..], start);
        }

        public readonly void End()
        {
            if (!IsAtEnd) throw Malformed("more follows the value", _position);
        }
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
        if (text[position] != '\r' || text[position + 1] != '\n') throw Malformed("a string does not end with CR LF", position);

        position += 2;
        return RespValue.BulkString(bytes.ToArray());
    }

    private static RespValue ReadArray(ReadOnlySpan<byte> text, ref int position, long count, int start, int depth)
    {
        if (count == -1) return RespValue.Null;
        if (depth == MaximumDepth) throw Malformed($"arrays are nested more than {MaximumDepth} deep", start);
        if (count < 0 || count > (text.Length - position) / ShortestValue) throw Malformed($"an array of {count} does not fit", start);

        var items = new RespValue[count];
        for (var i = 0; i < items.Length; i++) items[i] = Read(text, ref position, depth + 1);
        return RespValue.ArrayOf(items);
    }

    /// <summary>A line without its end. It is never empty: its first byte tells what it is.</summary>
    private static ReadOnlySpan<byte> ReadLine(ReadOnlySpan<byte> text, ref int position)
    {
        var rest = text[position..];
        var length = rest.IndexOf("\r\n"u8);
        if (length < 1) throw Malformed(length == 0 ? "a line is empty" : "a line does not end with CR LF", position);

        position += length + 2;
        return rest[..length];
    }

    private static long ReadInteger(ReadOnlySpan<byte> digits, int start) =>
        Utf8Parser.TryParse(digits, out long value, out var used) && used == digits.Length && digits[0] != '+'
            ? value
            : throw Malformed("a number is not a 64-bit integer", start);

    private static FormatException Malformed(string what, int position) =>
        new($"This is no reply of the exactly-once script: {what}, at byte {position}.");
}
