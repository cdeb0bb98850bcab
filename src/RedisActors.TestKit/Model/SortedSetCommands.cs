namespace RedisActors.TestKit.Model;

/// <summary>https://redis.io/docs/latest/commands/?group=sorted-set</summary>
internal static class SortedSetCommands
{
    private const string NotRange = "ERR min or max is not a float";

    public static void AddTo(CommandModel model)
    {
        model.Add("ZADD", 3, int.MaxValue, Add);
        model.Add("ZINCRBY", 3, 3, call =>
        {
            var by = call.Double(1);
            var sum = Sum(Of(call)?.TryGetValue(call[2], out var score) == true ? score : 0, by);
            call.Keys.GetOrAdd<SortedSetValue>(call.Key)[call[2]] = sum;
            return Call.Bulk(Call.Score(sum));
        });
        model.Add("ZREM", 2, int.MaxValue, call =>
        {
            if (Of(call) is not { } set) return RespValue.Integer(0);
            var removed = call.From(1).ToArray().Count(set.Remove);
            call.Keys.Trim(call.Key);
            return RespValue.Integer(removed);
        });
        model.Add("ZSCORE", 2, 2, call => ScoreOf(Of(call), call[1]));
        model.Add("ZMSCORE", 2, int.MaxValue, call =>
        {
            var set = Of(call);
            return RespValue.Array([.. call.From(1).ToArray().Select(member => ScoreOf(set, member))]);
        });
        model.Add("ZCARD", 1, 1, call => RespValue.Integer(Of(call)?.Count ?? 0));
        model.Add("ZCOUNT", 3, 3, call => RespValue.Integer(ByScore(call, call[1], call[2]).Count));
        model.Add("ZRANK", 2, 2, call => Rank(call, reverse: false));
        model.Add("ZREVRANK", 2, 2, call => Rank(call, reverse: true));
        model.Add("ZRANGE", 3, int.MaxValue, call => Range(call, takesAll: true));
        model.Add("ZREVRANGE", 3, int.MaxValue, call => Range(call, reverse: true));
        model.Add("ZRANGEBYSCORE", 3, int.MaxValue, call => Range(call, byScore: true));
        model.Add("ZREVRANGEBYSCORE", 3, int.MaxValue, call => Range(call, byScore: true, reverse: true));
        model.Add("ZPOPMIN", 1, int.MaxValue, call => Pop(call, reverse: false));
        model.Add("ZPOPMAX", 1, int.MaxValue, call => Pop(call, reverse: true));
        model.Add("ZREMRANGEBYSCORE", 3, 3, call => Remove(call, ByScore(call, call[1], call[2])));
        model.Add("ZREMRANGEBYRANK", 3, 3, call => Remove(call, ByIndex(call, call.Integer(1), call.Integer(2), reverse: false)));
    }

    private static SortedSetValue? Of(Call call) => call.Keys.Get<SortedSetValue>(call.Key);

    private static RespValue ScoreOf(SortedSetValue? set, string member) =>
        set?.TryGetValue(member, out var score) == true ? Call.Bulk(Call.Score(score)) : RespValue.Null;

    private static double Sum(double score, double by) =>
        score + by is var sum && double.IsNaN(sum) ? throw new ModelError("ERR resulting score is not a number (NaN)") : sum;

    private static RespValue Add(Call call)
    {
        var options = new HashSet<string>();
        var first = 1;
        while (first < call.Count && call.Option(first) is "NX" or "XX" or "GT" or "LT" or "CH" or "INCR") options.Add(call.Option(first++));
        var (missing, there, greater, less) = (options.Contains("NX"), options.Contains("XX"), options.Contains("GT"), options.Contains("LT"));
        var increments = options.Contains("INCR");
        var pairs = call.Count - first;
        if (pairs == 0 || pairs % 2 != 0) throw new ModelError(ModelError.Syntax);
        if (missing && there) throw new ModelError("ERR XX and NX options at the same time are not compatible");
        if ((greater && less) || (missing && (greater || less))) throw new ModelError("ERR GT, LT, and/or NX options at the same time are not compatible");
        if (increments && pairs > 2) throw new ModelError("ERR INCR option supports a single increment-element pair");

        var scores = new double[pairs / 2];
        for (var i = 0; i < scores.Length; i++) scores[i] = call.Double(first + (2 * i));
        var set = Of(call);
        if (set is null && there) return increments ? RespValue.Null : RespValue.Integer(0);
        set ??= call.Keys.GetOrAdd<SortedSetValue>(call.Key);
        var (added, changed) = (0, 0);
        double? result = null;
        for (var i = 0; i < scores.Length; i++)
        {
            var (member, score) = (call[first + (2 * i) + 1], scores[i]);
            if (set.TryGetValue(member, out var former))
            {
                if (missing) continue;
                if (increments) score = Sum(former, score);
                if ((greater && score <= former) || (less && score >= former)) continue;
                if (score != former) changed++;
            }
            else
            {
                if (there) continue;
                added++;
            }

            set[member] = score;
            result = score;
        }

        call.Keys.Trim(call.Key);
        if (increments) return result is { } sum ? Call.Bulk(Call.Score(sum)) : RespValue.Null;
        return RespValue.Integer(options.Contains("CH") ? added + changed : added);
    }

