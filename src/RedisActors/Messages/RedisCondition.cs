using System.Globalization;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>
/// What has to be true of the data for a <see cref="RedisTransaction"/> to run. The server checks it in the same step in which it runs the
/// transaction. They are the conditions of StackExchange.Redis' <c>Condition</c>, by the same names.
/// </summary>
public sealed class RedisCondition : IEquatable<RedisCondition>
{
    private const string IsMissing = "missing";
    private const string IsThere = "there";
    private const string IsEqual = "equal";
    private const string IsNotEqual = "not-equal";
    private const string IsNumber = "number";
    private const string IsNotNumber = "not-number";
    private const string IsLess = "less";
    private const string IsGreater = "greater";
    private const string IsUnchanged = "unchanged";
    private const int Question = 1;

    private static readonly string[] Tests = [IsMissing, IsThere, IsEqual, IsNotEqual, IsNumber, IsNotNumber, IsLess, IsGreater, IsUnchanged];

    private RedisCondition(RedisCommand check) => Check = check;

    /// <summary>The test, what it compares with, and the command whose reply it looks at.</summary>
    internal RedisCommand Check { get; }

    internal RedisValue Key => Check.ArgumentArray[Question + 1];

    /// <summary>The key exists.</summary>
    public static RedisCondition KeyExists(RedisValue key) => Number(IsNumber, 1, "EXISTS", key);

    /// <summary>The key does not exist.</summary>
    public static RedisCondition KeyNotExists(RedisValue key) => Number(IsNumber, 0, "EXISTS", key);

    /// <summary>The string has this value; with <see cref="RedisValue.Null"/>, it does not exist.</summary>
    public static RedisCondition StringEqual(RedisValue key, RedisValue value) => Equal(value, "GET", key);

    /// <summary>The string has another value than this, or does not exist; with <see cref="RedisValue.Null"/>, it exists.</summary>
    public static RedisCondition StringNotEqual(RedisValue key, RedisValue value) => NotEqual(value, "GET", key);

    /// <summary>The hash has this field.</summary>
    public static RedisCondition HashExists(RedisValue key, RedisValue field) => Number(IsNumber, 1, "HEXISTS", key, field);

    /// <summary>The hash does not have this field.</summary>
    public static RedisCondition HashNotExists(RedisValue key, RedisValue field) => Number(IsNumber, 0, "HEXISTS", key, field);

    /// <summary>The field has this value; with <see cref="RedisValue.Null"/>, it does not exist.</summary>
    public static RedisCondition HashEqual(RedisValue key, RedisValue field, RedisValue value) => Equal(value, "HGET", key, field);

    /// <summary>The field has another value than this, or does not exist; with <see cref="RedisValue.Null"/>, it exists.</summary>
    public static RedisCondition HashNotEqual(RedisValue key, RedisValue field, RedisValue value) => NotEqual(value, "HGET", key, field);

    /// <summary>The list has an element at this index. A negative one counts from the end.</summary>
    public static RedisCondition ListIndexExists(RedisValue key, long index) => Of(IsThere, RedisValue.EmptyString, "LINDEX", key, index);

    /// <summary>The list has no element at this index.</summary>
    public static RedisCondition ListIndexNotExists(RedisValue key, long index) => Of(IsMissing, RedisValue.EmptyString, "LINDEX", key, index);

    /// <summary>The list has this element at this index.</summary>
    public static RedisCondition ListIndexEqual(RedisValue key, long index, RedisValue value) => Equal(value, "LINDEX", key, index);

    /// <summary>The list has another element at this index, or none.</summary>
    public static RedisCondition ListIndexNotEqual(RedisValue key, long index, RedisValue value) => NotEqual(value, "LINDEX", key, index);

    /// <summary>The set has this member.</summary>
    public static RedisCondition SetContains(RedisValue key, RedisValue member) => Number(IsNumber, 1, "SISMEMBER", key, member);

    /// <summary>The set does not have this member.</summary>
    public static RedisCondition SetNotContains(RedisValue key, RedisValue member) => Number(IsNumber, 0, "SISMEMBER", key, member);

    /// <summary>The sorted set has this member.</summary>
    public static RedisCondition SortedSetContains(RedisValue key, RedisValue member) => Of(IsThere, RedisValue.EmptyString, "ZSCORE", key, member);

    /// <summary>The sorted set does not have this member.</summary>
    public static RedisCondition SortedSetNotContains(RedisValue key, RedisValue member) =>
        Of(IsMissing, RedisValue.EmptyString, "ZSCORE", key, member);

