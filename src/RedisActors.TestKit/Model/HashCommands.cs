using System.Globalization;

namespace RedisActors.TestKit.Model;

/// <summary>https://redis.io/docs/latest/commands/?group=hash</summary>
internal static class HashCommands
{
    public static void AddTo(CommandModel model)
    {
        model.Add("HSET", 3, int.MaxValue, call => RespValue.Integer(Set(call)));
        model.Add("HMSET", 3, int.MaxValue, call =>
        {
            Set(call);
            return Call.Ok;
        });
        model.Add("HSETNX", 3, 3, call => Call.Integer(call.Keys.GetOrAdd<HashValue>(call.Key).TryAdd(call[1], call[2])));
        model.Add("HGET", 2, 2, call => Call.Bulk(Of(call)?.GetValueOrDefault(call[1])));
        model.Add("HMGET", 2, int.MaxValue, call =>
        {
            var hash = Of(call);
            return Call.Array(call.From(1).ToArray().Select(field => hash?.GetValueOrDefault(field)));
        });
        model.Add("HGETALL", 1, 1, call => Call.Array((Of(call) ?? []).SelectMany(pair => new[] { pair.Key, pair.Value })));
        model.Add("HKEYS", 1, 1, call => Call.Array((Of(call) ?? []).Keys));
        model.Add("HVALS", 1, 1, call => Call.Array((Of(call) ?? []).Values));
        model.Add("HLEN", 1, 1, call => RespValue.Integer(Of(call)?.Count ?? 0));
        model.Add("HEXISTS", 2, 2, call => Call.Integer(Of(call)?.ContainsKey(call[1]) == true));
        model.Add("HSTRLEN", 2, 2, call => RespValue.Integer(Of(call)?.GetValueOrDefault(call[1])?.Length ?? 0));
        model.Add("HDEL", 2, int.MaxValue, call =>
        {
            if (Of(call) is not { } hash) return RespValue.Integer(0);
            var removed = call.From(1).ToArray().Count(hash.Remove);
            call.Keys.Trim(call.Key);
            return RespValue.Integer(removed);
        });
        model.Add("HINCRBY", 3, 3, call =>
        {
            var by = call.Integer(2);
            var sum = StringCommands.Add(Of(call)?.GetValueOrDefault(call[1]), by, "ERR hash value is not an integer");
            call.Keys.GetOrAdd<HashValue>(call.Key)[call[1]] = sum.ToString(CultureInfo.InvariantCulture);
            return RespValue.Integer(sum);
        });
        model.Add("HINCRBYFLOAT", 3, 3, call =>
        {
            if (!double.IsFinite(call.Double(2))) throw new ModelError("ERR value is NaN or Infinity");
            var sum = Call.FloatSum(Of(call)?.GetValueOrDefault(call[1]) ?? "0", call[2], "ERR hash value is not a float");
            call.Keys.GetOrAdd<HashValue>(call.Key)[call[1]] = sum;
            return Call.Bulk(sum);
        });
    }

    private static HashValue? Of(Call call) => call.Keys.Get<HashValue>(call.Key);

    private static int Set(Call call)
    {
        if (call.Count % 2 == 0) throw ModelError.WrongArity(call.Name);
        var hash = call.Keys.GetOrAdd<HashValue>(call.Key);
        var former = hash.Count;
        for (var i = 1; i < call.Count; i += 2) hash[call[i]] = call[i + 1];
        return hash.Count - former;
    }
}
