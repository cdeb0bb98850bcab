using System.Globalization;
using StackExchange.Redis;
using static RedisActors.CommandMetadata.ArgumentSyntax;

namespace RedisActors.CommandMetadata;

/// <summary>
/// The replay class of the commands whose arguments decide it. Where arguments are not understood (an option of a newer server,
/// something that should be a number), the answer is the stricter one.
/// </summary>
internal static class ReplayRules
{
    private static readonly ArgumentOption[] BitFieldOperations =
    [
        new("GET", 2), new("SET", 3), new("INCRBY", 3), new("OVERFLOW", 1),
    ];

    /// <summary>
    /// The options of <c>XADD</c>, before its id. <c>IDMP</c> and <c>IDMPAUTO</c> (Redis 8.6) make the server recognize a repeated
    /// entry, but only within bounds of time and number that this client does not know; so they do not soften the class.
    /// </summary>
    private static readonly ArgumentOption[] AddOptions =
    [
        new("NOMKSTREAM", 0), new("KEEPREF", 0), new("DELREF", 0), new("ACKED", 0),
        new("IDMPAUTO", 1), new("IDMP", 2), new("LIMIT", 1),
    ];

    /// <summary>A <see cref="RedisTransaction"/> says it in its first argument.</summary>
    public static ReplayClass Transaction(ReadOnlySpan<RedisValue> arguments, KeySpec keys) => (ReplayClass)(int)arguments[0];

    /// <summary><c>SET key value</c> with its options.</summary>
    public static ReplayClass Set(ReadOnlySpan<RedisValue> arguments, KeySpec keys) => SetOptions(arguments, 2);