    /// <summary>The sorted set, all of its scores being equal, has a member that begins with these bytes.</summary>
    /// <exception cref="ArgumentException">The prefix is null or empty.</exception>
    public static RedisCondition SortedSetContainsStarting(RedisValue key, RedisValue prefix) => StartingWith(IsGreater, key, prefix);

    /// <summary>The sorted set, all of its scores being equal, has no member that begins with these bytes.</summary>
    /// <exception cref="ArgumentException">The prefix is null or empty.</exception>
    public static RedisCondition SortedSetNotContainsStarting(RedisValue key, RedisValue prefix) => StartingWith(IsNumber, key, prefix);

    /// <summary>The member of the sorted set has this score.</summary>
    public static RedisCondition SortedSetEqual(RedisValue key, RedisValue member, double score) => Of(IsNumber, Score(score), "ZSCORE", key, member);

    /// <summary>The member of the sorted set has another score, or the set does not have it.</summary>
    public static RedisCondition SortedSetNotEqual(RedisValue key, RedisValue member, double score) =>
        Of(IsNotNumber, Score(score), "ZSCORE", key, member);

    /// <summary>The sorted set has a member with this score.</summary>
    public static RedisCondition SortedSetScoreExists(RedisValue key, double score) => Number(IsGreater, 0, "ZCOUNT", key, Score(score), Score(score));

    /// <summary>The sorted set has so many members with this score.</summary>
    public static RedisCondition SortedSetScoreExists(RedisValue key, double score, long count) =>
        Number(IsNumber, count, "ZCOUNT", key, Score(score), Score(score));

    /// <summary>The sorted set has no member with this score.</summary>
    public static RedisCondition SortedSetScoreNotExists(RedisValue key, double score) =>
        Number(IsNumber, 0, "ZCOUNT", key, Score(score), Score(score));

    /// <summary>The sorted set has another number of members with this score.</summary>
    public static RedisCondition SortedSetScoreNotExists(RedisValue key, double score, long count) =>
        Number(IsNotNumber, count, "ZCOUNT", key, Score(score), Score(score));

    /// <summary>The string has this length in bytes; one that does not exist has 0.</summary>
    public static RedisCondition StringLengthEqual(RedisValue key, long length) => Number(IsNumber, length, "STRLEN", key);

    /// <summary>The string is shorter than this, in bytes.</summary>
    public static RedisCondition StringLengthLessThan(RedisValue key, long length) => Number(IsLess, length, "STRLEN", key);

    /// <summary>The string is longer than this, in bytes.</summary>
    public static RedisCondition StringLengthGreaterThan(RedisValue key, long length) => Number(IsGreater, length, "STRLEN", key);

    /// <summary>The hash has so many fields; one that does not exist has 0.</summary>
    public static RedisCondition HashLengthEqual(RedisValue key, long length) => Number(IsNumber, length, "HLEN", key);

    /// <summary>The hash has fewer fields.</summary>
    public static RedisCondition HashLengthLessThan(RedisValue key, long length) => Number(IsLess, length, "HLEN", key);

    /// <summary>The hash has more fields.</summary>
    public static RedisCondition HashLengthGreaterThan(RedisValue key, long length) => Number(IsGreater, length, "HLEN", key);

    /// <summary>The list has so many elements; one that does not exist has 0.</summary>
    public static RedisCondition ListLengthEqual(RedisValue key, long length) => Number(IsNumber, length, "LLEN", key);

    /// <summary>The list has fewer elements.</summary>
    public static RedisCondition ListLengthLessThan(RedisValue key, long length) => Number(IsLess, length, "LLEN", key);

    /// <summary>The list has more elements.</summary>
    public static RedisCondition ListLengthGreaterThan(RedisValue key, long length) => Number(IsGreater, length, "LLEN", key);

    /// <summary>The set has so many members; one that does not exist has 0.</summary>
    public static RedisCondition SetLengthEqual(RedisValue key, long length) => Number(IsNumber, length, "SCARD", key);

    /// <summary>The set has fewer members.</summary>
    public static RedisCondition SetLengthLessThan(RedisValue key, long length) => Number(IsLess, length, "SCARD", key);

    /// <summary>The set has more members.</summary>
    public static RedisCondition SetLengthGreaterThan(RedisValue key, long length) => Number(IsGreater, length, "SCARD", key);

