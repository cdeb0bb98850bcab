using System.Globalization;
using System.Runtime.Serialization;

namespace RedisActors.Wire;

/// <summary>Numbers, times and enumerations as text, with their type: Akka's JSON brings an enumeration back as a number, and a time as text.</summary>
internal static class PlainForm
{
    private const string Enumeration = "enum ";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static Form.Plain? ToWire(object value) => value switch
    {
        Enum named => new() { Type = Enumeration + NameOf(named.GetType()), Text = named.ToString("D") },
        bool or byte or sbyte or short or ushort or uint or ulong or decimal or char => Of(value.GetType().Name, Convert.ToString(value, Invariant)!),
        double number => Of(nameof(Double), number.ToString("R", Invariant)),
        float number => Of(nameof(Single), number.ToString("R", Invariant)),
        TimeSpan time => Of(nameof(TimeSpan), time.ToString("c", Invariant)),
        DateTime time => Of(nameof(DateTime), time.ToString("O", Invariant)),
        DateTimeOffset time => Of(nameof(DateTimeOffset), time.ToString("O", Invariant)),
        _ => null,
    };

    public static object FromWire(Form.Plain wire)
    {
        try
        {
            return Read(wire.Type, wire.Text);
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
        {
            throw new SerializationException($"it holds a state that is no {wire.Type}", error);
        }
    }

    private static object Read(string type, string text) => type switch
    {
        nameof(Boolean) => bool.Parse(text),
        nameof(Byte) => byte.Parse(text, Invariant),
        nameof(SByte) => sbyte.Parse(text, Invariant),
        nameof(Int16) => short.Parse(text, Invariant),
        nameof(UInt16) => ushort.Parse(text, Invariant),
        nameof(UInt32) => uint.Parse(text, Invariant),
        nameof(UInt64) => ulong.Parse(text, Invariant),
        nameof(Decimal) => decimal.Parse(text, NumberStyles.Number, Invariant),
        nameof(Char) => char.Parse(text),
        nameof(Double) => double.Parse(text, Invariant),
        nameof(Single) => float.Parse(text, Invariant),
        nameof(TimeSpan) => TimeSpan.ParseExact(text, "c", Invariant),
        nameof(DateTime) => DateTime.Parse(text, Invariant, DateTimeStyles.RoundtripKind),
        nameof(DateTimeOffset) => DateTimeOffset.Parse(text, Invariant, DateTimeStyles.RoundtripKind),
        _ when type.StartsWith(Enumeration, StringComparison.Ordinal) => ReadEnum(type[Enumeration.Length..], text),
        _ => throw new SerializationException("it holds a state of a kind that this version does not know"),
    };

    private static object ReadEnum(string name, string text)
    {
        Type? type;
        try
        {
            type = Type.GetType(name, throwOnError: false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new SerializationException("it holds a state of a type that cannot be loaded", error);
        }

        return type is { IsEnum: true }
            ? Enum.Parse(type, text)
            : throw new SerializationException("it holds a state of an enumeration that this node does not have");
    }

    /// <summary>Without the assembly's version, which may be another one on another node.</summary>
    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    private static Form.Plain Of(string type, string text) => new() { Type = type, Text = text };
}
