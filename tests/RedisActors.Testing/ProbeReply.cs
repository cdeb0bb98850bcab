using System.Globalization;
using System.Text;

namespace RedisActors.Testing;

/// <summary>What a <see cref="ProbeReply"/> holds, in the terms of the Redis serialization protocol, version 2 (RESP2).</summary>
public enum ProbeReplyKind
{
    Null,
    Status,
    Error,
    Integer,
    Bulk,
    Array,
}

/// <summary>One reply of a server to a <see cref="RedisProbe"/>.</summary>
public sealed class ProbeReply
{
    private readonly byte[] _bytes;
    private readonly long _integer;

    private ProbeReply(ProbeReplyKind kind, byte[] bytes, long integer, IReadOnlyList<ProbeReply> items)
    {
        Kind = kind;
        _bytes = bytes;
        _integer = integer;
        Items = items;
    }

    public static ProbeReply Null { get; } = new(ProbeReplyKind.Null, [], 0, []);

    public ProbeReplyKind Kind { get; }

    /// <summary>The items of an array; empty for everything else.</summary>
    public IReadOnlyList<ProbeReply> Items { get; }

    public bool IsNull => Kind == ProbeReplyKind.Null;

    public bool IsError => Kind == ProbeReplyKind.Error;

    /// <summary>The bytes of a bulk string, a status or an error.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The text of a bulk string, a status, an error or an integer, read as UTF-8; empty for a null.</summary>
    public string Text => Kind == ProbeReplyKind.Integer
        ? _integer.ToString(CultureInfo.InvariantCulture)
        : Encoding.UTF8.GetString(_bytes);

    /// <summary>An integer, or a string of digits as an integer; null is 0, like a counter that was never incremented.</summary>
    public long AsInt64() => Kind switch
    {
        ProbeReplyKind.Integer => _integer,
        ProbeReplyKind.Null => 0,
        _ => long.Parse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
    };

    /// <summary>An array of alternating names and values, by name.</summary>
    public IReadOnlyDictionary<string, string> AsPairs() =>
        Items.Chunk(2).ToDictionary(pair => pair[0].Text, pair => pair[1].Text);

    /// <summary>The reply itself, unless it is an error.</summary>
    /// <exception cref="InvalidOperationException">The server answered with an error; the message quotes it.</exception>
    public ProbeReply OrThrow() => IsError ? throw new InvalidOperationException($"The server answered: {Text}") : this;

    public override string ToString() => Kind switch
    {
        ProbeReplyKind.Null => "(nil)",
        ProbeReplyKind.Array => $"[{string.Join(", ", Items)}]",
        _ => Text,
    };

    internal static ProbeReply Status(byte[] bytes) => new(ProbeReplyKind.Status, bytes, 0, []);

    internal static ProbeReply Error(byte[] bytes) => new(ProbeReplyKind.Error, bytes, 0, []);

    internal static ProbeReply Bulk(byte[] bytes) => new(ProbeReplyKind.Bulk, bytes, 0, []);

    internal static ProbeReply Integer(long value) => new(ProbeReplyKind.Integer, [], value, []);

    internal static ProbeReply Array(IReadOnlyList<ProbeReply> items) => new(ProbeReplyKind.Array, [], 0, items);
}
