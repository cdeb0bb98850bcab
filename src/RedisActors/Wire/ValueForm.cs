using System.Runtime.Serialization;
using System.Text;
using Google.Protobuf;

namespace RedisActors.Wire;

/// <summary>A server's answer.</summary>
internal static class ValueForm
{
    /// <summary>Google.Protobuf reads at most a hundred nested messages, and the reply or failure around the value is some of them.</summary>
    private const int MaxDepth = 80;

    private static readonly RespValue Ok = RespValue.SimpleString("OK");

    /// <summary>The same as <see cref="ToWire(RespValue)"/>, written straight into a form that holds it.</summary>
    public static void Write(FormWriter writer, int field, RespValue value)
    {
        if (value.Kind == RespKind.Array)
        {
            writer.Message(field, ToWire(value));
            return;
        }

        var scalar = value.AsRedisValue();
        var size = value.Kind is RespKind.Null or RespKind.Integer ? 0 : scalar.GetByteCount();
        var start = writer.Begin(field, size + 6);
        writer.Number(1, (int)KindOf(value));
        if (value.Kind == RespKind.Integer) writer.Signed(2, value.AsInt64());
        if (size > 0) writer.Bytes(3, scalar);
        writer.End(start);
    }

    /// <summary>The same as <see cref="FromWire(Form.Value)"/>, from a form that holds it.</summary>
    public static RespValue Read(FormReader wire)
    {
        var (whole, kind, integer, text) = (wire, Form.ValueKind.ValueNull, 0L, ReadOnlyMemory<byte>.Empty);
        while (wire.Next())
        {
            switch (wire.Tag)
            {
                case (1, FormReader.Varint):
                    kind = (Form.ValueKind)wire.Number();
                    break;
                case (2, FormReader.Varint):
                    integer = wire.Signed();
                    break;
                case (3, FormReader.Content):
                    text = wire.Bytes();
                    break;
                case (4, _):
                    return FromWire(Form.Value.Parser.ParseFrom(whole.Rest));
                default:
                    wire.Skip();
                    break;
            }
        }

        return FromWire(kind, integer, text);
    }

    public static Form.Value ToWire(RespValue value) => ToWire(value, depth: 1);

    public static RespValue FromWire(Form.Value? wire) => wire switch
    {
        null => RespValue.Null,
        { Kind: Form.ValueKind.ValueArray } => RespValue.ArrayOf([.. wire.Items.Select(FromWire)]),
        _ => FromWire(wire.Kind, wire.Integer, wire.Text.Memory),
    };

    /// <summary>Whoever has the value may keep it for long: it does not keep the message that it came with.</summary>
    private static RespValue FromWire(Form.ValueKind kind, long integer, ReadOnlyMemory<byte> text) => kind switch
    {
        Form.ValueKind.ValueNull => RespValue.Null,
        Form.ValueKind.ValueInteger => RespValue.Integer(integer),
        Form.ValueKind.ValueBulkString => RespValue.BulkString(Copy(text.Span)),
        Form.ValueKind.ValueSimpleString => text.Span.SequenceEqual("OK"u8) ? Ok : RespValue.SimpleString(Encoding.UTF8.GetString(text.Span)),
        Form.ValueKind.ValueError => RespValue.Error(Encoding.UTF8.GetString(text.Span)),
        Form.ValueKind.ValueArray => RespValue.Array(),
        _ => throw new SerializationException($"it holds a value of a kind ({kind:D}) that this version does not know"),
    };

    private static byte[] Copy(ReadOnlySpan<byte> text)
    {
        var copy = GC.AllocateUninitializedArray<byte>(text.Length);
        text.CopyTo(copy);
        return copy;
    }

    private static Form.ValueKind KindOf(RespValue value) => value.Kind switch
    {
        RespKind.Null => Form.ValueKind.ValueNull,
        RespKind.Integer => Form.ValueKind.ValueInteger,
        RespKind.BulkString => Form.ValueKind.ValueBulkString,
        RespKind.SimpleString => Form.ValueKind.ValueSimpleString,
        RespKind.Error => Form.ValueKind.ValueError,
        RespKind.Array => Form.ValueKind.ValueArray,
        _ => throw new SerializationException($"there is no kind of value {value.Kind}"),
    };

    private static Form.Value ToWire(RespValue value, int depth) => value.Kind switch
    {
        RespKind.Null => new() { Kind = KindOf(value) },
        RespKind.Integer => new() { Kind = KindOf(value), Integer = value.AsInt64() },
        RespKind.Array => OfItems(value, depth),
        _ => new() { Kind = KindOf(value), Text = UnsafeByteOperations.UnsafeWrap(value.AsMemory()) },
    };

    private static Form.Value OfItems(RespValue value, int depth)
    {
        if (depth > MaxDepth) throw new SerializationException($"it holds lists within lists, more than {MaxDepth} deep");
        var wire = new Form.Value { Kind = Form.ValueKind.ValueArray };
        foreach (var item in value.AsArray()) wire.Items.Add(ToWire(item, depth + 1));
        return wire;
    }
}
