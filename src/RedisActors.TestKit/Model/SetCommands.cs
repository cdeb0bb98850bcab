namespace RedisActors.TestKit.Model;

/// <summary>https://redis.io/docs/latest/commands/?group=set</summary>
internal static class SetCommands
{
    public static void AddTo(CommandModel model)
    {
        model.Add("SADD", 2, int.MaxValue, call =>
        {
            var set = call.Keys.GetOrAdd<SetValue>(call.Key);
            return RespValue.Integer(call.From(1).ToArray().Count(member => set.TryAdd(member, true)));
        });
        model.Add("SREM", 2, int.MaxValue, call =>
        {
            if (Of(call) is not { } set) return RespValue.Integer(0);
            var removed = call.From(1).ToArray().Count(set.Remove);
            call.Keys.Trim(call.Key);
            return RespValue.Integer(removed);
        });
        model.Add("SISMEMBER", 2, 2, call => Call.Integer(Of(call)?.ContainsKey(call[1]) == true));
        model.Add("SMISMEMBER", 2, int.MaxValue, call =>
        {
            var set = Of(call);
            return RespValue.Array([.. call.From(1).ToArray().Select(member => Call.Integer(set?.ContainsKey(member) == true))]);
        });
        model.Add("SMEMBERS", 1, 1, call => Call.Array((Of(call) ?? []).Keys));
        model.Add("SCARD", 1, 1, call => RespValue.Integer(Of(call)?.Count ?? 0));
        model.Add("SMOVE", 3, 3, call =>
        {
            var from = Of(call);
            if (from is null) return RespValue.Integer(0);
            _ = call.Keys.Get<SetValue>(call[1]);
            if (!from.Remove(call[2])) return RespValue.Integer(0);
            call.Keys.GetOrAdd<SetValue>(call[1]).TryAdd(call[2], true);
            call.Keys.Trim(call.Key);
            return RespValue.Integer(1);
        });
        model.Add("SINTER", 1, int.MaxValue, call => Call.Array(Combine(call, 0, Enumerable.Intersect)));
        model.Add("SUNION", 1, int.MaxValue, call => Call.Array(Combine(call, 0, Enumerable.Union)));
        model.Add("SDIFF", 1, int.MaxValue, call => Call.Array(Combine(call, 0, Enumerable.Except)));
        model.Add("SINTERSTORE", 2, int.MaxValue, call => Store(call, Enumerable.Intersect));
        model.Add("SUNIONSTORE", 2, int.MaxValue, call => Store(call, Enumerable.Union));
        model.Add("SDIFFSTORE", 2, int.MaxValue, call => Store(call, Enumerable.Except));
    }

    private static SetValue? Of(Call call) => call.Keys.Get<SetValue>(call.Key);

    private static List<string> Combine(Call call, int first, Func<IEnumerable<string>, IEnumerable<string>, IEnumerable<string>> combine)
    {
        var sets = new List<IEnumerable<string>>();
        foreach (var key in call.From(first)) sets.Add(call.Keys.Get<SetValue>(key)?.Keys ?? (IEnumerable<string>)[]);
        return [.. sets.Aggregate(combine)];
    }

    private static RespValue Store(Call call, Func<IEnumerable<string>, IEnumerable<string>, IEnumerable<string>> combine)
    {
        var result = Combine(call, 1, combine);
        call.Keys.Remove(call.Key);
        if (result.Count == 0) return RespValue.Integer(0);
        var set = call.Keys.GetOrAdd<SetValue>(call.Key);
        foreach (var member in result) set.TryAdd(member, true);
        return RespValue.Integer(set.Count);
    }
}
