using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>What a <see cref="RespValue"/> holds, in the words of the Redis serialization protocol.</summary>
public enum RespKind : byte
{
    /// <summary>No value: a missing key, a condition that was not met.</summary>
    Null,

    /// <summary>A signed 64-bit integer.</summary>
    Integer,

    /// <summary>
    /// A string of bytes. StackExchange.Redis 1.x does not tell a status such as <c>OK</c> from a string of bytes, so with it
    /// a status is of this kind too.
    /// </summary>
    BulkString,

    /// <summary>A status, such as <c>OK</c>.</summary>
    SimpleString,

    /// <summary>
    /// An error inside an array; or, as a whole reply, that the command ran and the client could not read what the server replied.
    /// (An error of the server that is the whole answer ends the command as <see cref="Outcome.Rejected"/>.)
    /// </summary>
    Error,

    /// <summary>A list of values; also what a RESP3 map or set is flattened to.</summary>
    Array,
}

/// <summary>One value of a server's answer. The default value is null.</summary>
public readonly struct RespValue : IEquatable<RespValue>
{
    private readonly RedisValue _scalar;

    /// <summary>The items of an array; of anything else, which kind it is. So a value is a reference larger than its scalar, not two.</summary>
    private readonly object? _itemsOrKind;

    private RespValue(ScalarKind kind, RedisValue scalar)
    {
        _itemsOrKind = kind;
        _scalar = scalar;
    }

    private RespValue(RespValue[] items)
    {
        _itemsOrKind = items;
    }

    /// <summary>What this is.</summary>
    public RespKind Kind => _itemsOrKind switch
    {
        ScalarKind scalar => scalar.Kind,
        null => RespKind.Null,
        _ => RespKind.Array,
    };

    /// <summary>Whether the server answered with no value.</summary>
    public bool IsNull => Kind == RespKind.Null;

    /// <summary>The value of a null.</summary>
    public static RespValue Null => default;

    /// <summary>Makes an integer.</summary>
    public static RespValue Integer(long value) => new(ScalarKind.Integer, value);

    /// <summary>Makes a string of bytes, or a null of a null.</summary>
    public static RespValue BulkString(RedisValue value) => value.IsNull ? Null : new(ScalarKind.BulkString, value);

    /// <summary>Makes a status.</summary>
    public static RespValue SimpleString(string value) => new(ScalarKind.SimpleString, value);

    internal static RespValue SimpleString(RedisValue value) => new(ScalarKind.SimpleString, value);

    /// <summary>Makes an error.</summary>
    public static RespValue Error(string message) => new(ScalarKind.Error, message);

    /// <summary>Makes a list.</summary>
    public static RespValue Array(params ReadOnlySpan<RespValue> items) => new(items.ToArray());

    internal static RespValue ArrayOf(RespValue[] items) => new(items);

    /// <summary>The value as StackExchange.Redis has it: null, a number or bytes.</summary>
    /// <exception cref="InvalidOperationException">This is an array.</exception>
    public RedisValue AsRedisValue() => Kind == RespKind.Array ? throw NotA("single value") : _scalar;

    /// <summary>The value as text, read as UTF-8; <see langword="null"/> for a null.</summary>
    /// <exception cref="InvalidOperationException">This is an array.</exception>
    public string? AsString() => Kind == RespKind.Array ? throw NotA("string") : (string?)_scalar;

    /// <summary>The value as an integer; a string of digits is read as one.</summary>
    /// <exception cref="InvalidOperationException">This is not an integer, nor the digits of one.</exception>
    public long AsInt64() => Kind switch
    {
        RespKind.Integer => (long)_scalar,
        RespKind.BulkString when long.TryParse(
            (string?)_scalar, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw NotA("integer"),
    };

    /// <summary>The items of an array; a null is an empty one.</summary>
    /// <exception cref="InvalidOperationException">This is not an array.</exception>
    public ImmutableArray<RespValue> AsArray() => Kind switch
    {
        RespKind.Array => ImmutableCollectionsMarshal.AsImmutableArray(Items),
        RespKind.Null => [],
        _ => throw NotA("array"),
    };

    /// <inheritdoc/>
    public bool Equals(RespValue other) =>
        Kind == other.Kind
        && (Kind == RespKind.Array ? Items.AsSpan().SequenceEqual(other.Items) : _scalar == other._scalar);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RespValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Kind == RespKind.Array ? Items.Length : _scalar.GetHashCode());

    /// <summary>Whether two values are of the same kind and content.</summary>
    public static bool operator ==(RespValue left, RespValue right) => left.Equals(right);

    /// <summary>Whether two values differ in kind or content.</summary>
    public static bool operator !=(RespValue left, RespValue right) => !left.Equals(right);

    /// <summary>The value as redis-cli would show it: <c>(nil)</c>, <c>(integer) 5</c>, <c>"text"</c>, <c>[1, 2]</c>.</summary>
    public override string ToString() => Kind switch
    {
        RespKind.Null => "(nil)",
        RespKind.Integer => $"(integer) {(long)_scalar}",
        RespKind.BulkString => $"\"{(string?)_scalar}\"",
        RespKind.SimpleString => (string?)_scalar ?? string.Empty,
        RespKind.Error => $"(error) {(string?)_scalar}",
        _ => $"[{string.Join(", ", Items)}]",
    };

    private RespValue[] Items => (RespValue[])_itemsOrKind!;

    private InvalidOperationException NotA(string wanted) => new($"The server's answer is no {wanted}: it is of kind {Kind}.");

    private sealed class ScalarKind(RespKind kind)
    {
        public static readonly ScalarKind Integer = new(RespKind.Integer);
        public static readonly ScalarKind BulkString = new(RespKind.BulkString);
        public static readonly ScalarKind SimpleString = new(RespKind.SimpleString);
        public static readonly ScalarKind Error = new(RespKind.Error);

        public RespKind Kind => kind;
    }
}
