using System.Runtime.Serialization;
using Google.Protobuf;

namespace RedisActors.Wire;

/// <summary>A server's answer.</summary>
internal static class ValueForm
{
    /// <summary>Google.Protobuf reads at most a hundred nested messages, and the reply or failure around the value is some of them.</summary>
    private const int MaxDepth = 80;

    public static Form.Value ToWire(RespValue value) => ToWire(value, depth: 1);

    public static RespValue FromWire(Form.Value? wire) => wire?.Kind switch
    {
        null or Form.ValueKind.ValueNull => RespValue.Null,
        Form.ValueKind.ValueInteger => RespValue.Integer(wire.Integer),
        Form.ValueKind.ValueBulkString => RespValue.BulkString(wire.Text.ToByteArray()),
        Form.ValueKind.ValueSimpleString => RespValue.SimpleString(wire.Text.ToStringUtf8()),
        Form.ValueKind.ValueError => RespValue.Error(wire.Text.ToStringUtf8()),
        Form.ValueKind.ValueArray => RespValue.ArrayOf([.. wire.Items.Select(FromWire)]),
        _ => throw new SerializationException($"it holds a value of a kind ({wire.Kind:D}) that this version does not know"),
    };

    private static Form.Value ToWire(RespValue value, int depth) => value.Kind switch
    {
        RespKind.Null => new() { Kind = Form.ValueKind.ValueNull },
        RespKind.Integer => new() { Kind = Form.ValueKind.ValueInteger, Integer = value.AsInt64() },
        RespKind.BulkString => OfText(Form.ValueKind.ValueBulkString, value),
        RespKind.SimpleString => OfText(Form.ValueKind.ValueSimpleString, value),
        RespKind.Error => OfText(Form.ValueKind.ValueError, value),
        RespKind.Array => OfItems(value, depth),
        _ => throw new SerializationException($"there is no kind of value {value.Kind}"),
    };

    private static Form.Value OfText(Form.ValueKind kind, RespValue value) =>
        new() { Kind = kind, Text = UnsafeByteOperations.UnsafeWrap(value.AsMemory()) };

    private static Form.Value OfItems(RespValue value, int depth)
    {
        if (depth > MaxDepth) throw new SerializationException($"it holds lists within lists, more than {MaxDepth} deep");
        var wire = new Form.Value { Kind = Form.ValueKind.ValueArray };
        foreach (var item in value.AsArray()) wire.Items.Add(ToWire(item, depth + 1));
        return wire;
    }
}
