using RedisActors.CommandMetadata;
using StackExchange.Redis;
using static RedisActors.Multiplexer.RespShape;

namespace RedisActors.Multiplexer;

/// <summary>
/// Which commands are answered otherwise in RESP3 than in RESP2, and how: https://redis.io/docs/latest/commands/ ("RESP2/RESP3 Reply"). A
/// test holds this against a server.
/// </summary>
internal static class RespShapes
{
    private static readonly RespShape Scores = PairsWith(RespShape.Double);
    private static readonly RespShape PoppedScores = Items(null, ArrayOf(Items(null, RespShape.Double)));
    private static readonly RespShape ArrayOfMaps = ArrayOf(Map);
    private static readonly RespShape Coordinates = ArrayOf(RespShape.Double);

    private static readonly RespShape Stream = MapOf(field => field switch
    {
        "groups" => ArrayOf(MapOf(part => part == "consumers" ? ArrayOfMaps : null)),
        _ => null,
    });

    private static readonly RespShape Memory = MapOf(field => field switch
    {
        _ when field.StartsWith("db.", StringComparison.Ordinal) => Map,
        _ when field.EndsWith("percentage", StringComparison.Ordinal) => RespShape.Double,
        _ when field.EndsWith("ratio", StringComparison.Ordinal) => RespShape.Double,
        "fragmentation" => RespShape.Double,
        _ => null,
    });

    private static readonly RespShape User = MapOf(field => field == "flags" ? RespShape.Set : field == "selectors" ? ArrayOfMaps : null);
    private static readonly RespShape Denials = ArrayOf(MapOf(field => field == "age-seconds" ? RespShape.Double : null));
    private static readonly RespShape Histograms = MapOf(MapOf(field => field == "histogram_usec" ? Map : null));
    private static readonly RespShape Functions = ArrayOf(MapOf(field => field == "functions" ? ArrayOf(MapOf(part => part == "flags" ? RespShape.Set : null)) : null));
    private static readonly RespShape Engines = MapOf(field => field switch
    {
        "running_script" => Map,
        "engines" => MapOf(Map),
        _ => null,
    });

    private static readonly RespShape Tracking = MapOf(field => field == "flags" ? RespShape.Set : null);
    private static readonly RespShape Shards = ArrayOf(MapOf(field => field == "nodes" ? ArrayOfMaps : null));
    private static readonly RespShape Documents = MapOf(Document);
    private static readonly RespShape KeySpec = MapOf(field => field switch
    {
        "flags" => RespShape.Set,
        "begin_search" or "find_keys" => MapOf(part => part == "spec" ? Map : null),
        _ => null,
    });

    private static readonly RespShape Command = CommandWith(CommandWith(null));

    /// <summary>What the reply to a command is in RESP3; null: what it is in RESP2.</summary>
    public static RespShape? Of(string name, ReadOnlySpan<RedisValue> arguments) => name switch
    {
        "HGETALL" => Map,
        "SMEMBERS" or "SINTER" or "SUNION" or "SDIFF" => RespShape.Set,
        "SPOP" => arguments.Length > 1 ? RespShape.Set : null,
        "ZSCORE" or "ZINCRBY" => RespShape.Double,
        "ZADD" => ArgumentSyntax.Contains(arguments, 1, "INCR") ? RespShape.Double : null,
        "ZMSCORE" => Coordinates,
        "ZRANGE" or "ZREVRANGE" or "ZRANGEBYSCORE" or "ZREVRANGEBYSCORE" => ArgumentSyntax.Contains(arguments, 3, "WITHSCORES") ? Scores : null,
        "ZUNION" or "ZINTER" or "ZDIFF" => EndsWith(arguments, "WITHSCORES") ? Scores : null,
        "ZRANDMEMBER" => EndsWith(arguments, "WITHSCORES") ? Scores : null,
        "HRANDFIELD" => EndsWith(arguments, "WITHVALUES") ? PairsWith(null) : null,
        "ZPOPMIN" or "ZPOPMAX" => arguments.Length > 1 ? Scores : Items(null, RespShape.Double),
        "BZPOPMIN" or "BZPOPMAX" => Items(null, null, RespShape.Double),
        "ZMPOP" or "BZMPOP" => PoppedScores,
        "XREAD" or "XREADGROUP" => MapOfPairs,
        "GEOPOS" => ArrayOf(Coordinates),
        "GEOSEARCH" or "GEORADIUS" or "GEORADIUS_RO" or "GEORADIUSBYMEMBER" or "GEORADIUSBYMEMBER_RO" => Geo(arguments),
        "LCS" => ArgumentSyntax.Contains(arguments, 2, "IDX") ? Map : null,
        "INFO" or "LOLWUT" => Verbatim,
        "COMMAND" when arguments.IsEmpty => ArrayOf(Command),
        "CONFIG" or "XINFO" or "MEMORY" or "MODULE" or "ACL" or "LATENCY" or "FUNCTION" or "CLIENT" or "CLUSTER" or "COMMAND" when arguments.Length > 0 =>
            Of(name, arguments[0].ToString().ToUpperInvariant()),
        _ => null,
    };

