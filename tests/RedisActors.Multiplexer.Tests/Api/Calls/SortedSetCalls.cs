using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

internal static class SortedSetCalls
{
    private static readonly RedisKey[] Both = ["zset", "zset2"];
    private static readonly RedisKey[] MissingFirst = ["missing", "zset"];
    private static readonly RedisValue[] Members = ["a", "missing", "c"];
    private static readonly SortedSetEntry[] Entries = [new("a", 5), new("new", double.NegativeInfinity)];

    public static readonly CallTable<IDatabase> All = new()
    {
        d => d.SortedSetAdd("zset", "new", 1.5, CommandFlags.None),
        d => d.SortedSetAdd("zset", "a", 9, When.NotExists),
        d => d.SortedSetAdd("zset", "a", 9, SortedSetWhen.GreaterThan),
        d => d.SortedSetAdd("zset", "a", double.NaN, SortedSetWhen.Always),
        d => d.SortedSetAdd("zset", Entries, CommandFlags.None),
        d => d.SortedSetAdd("zset", Entries, When.Exists),
        d => d.SortedSetAdd("zset", Entries, SortedSetWhen.Always),
        d => d.SortedSetAdd("zset", Array.Empty<SortedSetEntry>(), SortedSetWhen.Always),
        d => d.SortedSetCombine(SetOperation.Union, Both),
        d => d.SortedSetCombine(SetOperation.Intersect, Both, new double[] { 1, 2 }, Aggregate.Max),
        d => d.SortedSetCombineAndStore(SetOperation.Union, "target", "zset", "zset2", Aggregate.Min),
        d => d.SortedSetCombineAndStore(SetOperation.Difference, "target", Both),
        d => d.SortedSetCombineWithScores(SetOperation.Union, Both, new double[] { 1, 0.5 }),
        d => d.SortedSetDecrement("zset", "a", 1.25),
        d => d.SortedSetIncrement("zset", "a", 1.25),
        d => d.SortedSetIncrement("zset", "new", 2, ValueCondition.Exists, CommandFlags.None),
        d => d.SortedSetIntersectionLength(Both),
        d => d.SortedSetLength("zset"),
        d => d.SortedSetLength("zset", 1, 2, Exclude.Start),
        d => d.SortedSetLengthByValue("words", "b", "d"),
        d => d.SortedSetPop("zset"),
        d => d.SortedSetPop("missing"),
        d => d.SortedSetPop("zset", 2, Order.Descending),
        d => d.SortedSetPop(MissingFirst, 2),
        d => d.SortedSetPop(new RedisKey[] { "missing" }, 2),
        d => d.SortedSetRandomMember("zset1"),
        d => d.SortedSetRandomMembers("zset1", -2),
        d => d.SortedSetRandomMembersWithScores("zset1", -2),
        d => d.SortedSetRangeAndStore("zset", "target", 0, 1),
        d => d.SortedSetRangeAndStore("words", "target", "[a", "(c", SortedSetOrder.ByLex),
        d => d.SortedSetRangeByRank("zset"),
        d => d.SortedSetRangeByRank("zset", 0, 1, Order.Descending),
        d => d.SortedSetRangeByRankWithScores("zset"),
        d => d.SortedSetRangeByScore("zset"),
        d => d.SortedSetRangeByScore("zset", 1, 3, Exclude.Both, Order.Descending, 0, 5),
        d => d.SortedSetRangeByScoreWithScores("zset", double.NegativeInfinity, 2),
        d => d.SortedSetRangeByValue("words", "a", "d", Exclude.Stop, 1, 2),
        d => d.SortedSetRangeByValue("words", default, "c"),
        d => d.SortedSetRank("zset", "b"),
        d => d.SortedSetRank("zset", "missing", Order.Descending),
        d => d.SortedSetRemove("zset", "a"),
        d => d.SortedSetRemove("zset", Members),
        d => d.SortedSetRemoveRangeByRank("zset", 0, 1),
        d => d.SortedSetRemoveRangeByScore("zset", 1, 2, Exclude.Stop),
        d => d.SortedSetRemoveRangeByValue("words", "a", "b"),
        d => d.SortedSetScan("zset", "*", 10, CommandFlags.None),
        d => d.SortedSetScan("zset", "a*"),
        d => d.SortedSetScan("large zset", default, 10),
        d => d.SortedSetScore("zset", "b"),
        d => d.SortedSetScore("zset", "missing"),
        d => d.SortedSetScores("zset", Members),
        d => d.SortedSetUpdate("zset", "a", 4),
        d => d.SortedSetUpdate("zset", Entries, SortedSetWhen.Exists),
    };
}
