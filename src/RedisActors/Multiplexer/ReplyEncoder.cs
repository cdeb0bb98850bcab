using System.Buffers;
using System.Buffers.Text;
using System.Text;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>Writes replies as a server does, in RESP2 or RESP3.</summary>
internal static class ReplyEncoder
{
    private const int LongestHeader = 32;

    /// <summary>Writes a reply.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="value">The reply.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="itemsNullIsArray">Of what an array holds, one by one, whether a null stands for an array; empty: of none.</param>
    public static void Write(ArrayBufferWriter<byte> to, in RespValue value, ReplyForm form, ReadOnlySpan<bool> itemsNullIsArray) =>
        Write(to, value, form.IsResp3, form.NullIsArray, itemsNullIsArray, form.Shape);

    private static void Write(
        ArrayBufferWriter<byte> to, in RespValue value, bool resp3, bool nullIsArray = false, ReadOnlySpan<bool> itemsNullIsArray = default,
        RespShape? shape = null)
    {
        if (shape is not null && TryWriteShaped(to, value, shape)) return;
        switch (value.Kind)
        {
            case RespKind.Integer:
                WriteHeader(to, (byte)':', value.AsInt64());
                break;
            case RespKind.BulkString:
                WriteBulk(to, value.AsRedisValue());
                break;
            case RespKind.SimpleString:
                WriteLine(to, (byte)'+', value.AsString()!);
                break;
            case RespKind.Error:
                WriteLine(to, (byte)'-', value.AsString()!);
                break;
            case RespKind.Array:
                WriteArray(to, (byte)'*', value, resp3, itemsNullIsArray);
                break;
            default:
                to.Write(resp3 ? "_\r\n"u8 : nullIsArray ? "*-1\r\n"u8 : "$-1\r\n"u8);
                break;
        }
    }

    /// <summary>Writes what the client did not ask for, or did by subscribing; in RESP3 that is a type of its own. An error stays one.</summary>
    public static void WritePush(ArrayBufferWriter<byte> to, in RespValue frame, bool resp3)
    {
        if (frame.Kind == RespKind.Array) WriteArray(to, resp3 ? (byte)'>' : (byte)'*', frame, resp3);
        else Write(to, frame, resp3);
    }

    /// <summary>False: the value is none of this shape, and is written as it is.</summary>
    private static bool TryWriteShaped(ArrayBufferWriter<byte> to, in RespValue value, RespShape shape)
    {
        if (value.Kind == RespKind.BulkString)
        {
            var bytes = value.AsMemory().Span;
            switch (shape.Kind)
            {
                case RespShapeKind.Double:
                    to.Write(","u8);
                    to.Write(bytes);
                    break;
                case RespShapeKind.Verbatim:
                    WriteHeader(to, (byte)'=', bytes.Length + "txt:".Length);
                    to.Write("txt:"u8);
                    to.Write(bytes);
                    break;
                default:
                    return false;
            }

            to.Write("\r\n"u8);
            return true;
        }

        if (value.Kind != RespKind.Array) return false;
        var items = value.AsArray().AsSpan();
        switch (shape.Kind)
        {
            case RespShapeKind.ArrayOrEmptySet when items.Length == 0:
                WriteHeader(to, (byte)'~', 0);
                return true;
            case RespShapeKind.Array or RespShapeKind.ArrayOrEmptySet:
                WriteHeader(to, (byte)'*', items.Length);
                for (var i = 0; i < items.Length; i++) Write(to, items[i], resp3: true, shape: shape.ItemAt(i));
                return true;
            case RespShapeKind.Set:
                WriteHeader(to, (byte)'~', items.Length);
                for (var i = 0; i < items.Length; i++) Write(to, items[i], resp3: true, shape: shape.ItemAt(i));
                return true;
            case RespShapeKind.Map when items.Length % 2 == 0:
                WriteHeader(to, (byte)'%', items.Length / 2);
                WritePairs(to, items, shape, header: false);
                return true;
            case RespShapeKind.Pairs when items.Length % 2 == 0:
                WriteHeader(to, (byte)'*', items.Length / 2);
                WritePairs(to, items, shape, header: true);
                return true;
            case RespShapeKind.MapOfPairs:
                foreach (ref readonly var item in items)
                {
                    if (item.Kind != RespKind.Array || item.AsArray().Length != 2) return false;
                }

                WriteHeader(to, (byte)'%', items.Length);
                foreach (ref readonly var item in items) WritePairs(to, item.AsArray().AsSpan(), shape, header: false);
                return true;
            default:
                return false;
        }
    }

    private static void WritePairs(ArrayBufferWriter<byte> to, ReadOnlySpan<RespValue> items, RespShape shape, bool header)
    {
        for (var i = 0; i < items.Length; i += 2)
        {
            if (header) WriteHeader(to, (byte)'*', 2);
            Write(to, items[i], resp3: true);
            Write(to, items[i + 1], resp3: true, shape: shape.ValueOf(items[i]));
        }
    }

    private static void WriteArray(ArrayBufferWriter<byte> to, byte type, in RespValue value, bool resp3, ReadOnlySpan<bool> nullIsArray = default)
    {
        var items = value.AsArray();
        WriteHeader(to, type, items.Length);
        for (var i = 0; i < items.Length; i++) Write(to, items[i], resp3, i < nullIsArray.Length && nullIsArray[i]);
    }

    /// <summary>Without bytes in between: a short value has none of its own.</summary>
    private static void WriteBulk(ArrayBufferWriter<byte> to, RedisValue value)
    {
        var length = value.GetByteCount();
        WriteHeader(to, (byte)'$', length);
        var span = to.GetSpan(length + 2);
        value.CopyTo(span);
        span[length] = (byte)'\r';
        span[length + 1] = (byte)'\n';
        to.Advance(length + 2);
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
