using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

internal static class SetCalls
{
    private static readonly RedisKey[] Both = ["set", "set2"];
    private static readonly RedisValue[] Members = ["a", "new", "c"];

    public static readonly CallTable<IDatabase> All = new()
    {
        d => d.SetAdd("set", "new"),
        d => d.SetAdd("set", Members),
        d => d.SetAdd("set", Array.Empty<RedisValue>()),
        d => d.SetCombine(SetOperation.Union, "set", "set2"),
        d => d.SetCombine(SetOperation.Difference, Both),
        d => d.SetCombineAndStore(SetOperation.Intersect, "target", "set", "set2"),
        d => d.SetCombineAndStore(SetOperation.Union, "target", Both),
        d => d.SetCombineLength(SetOperation.Intersect, Both, 1),
        d => d.SetCombineLength(SetOperation.Union, Both, 0, true),
        d => d.SetContains("set", "a"),
        d => d.SetContains("set", Members),
        d => d.SetIntersectionLength(Both),
        d => d.SetLength("set"),
        d => d.SetMembers("set"),
        d => d.SetMembers("numbers"),
        d => d.SetMembers("missing"),
        d => d.SetMove("set", "set2", "a"),
        d => d.SetPop("set1"),
        d => d.SetPop("set1", 5),
        d => d.SetPop("missing", 5),
        d => d.SetPop("set", 0L),
        d => d.SetRandomMember("set1"),
        d => d.SetRandomMembers("set1", 3),
        d => d.SetRandomMembers("set1", -3),
        d => d.SetRemove("set", "a"),
        d => d.SetRemove("set", Members),
        d => d.SetScan("set", "*", 10, CommandFlags.None),
        d => d.SetScan("set", "a*"),
        d => d.SetScan("large set", default, 10),
    };
}