    private static List<KeyValuePair<string, double>> ByScore(Call call, string min, string max)
    {
        var (low, lowOpen) = Bound(min);
        var (high, highOpen) = Bound(max);
        return (Of(call) ?? []).InOrder().FindAll(pair =>
            (lowOpen ? pair.Value > low : pair.Value >= low) && (highOpen ? pair.Value < high : pair.Value <= high));
    }

    private static (double Score, bool IsOpen) Bound(string text) =>
        text.StartsWith('(') ? (Call.DoubleOf(text[1..], NotRange), true) : (Call.DoubleOf(text, NotRange), false);

    private static List<KeyValuePair<string, double>> ByIndex(Call call, long start, long stop, bool reverse)
    {
        var all = (Of(call) ?? []).InOrder();
        if (reverse) all.Reverse();
        return ListCommands.Range(all, start, stop);
    }

    /// <summary>The commands that answer with a part of the set, each with the options that it takes.</summary>
    private static RespValue Range(Call call, bool byScore = false, bool reverse = false, bool takesAll = false)
    {
        var withScores = false;
        (long Offset, long Count)? limit = null;
        for (var i = 3; i < call.Count; i++)
        {
            switch (call.Option(i))
            {
                case "WITHSCORES":
                    withScores = true;
                    break;
                case "LIMIT" when i + 2 < call.Count:
                    limit = (call.Integer(i + 1), call.Integer(i + 2));
                    i += 2;
                    break;
                case "REV" when takesAll && !reverse:
                    reverse = true;
                    break;
                case "BYSCORE" when takesAll && !byScore:
                    byScore = true;
                    break;
                case "BYLEX" when takesAll:
                    throw new ModelError("ERR TestRedis does not model ZRANGE with BYLEX; say what it answers with TestRedis.OnCommand(\"ZRANGE\", …)");
                default:
                    throw new ModelError(ModelError.Syntax);
            }
        }

        if (!byScore)
        {
            if (limit is not null) throw new ModelError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
            return Answer(ByIndex(call, call.Integer(1), call.Integer(2), reverse), withScores);
        }

        var found = reverse ? ByScore(call, call[2], call[1]) : ByScore(call, call[1], call[2]);
        if (reverse) found.Reverse();
        var (offset, count) = limit ?? (0, -1);
        if (offset < 0) return RespValue.Array();
        var rest = found.Skip((int)Math.Min(offset, int.MaxValue));
        return Answer([.. count < 0 ? rest : rest.Take((int)Math.Min(count, int.MaxValue))], withScores);
    }

    private static RespValue Rank(Call call, bool reverse)
    {
        var all = (Of(call) ?? []).InOrder();
        if (reverse) all.Reverse();
        return all.FindIndex(pair => pair.Key == call[1]) is var rank and >= 0 ? RespValue.Integer(rank) : RespValue.Null;
    }

    private static RespValue Pop(Call call, bool reverse)
    {
        if (call.Count > 2) throw new ModelError(ModelError.Syntax);
        var count = call.Count > 1 ? call.Positive(1) : 1;
        var popped = ByIndex(call, 0, count - 1, reverse);
        if (count == 0) return RespValue.Array();
        Remove(call, popped);
        return Answer(popped, withScores: true);
    }

    private static RespValue Remove(Call call, List<KeyValuePair<string, double>> members)
    {
        foreach (var (member, _) in members) Of(call)!.Remove(member);
        call.Keys.Trim(call.Key);
        return RespValue.Integer(members.Count);
    }

    private static RespValue Answer(List<KeyValuePair<string, double>> members, bool withScores) =>
        Call.Array(members.SelectMany(pair => withScores ? new[] { pair.Key, Call.Score(pair.Value) } : [pair.Key]));
}
