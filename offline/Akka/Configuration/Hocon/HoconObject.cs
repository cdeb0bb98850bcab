#nullable disable // as in Akka.NET, whose configuration API carries no annotations
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Values by key, in the order in which the keys first appeared.</summary>
public class HoconObject : IHoconElement
{
    public Dictionary<string, HoconValue> Items { get; } = [];

    /// <summary>The same as plain dictionaries; what is no object stays a <see cref="HoconValue"/>.</summary>
    public IDictionary<string, object> Unwrapped =>
        Items.ToDictionary(item => item.Key, item => item.Value.GetObject() is { } child ? child.Unwrapped : (object)item.Value);

    public bool IsString() => false;

    public string GetString() => throw new NotSupportedException("This element is an object.");

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new NotSupportedException("This element is an object.");

    public HoconValue GetKey(string key) => Items.GetValueOrDefault(key);

    public HoconValue GetOrCreateKey(string key)
    {
        if (!Items.TryGetValue(key, out var value))
            Items[key] = value = new HoconValue();

        return value;
    }

    /// <summary>Takes over the other's keys: they win, except that two objects become one.</summary>
    public void Merge(HoconObject other)
    {
        foreach (var (key, theirs) in other.Items)
        {
            if (theirs.GetObject() is not { } theirObject)
            {
                Items[key] = theirs;
                continue;
            }

            // A copy of both, since the one may be shared through a substitution and the other is not ours.
            var merged = new HoconObject();
            if (Items.TryGetValue(key, out var ours) && ours.GetObject() is { } ourObject)
                merged.Merge(ourObject);

            merged.Merge(theirObject);
            Items[key] = new HoconValue([merged]);
        }
    }

    public override string ToString() => ToString(0);

    public string ToString(int indent)
    {
        var text = new StringBuilder();
        var margin = new string(' ', 2 * indent);
        foreach (var (key, value) in Items)
            text.Append(margin).Append(HoconValue.Quote(key)).Append(" : ").Append(value.ToString(indent)).Append("\r\n");

        return text.ToString();
    }
}
