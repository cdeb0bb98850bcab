#nullable disable // as in Akka.NET, whose configuration API carries no annotations
using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>
/// What stands at a key or in a list: one element or several written after each other. Texts are joined, lists appended,
/// and of an object and anything else the object counts when it comes first.
/// </summary>
public class HoconValue : IMightBeAHoconObject
{
    public HoconValue()
    {
        Values = [];
    }

    public HoconValue(List<IHoconElement> values, bool adoptedFromFallback = true)
    {
        Values = values;
        AdoptedFromFallback = adoptedFromFallback;
    }

    public List<IHoconElement> Values { get; }

    public bool IsEmpty => Values.Count == 0 || (Values[0] is HoconObject { Items.Count: 0 });

    internal bool AdoptedFromFallback { get; }

    public void AppendValue(IHoconElement value) => Values.Add(value);

    public void Clear() => Values.Clear();

    public void NewValue(IHoconElement value)
    {
        Values.Clear();
        Values.Add(value);
    }

    public Config AtKey(string key)
    {
        var root = new HoconObject();
        root.GetOrCreateKey(key).Values.AddRange(Values);
        return new Config(new HoconRoot(new HoconValue([root])));
    }

    public Config ToConfig() => new(new HoconRoot(this));

    public bool IsObject() => GetObject() != null;

    /// <summary>The object that this is, or null.</summary>
    public HoconObject GetObject() => Values.Count == 0
        ? null
        : Values[0] switch
        {
            HoconObject element => element,
            IMightBeAHoconObject element => element.GetObject(),
            _ => null,
        };

    public HoconValue GetChildObject(string key) => GetObject()?.GetKey(key);

    public bool IsString() => Values.Count > 0 && Values.TrueForAll(element => element.IsString());

    /// <summary>The text without the blanks around it, or null when this is no text.</summary>
    public string GetString() => IsString() ? Joined() : null;

    public bool IsArray() => GetArray().Count > 0;

    public IList<HoconValue> GetArray() =>
        [.. Values.Where(element => element.IsArray()).SelectMany(element => element.GetArray())];

    public bool GetBoolean() => GetString() switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        var text => throw new NotSupportedException($"Unknown boolean format: {text}"),
    };

    public byte GetByte() => byte.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public int GetInt() => int.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public long GetLong() => long.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public float GetFloat() => float.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public double GetDouble() => double.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public decimal GetDecimal() => decimal.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public TimeSpan GetTimeSpan(bool allowInfinite = true) => HoconUnits.ParseDuration(GetString(), allowInfinite);

    public long? GetByteSize() => HoconUnits.ParseByteSize(GetString());

    public IList<string> GetStringList() => ListOf(value => value.GetString());

    public IList<bool> GetBooleanList() => ListOf(value => value.GetBoolean());

    public IList<byte> GetByteList() => ListOf(value => value.GetByte());

    public IList<int> GetIntList() => ListOf(value => value.GetInt());

    public IList<long> GetLongList() => ListOf(value => value.GetLong());

    public IList<float> GetFloatList() => ListOf(value => value.GetFloat());

    public IList<double> GetDoubleList() => ListOf(value => value.GetDouble());

    public IList<decimal> GetDecimalList() => ListOf(value => value.GetDecimal());

    public override string ToString() => ToString(0);

    /// <summary>The value as HOCON, an object's keys one step further to the right than <paramref name="indent"/>.</summary>
    public virtual string ToString(int indent)
    {
        if (GetObject() is { } child)
            return indent == 0 ? child.ToString(1) : $"{{\r\n{child.ToString(indent + 1)}{new string(' ', 2 * indent)}}}";

        if (IsString())
            return Quote(Joined() ?? "");

        return IsArray() ? $"[{string.Join(",", GetArray().Select(value => value.ToString(indent + 1)))}]" : "<<unknown value>>";
    }

    internal static string Quote(string text) => text.Contains(' ') || text.Contains('\t') ? $"\"{text}\"" : text;

    /// <summary>The texts joined; null only if none of them is anything else.</summary>
    private string Joined() =>
        Values.TrueForAll(element => element.GetString() == null) ? null : string.Concat(Values.Select(element => element.GetString())).Trim();

    private List<T> ListOf<T>(Func<HoconValue, T> convert) => [.. GetArray().Select(convert)];
}
