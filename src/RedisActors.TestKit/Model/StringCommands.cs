using System.Globalization;

namespace RedisActors.TestKit.Model;

/// <summary>https://redis.io/docs/latest/commands/?group=string</summary>
internal static class StringCommands
{
    public static void AddTo(CommandModel model)
    {
        model.Add("GET", 1, 1, call => Call.Bulk(call.Keys.Get<string>(call.Key)));
        model.Add("SET", 2, int.MaxValue, Set);
        model.Add("SETNX", 2, 2, call => Call.Integer(SetIfMissing(call.Keys, call.Key, call[1])));
        model.Add("SETEX", 3, 3, call => SetFor(call, TimeSpan.TicksPerSecond));
        model.Add("PSETEX", 3, 3, call => SetFor(call, TimeSpan.TicksPerMillisecond));
        model.Add("GETSET", 2, 2, call =>
        {
            var former = call.Keys.Get<string>(call.Key);
            call.Keys.Set(call.Key, call[1]);
            return Call.Bulk(former);
        });
        model.Add("GETDEL", 1, 1, call =>
        {
            var former = call.Keys.Get<string>(call.Key);
            call.Keys.Remove(call.Key);
            return Call.Bulk(former);
        });
        model.Add("MGET", 1, int.MaxValue, call => Call.Array(call.From(0).ToArray().Select(key => call.Keys.Find(key)?.Value as string)));
        model.Add("MSET", 2, int.MaxValue, call =>
        {
            if (call.Count % 2 != 0) throw ModelError.WrongArity(call.Name);
            for (var i = 0; i < call.Count; i += 2) call.Keys.Set(call[i], call[i + 1]);
            return Call.Ok;
        });
        model.Add("MSETNX", 2, int.MaxValue, call =>
        {
            if (call.Count % 2 != 0) throw ModelError.WrongArity(call.Name);
            for (var i = 0; i < call.Count; i += 2)
            {
                if (call.Keys.Find(call[i]) is not null) return RespValue.Integer(0);
            }

            for (var i = 0; i < call.Count; i += 2) call.Keys.Set(call[i], call[i + 1]);
            return RespValue.Integer(1);
        });
        model.Add("APPEND", 2, 2, call =>
        {
            var value = call.Keys.Get<string>(call.Key) + call[1];
            call.Keys.Set(call.Key, value, keepExpiry: true);
            return RespValue.Integer(value.Length);
        });
        model.Add("STRLEN", 1, 1, call => RespValue.Integer(call.Keys.Get<string>(call.Key)?.Length ?? 0));
        model.Add("GETRANGE", 3, 3, GetRange);
        model.Add("INCR", 1, 1, call => Increment(call, 1));
        model.Add("DECR", 1, 1, call => Increment(call, -1));
        model.Add("INCRBY", 2, 2, call => Increment(call, call.Integer(1)));
        model.Add("DECRBY", 2, 2, call => Increment(
            call, call.Integer(1) is var by and not long.MinValue ? -by : throw new ModelError("ERR decrement would overflow")));
        model.Add("INCRBYFLOAT", 2, 2, call =>
        {
            var sum = Call.FloatSum(call.Keys.Get<string>(call.Key) ?? "0", call[1], ModelError.NotFloat);
            call.Keys.Set(call.Key, sum, keepExpiry: true);
            return Call.Bulk(sum);
        });
    }

    public static long Add(string? former, long by, string error)
    {
        try
        {
            return checked(Call.IntegerOf(former ?? "0", error) + by);
        }
        catch (OverflowException)
        {
            throw new ModelError("ERR increment or decrement would overflow");
        }
    }

    private static RespValue Increment(Call call, long by)
    {
        var sum = Add(call.Keys.Get<string>(call.Key), by, ModelError.NotInteger);
        call.Keys.Set(call.Key, sum.ToString(CultureInfo.InvariantCulture), keepExpiry: true);
        return RespValue.Integer(sum);
    }

    private static bool SetIfMissing(Keyspace keys, string key, string value)
    {
        if (keys.Find(key) is not null) return false;
        keys.Set(key, value);
        return true;
    }

    private static RespValue SetFor(Call call, long unit)
    {
        var time = call.Integer(1);
        if (time <= 0) throw KeyCommands.InvalidExpiry(call.Name);
        call.Keys.Set(call.Key, call[2]).ExpiresAt = call.Now.AddTicks(time * unit);
        return Call.Ok;
    }

    private static RespValue GetRange(Call call)
    {
        var (start, end) = (call.Integer(1), call.Integer(2));
        var value = call.Keys.Get<string>(call.Key) ?? string.Empty;
        if (start < 0 && end < 0 && start > end) return Call.Bulk(string.Empty);
        start = Math.Max(0, start < 0 ? start + value.Length : start);
        end = Math.Min(value.Length - 1, Math.Max(0, end < 0 ? end + value.Length : end));
        return Call.Bulk(start > end || value.Length == 0 ? string.Empty : value[(int)start..((int)end + 1)]);
    }

    private static RespValue Set(Call call)
    {
        var (missing, there, get, keep) = (false, false, false, false);
        string? unit = null;
        var time = 0;
        for (var i = 2; i < call.Count; i++)
        {
            switch (call.Option(i))
            {
                case "NX" when !there:
                    missing = true;
                    break;
                case "XX" when !missing:
                    there = true;
                    break;
                case "GET":
                    get = true;
                    break;
                case "KEEPTTL" when unit is null:
                    keep = true;
                    break;
                case "EX" or "PX" or "EXAT" or "PXAT" when !keep && i + 1 < call.Count && (unit is null || unit == call.Option(i)):
                    unit = call.Option(i);
                    time = ++i;
                    break;
                default:
                    throw new ModelError(ModelError.Syntax);
            }
        }

        DateTimeOffset? expiresAt = unit is null ? null : KeyCommands.ExpiryOf(call, unit, call.Integer(time), mustBePositive: true);
        var former = get ? call.Keys.Get<string>(call.Key) : null;
        var exists = call.Keys.Find(call.Key) is not null;
        var sets = exists ? !missing : !there;
        if (sets)
        {
            var entry = call.Keys.Set(call.Key, call[1], keep);
            if (!keep) entry.ExpiresAt = expiresAt;
        }

        if (get) return Call.Bulk(former);
        return sets ? Call.Ok : RespValue.Null;
    }
}
