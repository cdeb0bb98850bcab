namespace RedisActors.Multiplexer;

/// <summary>
/// How RESP3 says what RESP2 says with arrays and strings. The connection to the server is one of RESP2, so what a client of RESP3 is to
/// read is made of it.
/// </summary>
internal sealed class RespShape
{
    /// <summary>A number that RESP2 writes as a string.</summary>
    public static readonly RespShape Double = new(RespShapeKind.Double);

    /// <summary>A text for a person to read.</summary>
    public static readonly RespShape Verbatim = new(RespShapeKind.Verbatim);

    /// <summary>Items that are there once, in no order.</summary>
    public static readonly RespShape Set = new(RespShapeKind.Set);

    /// <summary>Keys and values in turn.</summary>
    public static readonly RespShape Map = new(RespShapeKind.Map);

    /// <summary>Pairs, each an array of a key and a value, that become a map.</summary>
    public static readonly RespShape MapOfPairs = new(RespShapeKind.MapOfPairs);

    private readonly RespShape?[] _positions = [];
    private readonly RespShape? _each;
    private readonly Func<string, RespShape?>? _fields;

    private RespShape(RespShapeKind kind, RespShape? each = null)
    {
        Kind = kind;
        _each = each;
    }

    private RespShape(RespShape?[] positions)
        : this(RespShapeKind.Array) => _positions = positions;

    private RespShape(Func<string, RespShape?> fields)
        : this(RespShapeKind.Map) => _fields = fields;

    public RespShapeKind Kind { get; }

    /// <summary>An array of items of this shape.</summary>
    public static RespShape ArrayOf(RespShape? each) => new(RespShapeKind.Array, each);

    /// <summary>A set of items of this shape.</summary>
    public static RespShape SetOf(RespShape? each) => new(RespShapeKind.Set, each);

    /// <summary>An array of items of this shape, or an empty set.</summary>
    public static RespShape ArrayOrEmptySet(RespShape? each) => new(RespShapeKind.ArrayOrEmptySet, each);

    /// <summary>An array whose items have a shape each, from the first on; null: as it is.</summary>
    public static RespShape Items(params RespShape?[] positions) => new(positions);

    /// <summary>A map whose values have a shape.</summary>
    public static RespShape MapOf(RespShape? each) => new(RespShapeKind.Map, each);

    /// <summary>A map whose values have the shapes of their keys.</summary>
    public static RespShape MapOf(Func<string, RespShape?> fields) => new(fields);

    /// <summary>First and second in turn, that become pairs; the second has a shape.</summary>
    public static RespShape PairsWith(RespShape? second) => new(RespShapeKind.Pairs, second);

    /// <summary>The shape of an item of an array.</summary>
    public RespShape? ItemAt(int index) => _each ?? (index < _positions.Length ? _positions[index] : null);

    /// <summary>The shape of the value of a key, or of what is second in a pair.</summary>
    public RespShape? ValueOf(in RespValue key) => _fields is null ? _each : key.Kind == RespKind.Array ? null : _fields(key.AsString() ?? string.Empty);
}

/// <summary>What a value is in RESP3.</summary>
internal enum RespShapeKind : byte
{
    Array,
    ArrayOrEmptySet,
    Double,
    Map,
    MapOfPairs,
    Pairs,
    Set,
    Verbatim,
}
