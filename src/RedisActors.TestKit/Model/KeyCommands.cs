using System.Text;
using System.Text.RegularExpressions;

namespace RedisActors.TestKit.Model;

/// <summary>https://redis.io/docs/latest/commands/?group=generic</summary>
internal static class KeyCommands
{
    public static void AddTo(CommandModel model)
    {
        model.Add("DEL", 1, int.MaxValue, call => Count(call, call.Keys.Remove));
        model.Add("UNLINK", 1, int.MaxValue, call => Count(call, call.Keys.Remove));
        model.Add("EXISTS", 1, int.MaxValue, call => Count(call, key => call.Keys.Find(key) is not null));
        model.Add("TOUCH", 1, int.MaxValue, call => Count(call, key => call.Keys.Find(key) is not null));
        model.Add("EXPIRE", 2, int.MaxValue, call => Expire(call, "EX"));
        model.Add("PEXPIRE", 2, int.MaxValue, call => Expire(call, "PX"));
        model.Add("EXPIREAT", 2, int.MaxValue, call => Expire(call, "EXAT"));
        model.Add("PEXPIREAT", 2, int.MaxValue, call => Expire(call, "PXAT"));
        model.Add("TTL", 1, 1, call => Remaining(call, left => (left.Ticks + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond));
        model.Add("PTTL", 1, 1, call => Remaining(call, left => (long)Math.Ceiling(left.TotalMilliseconds)));
        model.Add("PERSIST", 1, 1, call =>
        {
            if (call.Keys.Find(call.Key) is not { ExpiresAt: not null } entry) return RespValue.Integer(0);
            entry.ExpiresAt = null;
            return RespValue.Integer(1);
        });
        model.Add("TYPE", 1, 1, call => RespValue.SimpleString(call.Keys.Find(call.Key)?.Value switch
        {
            null => "none",
            string => "string",
            HashValue => "hash",
            ListValue => "list",
            SetValue => "set",
            _ => "zset",
        }));
        model.Add("RENAME", 2, 2, call =>
        {
            Rename(call);
            return Call.Ok;
        });
        model.Add("RENAMENX", 2, 2, call =>
        {
            if (call.Keys.Find(call.Key) is null) throw new ModelError("ERR no such key");
            if (call.Keys.Find(call[1]) is not null) return RespValue.Integer(0);
            Rename(call);
            return RespValue.Integer(1);
        });
        model.Add("KEYS", 1, 1, call =>
        {
            var pattern = Glob(call[0]);
            return Call.Array(call.Keys.Keys.Where(key => pattern.IsMatch(key)));
        });
        model.Add("DBSIZE", 0, 0, call => RespValue.Integer(call.Keys.Keys.Count()));
        model.Add("FLUSHDB", 0, int.MaxValue, call =>
        {
            if (call.Count > 1 || (call.Count == 1 && call.Option(0) is not ("ASYNC" or "SYNC"))) throw new ModelError(ModelError.Syntax);
            call.Keys.Clear();
            return Call.Ok;
        });
    }

    public static ModelError InvalidExpiry(string name) => new($"ERR invalid expire time in '{name.ToLowerInvariant()}' command");

    /// <summary>The moment that an expiry option and its number name.</summary>
    public static DateTimeOffset ExpiryOf(Call call, string option, long number, bool mustBePositive)
    {
        if (mustBePositive && number <= 0) throw InvalidExpiry(call.Name);
        try
        {
            return option switch
            {
                "EX" => call.Now.AddSeconds(number),
                "PX" => call.Now.AddMilliseconds(number),
                "EXAT" => DateTimeOffset.FromUnixTimeSeconds(number),
                _ => DateTimeOffset.FromUnixTimeMilliseconds(number),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            throw InvalidExpiry(call.Name);
        }
    }

    private static RespValue Count(Call call, Func<string, bool> counts)
    {
        var count = 0;
        foreach (var key in call.From(0))
        {
            if (counts(key)) count++;
        }

        return RespValue.Integer(count);
    }

    private static RespValue Expire(Call call, string unit)
    {
        var options = new HashSet<string>();
        foreach (var option in call.From(2))
        {
            if (option.ToUpperInvariant() is not ("NX" or "XX" or "GT" or "LT")) throw new ModelError($"ERR Unsupported option {Call.Readable(option)}");
            options.Add(option.ToUpperInvariant());
        }

        if (options.Contains("NX") && options.Count > 1) throw new ModelError("ERR NX and XX, GT or LT options at the same time are not compatible");
        if (options.Contains("GT") && options.Contains("LT")) throw new ModelError("ERR GT and LT options at the same time are not compatible");
        var at = ExpiryOf(call, unit, call.Integer(1), mustBePositive: false);
        if (call.Keys.Find(call.Key) is not { } entry) return RespValue.Integer(0);
        var former = entry.ExpiresAt;
        var holds = options.All(option => option switch
        {
            "NX" => former is null,
            "XX" => former is not null,
            "GT" => former is not null && at > former,
            _ => former is null || at < former,
        });
        if (!holds) return RespValue.Integer(0);
        entry.ExpiresAt = at;
        return RespValue.Integer(1);
    }

    private static RespValue Remaining(Call call, Func<TimeSpan, long> unit) => call.Keys.Find(call.Key) switch
    {
        null => RespValue.Integer(-2),
        { ExpiresAt: null } => RespValue.Integer(-1),
        { ExpiresAt: { } at } => RespValue.Integer(unit(at - call.Now)),
    };

    private static void Rename(Call call)
    {
        var entry = call.Keys.Find(call.Key) ?? throw new ModelError("ERR no such key");
        call.Keys.Remove(call.Key);
        call.Keys.Put(call[1], entry);
    }

    /// <summary>A pattern of <c>KEYS</c>: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[^a]</c>, <c>\</c> before what is meant as it stands.</summary>
    private static Regex Glob(string pattern)
    {
        var text = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            var end = pattern[i] == '[' ? pattern.IndexOf(']', i + 1) : -1;
            if (end > i)
            {
                text.Append(pattern.AsSpan(i, end + 1 - i));
                i = end;
            }
            else if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                text.Append(Regex.Escape(pattern[++i].ToString()));
            }
            else
            {
                text.Append(pattern[i] switch { '*' => ".*", '?' => ".", var other => Regex.Escape(other.ToString()) });
            }
        }

        return new Regex(text.Append('$').ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }
}