    private static RespShape? Of(string name, string subcommand) => (name, subcommand) switch
    {
        ("CONFIG", "GET") => Map,
        ("XINFO", "STREAM") => Stream,
        ("XINFO", "GROUPS" or "CONSUMERS") => ArrayOfMaps,
        ("MEMORY", "STATS") => Memory,
        ("MEMORY", "DOCTOR") or ("LATENCY", "DOCTOR") or ("LATENCY", "GRAPH") or ("MEMORY", "MALLOC-STATS") => Verbatim,
        ("MODULE", "LIST") => ArrayOfMaps,
        ("ACL", "GETUSER") => User,
        ("ACL", "LOG") => Denials,
        ("LATENCY", "HISTOGRAM") => Histograms,
        ("FUNCTION", "LIST") => Functions,
        ("FUNCTION", "STATS") => Engines,
        ("CLIENT", "LIST" or "INFO") => Verbatim,
        ("CLIENT", "TRACKINGINFO") => Tracking,
        ("CLUSTER", "INFO" or "NODES") => Verbatim,
        ("CLUSTER", "LINKS") => ArrayOfMaps,
        ("CLUSTER", "SHARDS") => Shards,
        ("COMMAND", "DOCS") => Documents,
        ("COMMAND", "INFO") => ArrayOf(Command),
        _ => null,
    };

    private static RespShape? Document(string command) => MapOf(field => field switch
    {
        "doc_flags" or "history" => RespShape.Set,
        "arguments" => ArrayOf(MapOf(Argument)),
        "subcommands" => MapOf(Document),
        _ => null,
    });

    private static RespShape? Argument(string field) => field switch
    {
        "flags" => RespShape.Set,
        "arguments" => ArrayOf(MapOf(Argument)),
        _ => null,
    };

    /// <summary>The flags, the categories, the tips, the specifications of keys; the subcommands.</summary>
    private static RespShape CommandWith(RespShape? subcommands) =>
        Items(null, null, RespShape.Set, null, null, null, RespShape.Set, RespShape.Set, SetOf(KeySpec), ArrayOrEmptySet(subcommands));

    /// <summary>A place with its coordinates, which come last.</summary>
    private static RespShape? Geo(ReadOnlySpan<RedisValue> arguments)
    {
        if (!ArgumentSyntax.Contains(arguments, 1, "WITHCOORD")) return null;
        var before = 1 + (ArgumentSyntax.Contains(arguments, 1, "WITHDIST") ? 1 : 0) + (ArgumentSyntax.Contains(arguments, 1, "WITHHASH") ? 1 : 0);
        var positions = new RespShape?[before + 1];
        positions[before] = Coordinates;
        return ArrayOf(Items(positions));
    }

    private static bool EndsWith(ReadOnlySpan<RedisValue> arguments, string word) =>
        arguments.Length > 0 && string.Equals(arguments[^1], word, StringComparison.OrdinalIgnoreCase);
}
