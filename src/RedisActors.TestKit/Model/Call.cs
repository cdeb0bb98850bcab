using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace RedisActors.TestKit.Model;

/// <summary>An error that the server answers a command with.</summary>
internal sealed class ModelError(string message) : Exception(message)
{
    public const string WrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
    public const string NotInteger = "ERR value is not an integer or out of range";
    public const string NotFloat = "ERR value is not a valid float";
    public const string NotPositive = "ERR value is out of range, must be positive";
    public const string Syntax = "ERR syntax error";

    public static ModelError WrongArity(string name) => new($"ERR wrong number of arguments for '{name.ToLowerInvariant()}' command");
}

/// <summary>One execution of a command: its words, and the database in which it runs. Bytes are kept as Latin-1 text.</summary>
internal sealed class Call(Keyspace keys, string name, string[] words, DateTimeOffset now)
{
    public static readonly RespValue Ok = RespValue.SimpleString("OK");

    public Keyspace Keys => keys;

    public string Name => name;

    public DateTimeOffset Now => now;

    public int Count => words.Length;

    public string this[int index] => words[index];

    public string Key => words[0];

    public ReadOnlySpan<string> From(int index) => words.AsSpan(index);

    /// <summary>An argument as an option: upper case.</summary>
    public string Option(int index) => index < words.Length ? words[index].ToUpperInvariant() : throw new ModelError(ModelError.Syntax);

    public long Integer(int index) => index < words.Length ? IntegerOf(words[index]) : throw new ModelError(ModelError.Syntax);

    public long Positive(int index) =>
        IntegerOf(words[index], ModelError.NotPositive) is var value and >= 0 ? value : throw new ModelError(ModelError.NotPositive);

    public double Double(int index) => DoubleOf(words[index]);

    public static string Text(RedisValue value) => Encoding.Latin1.GetString((byte[]?)value ?? []);

    /// <summary>A word as its sender would read it.</summary>
    public static string Readable(string word) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(word));

    public static RespValue Bulk(string? text) => text is null ? RespValue.Null : RespValue.BulkString(Encoding.Latin1.GetBytes(text));

    public static RespValue Integer(bool value) => RespValue.Integer(value ? 1 : 0);

    public static RespValue Array(IEnumerable<string?> items) => RespValue.Array([.. items.Select(Bulk)]);

    public static long IntegerOf(string text, string error = ModelError.NotInteger) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value.ToString(CultureInfo.InvariantCulture) == text
            ? value
            : throw new ModelError(error);

    public static double DoubleOf(string text, string error = ModelError.NotFloat) => text.ToLowerInvariant() switch
    {
        "inf" or "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
            ? value
            : throw new ModelError(error),
    };

    /// <summary>A score as Redis writes it.</summary>
    public static string Score(double value) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ when value == Math.Truncate(value) && Math.Abs(value) < 1e15 => ((long)value).ToString(CultureInfo.InvariantCulture),
        _ => value.ToString("G17", CultureInfo.InvariantCulture).ToLowerInvariant(),
    };

    /// <summary>The sum of two numbers as <c>INCRBYFLOAT</c> writes it: at most 17 decimals, none that are zero at the end.</summary>
    public static string FloatSum(string former, string increment, string error)
    {
        var sum = DoubleOf(former, error) + DoubleOf(increment);
        if (!double.IsFinite(sum)) throw new ModelError("ERR increment would produce NaN or Infinity");
        return decimal.TryParse(former, NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
            && decimal.TryParse(increment, NumberStyles.Float, CultureInfo.InvariantCulture, out var right)
            ? Rounded(left + right).ToString("0.#################", CultureInfo.InvariantCulture)
            : sum.ToString("0.#################", CultureInfo.InvariantCulture);
    }

    /// <summary>Redis computes with 64 bits of precision.</summary>
    private static decimal Rounded(decimal value)
    {
        const decimal Precision = 9223372036854775808;
        var largest = 1m;
        while (largest * 2 <= Math.Abs(value)) largest *= 2;
        var unit = largest / Precision;
        return unit < 0.001m ? value : Math.Round(value / unit) * unit;
    }
}
