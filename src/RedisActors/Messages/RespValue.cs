using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>What a <see cref="RespValue"/> holds, in the words of the Redis serialization protocol.</summary>
public enum RespKind : byte
{
    /// <summary>No value: a missing key, a condition that was not met.</summary>
    Null,

    /// <summary>A signed 64-bit integer.</summary>
    Integer,

    /// <summary>A string of bytes.</summary>
    BulkString,

    /// <summary>A status, such as <c>OK</c>.</summary>
    SimpleString,

    /// <summary>
    /// An error inside an array; or, as a whole reply, that the command ran and the client could not read what the server replied.
    /// (An error of the server that is the whole answer ends the command as <see cref="Outcome.Rejected"/>.)
    /// </summary>
    Error,

    /// <summary>A list of values; a RESP3 map or set as well, a map as key, value, key, value.</summary>
    Array,
}

/// <summary>
/// One value of a server's answer. Immutable; the default value is a null. Two values are equal if their kinds and their bytes are.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>read as</term><description>possible for</description></listheader>
/// <item><term><see cref="AsString"/>, <see cref="AsBytes"/>, <see cref="AsMemory"/></term><description>everything but arrays: an
/// integer as its digits, an error as its message</description></item>
/// <item><term><see cref="AsInt64"/>, <see cref="AsDouble"/></term><description>integers, and bulk strings that are a
/// number</description></item>
/// <item><term><see cref="AsBoolean"/></term><description>the integers and bulk strings 1 and 0</description></item>
/// <item><term><see cref="AsArray"/></term><description>arrays; a null is an empty one</description></item>
/// <item><term><see cref="AsPairs"/>, <see cref="AsDictionary"/></term><description>arrays of an even number of items, such as the
/// answer to <c>HGETALL</c>; a null is an empty one</description></item>
/// </list>
/// A value of another kind throws an <see cref="InvalidCastException"/> that names its kind, a bulk string that is not such a number a
/// <see cref="FormatException"/>; the methods that begin with <c>TryGet</c> return <see langword="false"/> instead.
/// </remarks>
public readonly struct RespValue : IRedisMessage, IEquatable<RespValue>
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

    /// <summary>A null.</summary>
    public static RespValue Null => default;

    /// <summary>Makes an integer.</summary>
    public static RespValue Integer(long value) => new(ScalarKind.Integer, value);

    /// <summary>Makes a bulk string, or a null of <see cref="RedisValue.Null"/>. The bytes of an array are not copied: do not change them.</summary>
    public static RespValue BulkString(RedisValue value) => value.IsNull ? Null : new(ScalarKind.BulkString, value);

    /// <summary>Makes a status.</summary>
    /// <exception cref="ArgumentNullException">The text is <see langword="null"/>.</exception>
    public static RespValue SimpleString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(ScalarKind.SimpleString, value);
    }

    internal static RespValue SimpleString(RedisValue value) => new(ScalarKind.SimpleString, value);

    /// <summary>Makes an error.</summary>
    /// <exception cref="ArgumentNullException">The message is <see langword="null"/>.</exception>
    public static RespValue Error(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new(ScalarKind.Error, message);
    }

    /// <summary>Makes an array; the items are copied.</summary>
    public static RespValue Array(params ReadOnlySpan<RespValue> items) => new(items.ToArray());

    internal static RespValue ArrayOf(RespValue[] items) => new(items);

    /// <summary>The value as StackExchange.Redis represents it: a null, a number or bytes.</summary>
    /// <exception cref="InvalidCastException">This is an array.</exception>
    public RedisValue AsRedisValue() => Kind == RespKind.Array ? throw IsNot("a single value") : _scalar;

    /// <summary>The value as text, decoded as UTF-8; <see langword="null"/> for a null.</summary>
    /// <exception cref="InvalidCastException">This is an array.</exception>
    public string? AsString() => (string?)AsRedisValue();

    /// <summary>A copy of the value's bytes; <see langword="null"/> for a null.</summary>
    /// <exception cref="InvalidCastException">This is an array.</exception>
    public byte[]? AsBytes() => IsNull ? null : AsMemory().ToArray();

    /// <summary>The value's bytes, not copied where they came as bytes; empty for a null.</summary>
    /// <exception cref="InvalidCastException">This is an array.</exception>
    public ReadOnlyMemory<byte> AsMemory() => AsRedisValue();

    /// <summary>The value as an integer.</summary>
    /// <exception cref="InvalidCastException">This is neither an integer nor a bulk string.</exception>
    /// <exception cref="FormatException">The bulk string is not a 64-bit integer.</exception>
    public long AsInt64() => TryGetInt64(out var value) ? value : throw IsNoNumber("an integer");

    /// <summary>Reads the value as an integer.</summary>
    /// <returns>Whether it is an integer, or a bulk string that is one.</returns>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        switch (Kind)
        {
            case RespKind.Integer:
                value = (long)_scalar;
                return true;
            case RespKind.BulkString:
                var digits = AsMemory().Span;
                return Utf8Parser.TryParse(digits, out value, out var read) && read == digits.Length;
            default:
                return false;
        }
    }

    /// <summary>The value as a floating-point number, with Redis' own words <c>inf</c>, <c>-inf</c> and <c>nan</c>.</summary>
    /// <exception cref="InvalidCastException">This is neither an integer nor a bulk string.</exception>
    /// <exception cref="FormatException">The bulk string is not a number.</exception>
    public double AsDouble() => TryGetDouble(out var value) ? value : throw IsNoNumber("a number");

    /// <summary>Reads the value as a floating-point number.</summary>
    /// <returns>Whether it is an integer, or a bulk string that is a number.</returns>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        if (Kind == RespKind.Integer) value = (long)_scalar;
        if (Kind != RespKind.BulkString) return Kind == RespKind.Integer;
        var text = AsMemory().Span;
        switch (text)
        {
            case [(byte)'i', (byte)'n', (byte)'f'] or [(byte)'+', (byte)'i', (byte)'n', (byte)'f']:
                value = double.PositiveInfinity;
                return true;
            case [(byte)'-', (byte)'i', (byte)'n', (byte)'f']:
                value = double.NegativeInfinity;
                return true;
            case [(byte)'n', (byte)'a', (byte)'n'] or [(byte)'-', (byte)'n', (byte)'a', (byte)'n']:
                value = double.NaN;
                return true;
            default:
                return double.TryParse(
                    text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                    CultureInfo.InvariantCulture, out value)
                    && double.IsFinite(value);
        }
    }

    /// <summary>The value as a Boolean: 1 is <see langword="true"/>, 0 is <see langword="false"/>.</summary>
    /// <exception cref="InvalidCastException">This is neither an integer nor a bulk string.</exception>
    /// <exception cref="FormatException">It is neither 1 nor 0.</exception>
    public bool AsBoolean() => TryGetBoolean(out var value) ? value : throw IsNoNumber("1 or 0");

    /// <summary>Reads the value as a Boolean.</summary>
    /// <returns>Whether it is the integer 1 or 0, or a bulk string that is one of the two.</returns>
    public bool TryGetBoolean(out bool value)
    {
        var isNumber = TryGetInt64(out var number);
        value = number == 1;
        return isNumber && number is 0 or 1;
    }

    /// <summary>The items of an array; none for a null.</summary>
    /// <exception cref="InvalidCastException">This is neither an array nor a null.</exception>
    public ImmutableArray<RespValue> AsArray() => Kind switch
    {
        RespKind.Array => ImmutableCollectionsMarshal.AsImmutableArray(Items),
        RespKind.Null => [],
        _ => throw IsNot("an array"),
    };

    /// <summary>
    /// The items of an array as pairs of key and value, in their order: the answers to <c>HGETALL</c>, <c>CONFIG GET</c>,
    /// <c>ZRANGE … WITHSCORES</c>.
    /// </summary>
    /// <exception cref="InvalidCastException">This is neither an array of an even number of items nor a null.</exception>
    public ImmutableArray<KeyValuePair<RespValue, RespValue>> AsPairs()
    {
        var items = AsArray();
        if (items.Length % 2 != 0) throw IsNot("pairs of keys and values");
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<RespValue, RespValue>>(items.Length / 2);
        for (var i = 0; i < items.Length; i += 2) pairs.Add(new(items[i], items[i + 1]));
        return pairs.MoveToImmutable();
    }

    /// <summary>
    /// The items of an array as a dictionary whose keys are text, decoded as UTF-8. Of a key that occurs twice it has the last value.
    /// For keys that are not text there is <see cref="AsPairs"/>.
    /// </summary>
    /// <exception cref="InvalidCastException">
    /// This is neither an array of an even number of items nor a null, or a key is a null or an array.
    /// </exception>
    public IReadOnlyDictionary<string, RespValue> AsDictionary()
    {
        var pairs = AsPairs();
        var dictionary = new Dictionary<string, RespValue>(pairs.Length, StringComparer.Ordinal);
        foreach (var (key, value) in pairs) dictionary[key.AsString() ?? throw key.IsNot("a key")] = value;
        return dictionary;
    }

    /// <inheritdoc/>
    public bool Equals(RespValue other) =>
        Kind == other.Kind
        && (Kind == RespKind.Array
            ? Items.AsSpan().SequenceEqual(other.Items)
            : AsMemory().Span.SequenceEqual(other.AsMemory().Span));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RespValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Kind);
        if (Kind == RespKind.Array) hash.Add(Items.Length);
        else hash.AddBytes(AsMemory().Span);
        return hash.ToHashCode();
    }

    /// <summary>Whether two values are of the same kind and content.</summary>
    public static bool operator ==(RespValue left, RespValue right) => left.Equals(right);

    /// <summary>Whether two values differ in kind or content.</summary>
    public static bool operator !=(RespValue left, RespValue right) => !left.Equals(right);

    /// <summary>
    /// The value much as redis-cli shows it: <c>(nil)</c>, <c>(integer) 5</c>, <c>"text"</c>, <c>OK</c>, <c>(error) ERR …</c>,
    /// <c>[1, 2]</c>. In bulk strings, quotes, control characters and bytes that are not UTF-8 are escaped.
    /// </summary>
    public override string ToString() => Kind switch
    {
        RespKind.Null => "(nil)",
        RespKind.Integer => $"(integer) {(long)_scalar}",
        RespKind.BulkString => Quoted(AsMemory().Span),
        RespKind.SimpleString => (string?)_scalar ?? string.Empty,
        RespKind.Error => $"(error) {(string?)_scalar}",
        _ => $"[{string.Join(", ", Items)}]",
    };

    private RespValue[] Items => (RespValue[])_itemsOrKind!;

    private static string Quoted(ReadOnlySpan<byte> bytes)
    {
        var quoted = new StringBuilder("\"");
        if (Utf8.IsValid(bytes))
        {
            foreach (var character in Encoding.UTF8.GetString(bytes)) Append(character);
        }
        else
        {
            foreach (var value in bytes)
            {
                if (value < 0x80) Append((char)value);
                else quoted.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
            }
        }

        return quoted.Append('"').ToString();

        void Append(char character) => _ = character switch
        {
            '"' or '\\' => quoted.Append('\\').Append(character),
            '\n' => quoted.Append("\\n"),
            '\r' => quoted.Append("\\r"),
            '\t' => quoted.Append("\\t"),
            < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}"),
            _ => quoted.Append(character),
        };
    }

    /// <summary>The content may be secret: only of an error it is told.</summary>
    private InvalidCastException IsNot(string wanted) => new($"The server's answer is not {wanted}: it is {Description}.");

    private Exception IsNoNumber(string wanted) =>
        Kind is RespKind.Integer or RespKind.BulkString ? new FormatException(IsNot(wanted).Message) : IsNot(wanted);

    private string Description => Kind switch
    {
        RespKind.Null => "a Null",
        RespKind.Integer => "another Integer",
        RespKind.BulkString => $"a BulkString of {_scalar.GetByteCount()} bytes",
        RespKind.SimpleString => $"the SimpleString '{(string?)_scalar}'",
        RespKind.Error => $"the Error '{(string?)_scalar}'",
        _ => $"an Array of {Items.Length} items",
    };

    private sealed class ScalarKind(RespKind kind)
    {
        public static readonly ScalarKind Integer = new(RespKind.Integer);
        public static readonly ScalarKind BulkString = new(RespKind.BulkString);
        public static readonly ScalarKind SimpleString = new(RespKind.SimpleString);
        public static readonly ScalarKind Error = new(RespKind.Error);

        public RespKind Kind => kind;
    }
}
