namespace RedisActors.TestKit.Model;

/// <summary>https://redis.io/docs/latest/commands/?group=list</summary>
internal static class ListCommands
{
    public static void AddTo(CommandModel model)
    {
        model.Add("LPUSH", 2, int.MaxValue, call => Push(call, call.Keys.GetOrAdd<ListValue>(call.Key), left: true));
        model.Add("RPUSH", 2, int.MaxValue, call => Push(call, call.Keys.GetOrAdd<ListValue>(call.Key), left: false));
        model.Add("LPUSHX", 2, int.MaxValue, call => Push(call, Of(call), left: true));
        model.Add("RPUSHX", 2, int.MaxValue, call => Push(call, Of(call), left: false));
        model.Add("LPOP", 1, 2, call => Pop(call, left: true));
        model.Add("RPOP", 1, 2, call => Pop(call, left: false));
        model.Add("LLEN", 1, 1, call => RespValue.Integer(Of(call)?.Count ?? 0));
        model.Add("LRANGE", 3, 3, call =>
        {
            var (start, stop) = (call.Integer(1), call.Integer(2));
            return Call.Array(Range(Of(call) ?? [], start, stop));
        });
        model.Add("LINDEX", 2, 2, call =>
        {
            // Redis looks at the index only where there is a list.
            if (Of(call) is not { } list) return RespValue.Null;
            var index = call.Integer(1);
            if (index < 0) index += list.Count;
            return index >= 0 && index < list.Count ? Call.Bulk(list[(int)index]) : RespValue.Null;
        });
        model.Add("LSET", 3, 3, call =>
        {
            var list = Of(call) ?? throw new ModelError("ERR no such key");
            var index = call.Integer(1);
            if (index < 0) index += list.Count;
            if (index < 0 || index >= list.Count) throw new ModelError("ERR index out of range");
            list[(int)index] = call[2];
            return Call.Ok;
        });
        model.Add("LREM", 3, 3, Remove);
        model.Add("LTRIM", 3, 3, call =>
        {
            var (start, stop) = (call.Integer(1), call.Integer(2));
            if (Of(call) is not { } list) return Call.Ok;
            var kept = Range(list, start, stop);
            list.Clear();
            list.AddRange(kept);
            call.Keys.Trim(call.Key);
            return Call.Ok;
        });
        model.Add("LINSERT", 4, 4, Insert);
        model.Add("RPOPLPUSH", 2, 2, call => Move(call, fromLeft: false, toLeft: true));
        model.Add("LMOVE", 4, 4, call => Move(call, Side(call, 2), Side(call, 3)));
    }

    /// <summary>The items from one index to another, both included; negative ones count from the end.</summary>
    public static List<T> Range<T>(List<T> items, long start, long stop)
    {
        if (start < 0) start = Math.Max(0, start + items.Count);
        if (stop < 0) stop += items.Count;
        stop = Math.Min(stop, items.Count - 1);
        return start > stop || start >= items.Count ? [] : items.GetRange((int)start, (int)(stop - start + 1));
    }

    private static ListValue? Of(Call call) => call.Keys.Get<ListValue>(call.Key);

    private static bool Side(Call call, int index) => call.Option(index) switch
    {
        "LEFT" => true,
        "RIGHT" => false,
        _ => throw new ModelError(ModelError.Syntax),
    };

    private static RespValue Push(Call call, ListValue? list, bool left)
    {
        if (list is null) return RespValue.Integer(0);
        foreach (var item in call.From(1)) list.Insert(left ? 0 : list.Count, item);
        return RespValue.Integer(list.Count);
    }

    private static RespValue Pop(Call call, bool left)
    {
        var count = call.Count > 1 ? call.Positive(1) : (long?)null;
        if (Of(call) is not { } list) return RespValue.Null;
        var popped = new List<string>();
        while (popped.Count < (count ?? 1) && list.Count > 0) popped.Add(Take(list, left));
        call.Keys.Trim(call.Key);
        return count is null ? Call.Bulk(popped[0]) : Call.Array(popped);
    }

    private static string Take(ListValue list, bool left)
    {
        var index = left ? 0 : list.Count - 1;
        var item = list[index];
        list.RemoveAt(index);
        return item;
    }

    private static RespValue Remove(Call call)
    {
        var count = call.Integer(1);
        if (Of(call) is not { } list) return RespValue.Integer(0);
        var limit = count == 0 ? long.MaxValue : Math.Abs(count);
        var removed = 0;
        while (removed < limit && (count < 0 ? list.LastIndexOf(call[2]) : list.IndexOf(call[2])) is var at and >= 0)
        {
            list.RemoveAt(at);
            removed++;
        }

        call.Keys.Trim(call.Key);
        return RespValue.Integer(removed);
    }

    private static RespValue Insert(Call call)
    {
        var side = call.Option(1);
        if (side is not ("BEFORE" or "AFTER")) throw new ModelError(ModelError.Syntax);
        if (Of(call) is not { } list) return RespValue.Integer(0);
        var at = list.IndexOf(call[2]);
        if (at < 0) return RespValue.Integer(-1);
        list.Insert(side == "BEFORE" ? at : at + 1, call[3]);
        return RespValue.Integer(list.Count);
    }

    private static RespValue Move(Call call, bool fromLeft, bool toLeft)
    {
        if (Of(call) is not { } from) return RespValue.Null;
        _ = call.Keys.Get<ListValue>(call[1]);
        var item = Take(from, fromLeft);
        var to = call.Keys.GetOrAdd<ListValue>(call[1]);
        to.Insert(toLeft ? 0 : to.Count, item);
        call.Keys.Trim(call.Key);
        return Call.Bulk(item);
    }
}