    /// <summary><c>MSETEX number key value …</c> with the options of <c>SET</c> behind the pairs.</summary>
    public static ReplayClass SetMany(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        TryInteger(arguments, 0, out var count) && count >= 0 && count <= (arguments.Length - 1) / 2
            ? SetOptions(arguments, 1 + (2 * (int)count))
            : ReplayClass.Conditional;

    /// <summary><c>HSETEX key [FNX|FXX] [expiry] FIELDS …</c>: conditions are before FIELDS.</summary>
    public static ReplayClass SetFields(ReadOnlySpan<RedisValue> arguments, KeySpec keys)
    {
        for (var index = 1; index < arguments.Length && !Is(arguments[index], "FIELDS"); index++)
        {
            if (IsAnyOf(arguments[index], "FNX", "FXX")) return ReplayClass.Conditional;
        }

        return ReplayClass.LastWins;
    }

    /// <summary>
    /// <c>GETEX key [option]</c> and <c>HGETEX key [option] FIELDS …</c>: without an option they read. A moment in the past
    /// deletes the key, and a moment in the future may have passed when the command is replayed.
    /// </summary>
    public static ReplayClass GetAndExpire(ReadOnlySpan<RedisValue> arguments, KeySpec keys)
    {
        if (arguments.Length <= 1 || Is(arguments[1], "FIELDS")) return ReplayClass.ReadOnly;

        return IsAnyOf(arguments[1], "EX", "PX", "PERSIST") ? ReplayClass.LastWins : ReplayClass.Conditional;
    }

    /// <summary>
    /// <c>EXPIRE key seconds [condition]</c> and <c>HEXPIRE key seconds [condition] FIELDS …</c>: without a condition it
    /// answers 1 again, unless the duration is not positive, which deletes.
    /// </summary>
    public static ReplayClass ExpireIn(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        TryInteger(arguments, 1, out var duration) && duration > 0 && !HasExpiryCondition(arguments)
            ? ReplayClass.LastWins
            : ReplayClass.Conditional;

    /// <summary>
    /// <c>LTRIM key start stop</c>: keeping the first or the last N is the same twice, dropping N is not.
    /// </summary>
    public static ReplayClass TrimList(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        TryInteger(arguments, 1, out var start) && TryInteger(arguments, 2, out var stop) && start <= 0 && stop >= -1
            ? ReplayClass.LastWins
            : ReplayClass.Accumulating;

    /// <summary><c>LREM key count element</c>: only a count of 0, which removes all, leaves nothing for a second run.</summary>
    public static ReplayClass RemoveFromList(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        TryInteger(arguments, 1, out var count) && count == 0 ? ReplayClass.Conditional : ReplayClass.Accumulating;

    /// <summary>
    /// <c>ZREMRANGEBYRANK key start stop</c>: a start counted from the front with a stop counted from the back says how many are
    /// kept (<c>0 -101</c>, <c>100 -1</c>), which is the same twice; any other range removes whatever has moved up.
    /// </summary>
    public static ReplayClass RemoveByRank(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        TryInteger(arguments, 1, out var start) && TryInteger(arguments, 2, out var stop) && start >= 0 && stop < 0
            ? ReplayClass.Conditional
            : ReplayClass.Accumulating;

    /// <summary><c>ZADD key [options] score member …</c>: the first score ends the options.</summary>
    public static ReplayClass AddToSortedSet(ReadOnlySpan<RedisValue> arguments, KeySpec keys)
    {
        for (var index = 1; index < arguments.Length && IsAnyOf(arguments[index], "NX", "XX", "GT", "LT", "CH", "INCR"); index++)
        {
            if (Is(arguments[index], "INCR")) return ReplayClass.Accumulating;
        }

        return ReplayClass.Conditional;
    }

    /// <summary>
    /// <c>COPY source destination [DB n] [REPLACE]</c>: without REPLACE the second run finds the first one's copy.
    /// </summary>
    public static ReplayClass Copy(ReadOnlySpan<RedisValue> arguments, KeySpec keys) => WithReplace(arguments, 2);

    /// <summary><c>RESTORE key ttl value [options]</c>: without REPLACE the second run finds the key taken.</summary>
    public static ReplayClass Restore(ReadOnlySpan<RedisValue> arguments, KeySpec keys) => WithReplace(arguments, 3);

    /// <summary><c>FUNCTION LOAD [REPLACE] code</c>.</summary>
    public static ReplayClass LoadFunction(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        arguments.Length == 3 && Is(arguments[1], "REPLACE") ? ReplayClass.LastWins : ReplayClass.Conditional;

    /// <summary>
    /// A result stored into a key: the same twice, unless the destination is also a source (<c>ZUNIONSTORE a 2 a b</c> adds the
    /// scores of b twice, <c>SDIFFSTORE a b a</c> undoes itself).
    /// </summary>
    public static ReplayClass Store(ReadOnlySpan<RedisValue> arguments, KeySpec keys)
    {
        var touched = new List<RedisValue>();
        return keys.TryCollect(arguments, touched) && touched.IndexOf(touched[0], 1) < 0
            ? ReplayClass.LastWins
            : ReplayClass.Accumulating;
    }

    /// <summary><c>SORT</c>, <c>GEORADIUS</c>, <c>GEORADIUSBYMEMBER</c>: they only read, unless told to store.</summary>
    public static ReplayClass ReadOrStore(ReadOnlySpan<RedisValue> arguments, KeySpec keys)
    {
        var touched = new List<RedisValue>();
        return keys.TryCollect(arguments, touched) && touched.Count == 1 ? ReplayClass.ReadOnly : Store(arguments, keys);
    }

    /// <summary>
    /// <c>BITFIELD key operation …</c>: <c>GET</c> reads, <c>SET</c> answers with what was there before, <c>INCRBY</c> counts.
    /// </summary>
    public static ReplayClass BitField(ReadOnlySpan<RedisValue> arguments, KeySpec keys)
    {
        var replay = ReplayClass.ReadOnly;
        for (var index = 1; index < arguments.Length; index++)
        {
            var operation = ArgumentOption.Find(BitFieldOperations, arguments[index]);
            if (operation is null or { Name: "INCRBY" }) return ReplayClass.Accumulating;
            if (operation.Name == "SET") replay = ReplayClass.Conditional;
            index += operation.Values;
        }

        return replay;
    }

    /// <summary>
    /// <c>XADD key [options] id field value …</c>: an id given in full is refused the second time; one that the server makes up or
    /// completes (<c>1526919030474-*</c>) is a new one each time.
    /// </summary>
    public static ReplayClass AddToStream(ReadOnlySpan<RedisValue> arguments, KeySpec keys)
    {
        for (var index = 1; index < arguments.Length; index++)
        {
            if (IsAnyOf(arguments[index], "MAXLEN", "MINID"))
            {
                if (index + 1 < arguments.Length && IsAnyOf(arguments[index + 1], "=", "~")) index++;
                index++;
            }
            else if (ArgumentOption.Find(AddOptions, arguments[index]) is { } option)
            {
                index += option.Values;
            }
            else
            {
                return IsFullId((string?)arguments[index]) ? ReplayClass.Conditional : ReplayClass.Accumulating;
            }
        }

        return ReplayClass.Accumulating;
    }

    /// <summary><c>XTRIM key strategy …</c>: with a LIMIT each run removes more.</summary>
    public static ReplayClass TrimStream(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        Contains(arguments, 3, "LIMIT") ? ReplayClass.Accumulating : ReplayClass.Conditional;

    /// <summary><c>XREAD</c>, which may block.</summary>
    public static ReplayClass ReadStreams(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        StreamRead.Parse(arguments).Blocks ? ReplayClass.Never : ReplayClass.ReadOnly;

    /// <summary><c>XREADGROUP</c>, which may block; if not, each run delivers something new, or delivers once more.</summary>
    public static ReplayClass ReadGroup(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        StreamRead.Parse(arguments).Blocks ? ReplayClass.Never : ReplayClass.Accumulating;

    /// <summary><c>ACL LOG [count|RESET]</c>.</summary>
    public static ReplayClass AccessLog(ReadOnlySpan<RedisValue> arguments, KeySpec keys) =>
        Contains(arguments, 1, "RESET") ? ReplayClass.Administration : ReplayClass.ReadOnly;

    /// <summary>
    /// A condition, or any word that is not known, makes a <c>SET</c> conditional. <c>GET</c> asks for the value that the first run
    /// replaced, which is gone for good, as with <c>GETSET</c>.
    /// </summary>
    private static ReplayClass SetOptions(ReadOnlySpan<RedisValue> arguments, int from)
    {
        var replay = ReplayClass.LastWins;
        for (var index = from; index < arguments.Length; index++)
        {
            var option = arguments[index];
            if (Is(option, "GET")) return ReplayClass.Accumulating;
            if (IsAnyOf(option, "EX", "PX", "EXAT", "PXAT")) index++;
            else if (IsAnyOf(option, "IFEQ", "IFNE", "IFDEQ", "IFDNE")) (replay, index) = (ReplayClass.Conditional, index + 1);
            else if (!Is(option, "KEEPTTL")) replay = ReplayClass.Conditional;
        }

        return replay;
    }

    private static bool HasExpiryCondition(ReadOnlySpan<RedisValue> arguments) =>
        arguments.Length > 2 && !Is(arguments[2], "FIELDS");

    private static ReplayClass WithReplace(ReadOnlySpan<RedisValue> arguments, int from) =>
        Contains(arguments, from, "REPLACE") ? ReplayClass.LastWins : ReplayClass.Conditional;

    private static bool IsFullId(string? id)
    {
        if (id is null) return false;

        var dash = id.IndexOf('-');
        return dash < 0
            ? ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            : ulong.TryParse(id.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                && ulong.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
