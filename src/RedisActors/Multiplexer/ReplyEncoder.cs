using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace RedisActors.Multiplexer;

/// <summary>Writes replies as a server does, in RESP2 or RESP3.</summary>
internal static class ReplyEncoder
{
    private const int LongestHeader = 32;

    /// <summary>Writes a reply.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="value">The reply.</param>
    /// <param name="resp3">Whether the client asked for RESP3.</param>
    /// <param name="nullIsArray">Whether a null stands for an array that is not there; RESP2 tells the two apart.</param>
    public static void Write(ArrayBufferWriter<byte> to, in RespValue value, bool resp3, bool nullIsArray = false)
    {
        switch (value.Kind)
        {
            case RespKind.Integer:
                WriteHeader(to, (byte)':', value.AsInt64());
                break;
            case RespKind.BulkString:
                var bytes = value.AsMemory().Span;
                WriteHeader(to, (byte)'$', bytes.Length);
                to.Write(bytes);
                to.Write("\r\n"u8);
                break;
            case RespKind.SimpleString:
                WriteLine(to, (byte)'+', value.AsString()!);
                break;
            case RespKind.Error:
                WriteLine(to, (byte)'-', value.AsString()!);
                break;
            case RespKind.Array:
                WriteArray(to, (byte)'*', value, resp3);
                break;
            default:
                to.Write(resp3 ? "_\r\n"u8 : nullIsArray ? "*-1\r\n"u8 : "$-1\r\n"u8);
                break;
        }
    }

    /// <summary>Writes what the client did not ask for, or did by subscribing; in RESP3 that is a type of its own.</summary>
    public static void WritePush(ArrayBufferWriter<byte> to, in RespValue frame, bool resp3)
    {
        if (frame.Kind == RespKind.Array) WriteArray(to, resp3 ? (byte)'>' : (byte)'*', frame, resp3);
        else Write(to, frame, resp3);
    }

    private static void WriteArray(ArrayBufferWriter<byte> to, byte type, in RespValue value, bool resp3)
    {
        var items = value.AsArray();
        WriteHeader(to, type, items.Length);
        foreach (var item in items) Write(to, item, resp3);
    }

    private static void WriteHeader(ArrayBufferWriter<byte> to, byte type, long number)
    {
        var span = to.GetSpan(LongestHeader);
        span[0] = type;
        Utf8Formatter.TryFormat(number, span[1..], out var length);
        span[length + 1] = (byte)'\r';
        span[length + 2] = (byte)'\n';
        to.Advance(length + 3);
    }

    /// <summary>A line ends where it ends: what would end it earlier becomes a space.</summary>
    private static void WriteLine(ArrayBufferWriter<byte> to, byte type, string text)
    {
        var span = to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length) + 3);
        span[0] = type;
        var length = Encoding.UTF8.GetBytes(text, span[1..]);
        span.Slice(1, length).Replace((byte)'\r', (byte)' ');
        span.Slice(1, length).Replace((byte)'\n', (byte)' ');
        span[length + 1] = (byte)'\r';
        span[length + 2] = (byte)'\n';
        to.Advance(length + 3);
    }
}
