using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>
/// What a call gave, as text: everything that it shows, and of times only as much as two runs have in common.
/// </summary>
internal static partial class ResultText
{
    private const int Deepest = 8;

    /// <summary>Times are told to the nearest of these.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(1000);

    public static string Of(object? value) => Of(value, 0);

    public static string Of(Exception error)
    {
        var text = $"{error.GetType().Name}: {error.Message}";
        return error.InnerException is { } inner ? $"{text} < {Of(inner)}" : text;
    }

    /// <summary>Of a result that varies: that it is one, and of which kind.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "nothing",
        Exception error => $"{error.GetType().Name}: {error.Message.Split(',')[0]}",
        RedisValue { IsNull: true } or RedisResult { IsNull: true } => "null",
        RedisResult result => result.Resp2Type.ToString(),
        _ => value.GetType().Name,
    };

    private static string Of(object? value, int depth)
    {
        switch (value)
        {
            case null:
                return "null";
            case RedisValue bytes:
                return bytes.IsNull ? "nil" : OfText(Escaped(bytes!));
            case RedisKey key:
                return $"key {Escaped((byte[]?)key ?? [])}";
            case RedisChannel channel:
                return $"channel {channel} {channel.IsPattern} {channel.IsSharded}";
            case byte[] bytes:
                return Escaped(bytes);
            case string text:
                return OfText($"\"{text}\"");
            case TimeSpan time:
                return time.Duration() < TimeSpan.FromMinutes(1) ? "a short time" : (Math.Round(time / Grain) * Grain).ToString("c", CultureInfo.InvariantCulture);
            case DateTime time:
                return time.ToUniversalTime() is var when && (when - DateTime.UtcNow).Duration() < TimeSpan.FromHours(1)
                    ? "now"
                    : when.AddTicks(-(when.Ticks % Grain.Ticks)).ToString("u", CultureInfo.InvariantCulture);
            case bool or Enum or Version or Guid:
                return value.ToString()!;
            case IFormattable number when value.GetType().IsPrimitive:
                return number.ToString(value is double or float ? "R" : null, CultureInfo.InvariantCulture);
            case RedisResult result:
                return result.IsNull ? $"{result.Resp2Type} nil"
                    : result.Resp2Type == ResultType.Array ? $"[{string.Join(", ", ((RedisResult[])result!).Select(item => Of(item, depth + 1)))}]"
                    : $"{result.Resp2Type} {Of((RedisValue)result)}";
            case RespResult raw:
                using (raw) return Escaped(raw.Read().Serialize());
            case IBatch or IDatabaseAsync or ISubscriber or IServer or IConnectionMultiplexer:
                return value.GetType().Name;
            case EndPoint endpoint:
                return endpoint.ToString()!;
            case IEnumerable<RedisKey> keys and not Array:
                return $"keys {string.Join(", ", keys.Select(key => Of(key)).Order(StringComparer.Ordinal))}";
            case IEnumerable items:
                return $"[{string.Join(", ", items.Cast<object?>().Select(item => Of(item, depth + 1)))}]";
            default:
                return OfMembers(value, depth);
        }
    }

    private static string OfMembers(object value, int depth)
    {
        var type = value.GetType();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Lease<>))
        {
            var segment = type.GetProperty(nameof(Lease<int>.ArraySegment))!.GetValue(value);
            return $"lease {Of(segment is ArraySegment<byte> bytes ? bytes.ToArray() : segment)}";
        }

        if (depth > Deepest) throw new InvalidOperationException($"{type} goes too deep");
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && property.GetCustomAttribute<ObsoleteAttribute>() is null)
            .Select(property => $"{property.Name}={OfMember(property, value, depth)}")
            .Concat(type.GetFields(BindingFlags.Public | BindingFlags.Instance).Select(field => $"{field.Name}={Of(field.GetValue(value), depth + 1)}"))
            .ToList();
        return members.Count == 0 ? value.ToString()! : $"{type.Name} {{{string.Join(", ", members)}}}";
    }

    /// <summary>Idle times go on between two runs.</summary>
    private static string OfMember(PropertyInfo property, object value, int depth)
    {
        if (property.Name.EndsWith("InMilliseconds", StringComparison.Ordinal)) return "a time";
        try
        {
            return Of(property.GetValue(value), depth + 1);
        }
        catch (TargetInvocationException error)
        {
            return Of(error.InnerException!);
        }
    }

    private static string Escaped(byte[] bytes)
    {
        var text = new StringBuilder();
        foreach (var one in bytes)
        {
            if (one is >= 0x20 and < 0x7f and not (byte)'\\') text.Append((char)one);
            else text.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
        }

        return OfText(text.ToString());
    }

    private static string OfText(string text) => IdOfNow().Replace(text, "<an id of now>");

    /// <summary>Ids that a server gives to the entries of streams.</summary>
    [GeneratedRegex(@"\b1\d{12}-\d+")]
    private static partial Regex IdOfNow();
}