    /// <summary>The sorted set has so many members with a score within these bounds, which count; one that does not exist has 0.</summary>
    public static RedisCondition SortedSetLengthEqual(
        RedisValue key, long length, double min = double.NegativeInfinity, double max = double.PositiveInfinity) =>
        Number(IsNumber, length, "ZCOUNT", key, Score(min), Score(max));

    /// <summary>The sorted set has fewer members with a score within these bounds.</summary>
    public static RedisCondition SortedSetLengthLessThan(
        RedisValue key, long length, double min = double.NegativeInfinity, double max = double.PositiveInfinity) =>
        Number(IsLess, length, "ZCOUNT", key, Score(min), Score(max));

    /// <summary>The sorted set has more members with a score within these bounds.</summary>
    public static RedisCondition SortedSetLengthGreaterThan(
        RedisValue key, long length, double min = double.NegativeInfinity, double max = double.PositiveInfinity) =>
        Number(IsGreater, length, "ZCOUNT", key, Score(min), Score(max));

    /// <summary>The stream has so many entries; one that does not exist has 0.</summary>
    public static RedisCondition StreamLengthEqual(RedisValue key, long length) => Number(IsNumber, length, "XLEN", key);

    /// <summary>The stream has fewer entries.</summary>
    public static RedisCondition StreamLengthLessThan(RedisValue key, long length) => Number(IsLess, length, "XLEN", key);

    /// <summary>The stream has more entries.</summary>
    public static RedisCondition StreamLengthGreaterThan(RedisValue key, long length) => Number(IsGreater, length, "XLEN", key);

    /// <summary>The content of the key has this digest: the SHA-1 of <c>DUMP</c>, in hexadecimal; of the empty text where it does not exist.</summary>
    internal static RedisCondition Unchanged(RedisValue key, RedisValue digest) => Of(IsUnchanged, digest, "DUMP", key);

    /// <summary>A condition as it travels; null where this version does not know it.</summary>
    internal static RedisCondition? From(RedisCommand check) =>
        Tests.Contains(check.Name) && check.ArgumentArray.Length > Question + 1 ? new RedisCondition(check) : null;

    /// <inheritdoc/>
    public bool Equals(RedisCondition? other) => Check.Equals(other?.Check);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RedisCondition);

    /// <inheritdoc/>
    public override int GetHashCode() => Check.GetHashCode();

    /// <summary>What is asked and how it is compared; never with what, and of which key, which may be secret.</summary>
    public override string ToString() => $"{(string?)Check.ArgumentArray[Question]}: {Check.Name}";

    private static RedisCondition Equal(RedisValue value, string name, params ReadOnlySpan<RedisValue> arguments) =>
        value.IsNull ? Of(IsMissing, RedisValue.EmptyString, name, arguments) : Of(IsEqual, value, name, arguments);

    private static RedisCondition NotEqual(RedisValue value, string name, params ReadOnlySpan<RedisValue> arguments) =>
        value.IsNull ? Of(IsThere, RedisValue.EmptyString, name, arguments) : Of(IsNotEqual, value, name, arguments);

    private static RedisCondition Number(string test, long number, string name, params ReadOnlySpan<RedisValue> arguments) =>
        Of(test, number, name, arguments);

    private static RedisCondition StartingWith(string test, RedisValue key, RedisValue prefix)
    {
        byte[] first = prefix.IsNullOrEmpty ? throw new ArgumentException("A prefix is needed.", nameof(prefix)) : [(byte)'[', .. (byte[])prefix!];

        // Up to the first text behind all that begin so: the last byte that can grow does.
        var end = first.Length - 1;
        while (end > 0 && first[end] == byte.MaxValue) end--;
        byte[] behind = end == 0 ? [(byte)'+'] : [(byte)'(', .. first[1..end], (byte)(first[end] + 1)];
        return Number(test, 0, "ZLEXCOUNT", key, first, behind);
    }

    private static RedisValue Score(double score) => score switch
    {
        double.PositiveInfinity => "+inf",
        double.NegativeInfinity => "-inf",
        double.NaN => throw new ArgumentOutOfRangeException(nameof(score), "A score is a number."),
        _ => score.ToString("R", CultureInfo.InvariantCulture),
    };

    private static RedisCondition Of(string test, RedisValue expected, string name, params ReadOnlySpan<RedisValue> arguments) =>
        new(new RedisCommand(test, [expected, name, .. arguments]));
}
