using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

/// <summary>Arrays and vector sets, which newer servers have.</summary>
internal static class NewerCalls
{
    private static readonly RedisArrayIndex[] Indices = [1, 2];
    private static readonly RedisArrayIndex First = 0;
    private static readonly RedisArrayIndex Last = 5;
    private static readonly RedisValue[] Values = ["a", 2];

    public static readonly CallTable<IDatabase> All = new()
    {
        d => d.ArrayCount("array"),
        d => d.ArrayDelete("array", First),
        d => d.ArrayDelete("array", Indices),
        d => d.ArrayDeleteRange("array", First, Last),
        d => d.ArrayDeleteRange("array", new RedisArrayRange[] { new(First, Last) }),
        d => d.ArrayGet("array", First),
        d => d.ArrayGet("array", Indices),
        d => d.ArrayGetRange("array", First, Last),
        d => d.ArrayGrep("array", Samples.Grep()),
        d => d.ArrayInfo("array", true),
        d => d.ArrayInsert("array", "a"),
        d => d.ArrayInsert("array", Values),
        d => d.ArrayLastItems("array", 2),
        d => d.ArrayLength("array"),
        d => d.ArrayNext("array"),
        d => d.ArrayOperation("array", First, Last, ArrayOperation.Sum),
        d => d.ArrayRing("array", Last, "a"),
        d => d.ArrayRing("array", Last, Values),
        d => d.ArrayScan("array", First, Last),
        d => d.ArraySeek("array", First),
        d => d.ArraySet("array", First, "a"),
        d => d.ArraySet("array", First, Values),
        d => d.ArraySet("array", new RedisArrayEntry[] { new(First, "a") }),

        d => d.VectorSetAdd("vectors", VectorSetAddRequest.Member("a", Samples.Vector)),
        d => d.VectorSetContains("vectors", "a"),
        d => d.VectorSetDimension("vectors"),
        d => d.VectorSetGetApproximateVector("vectors", "a"),
        d => d.VectorSetGetAttributesJson("vectors", "a"),
        d => d.VectorSetGetLinks("vectors", "a"),
        d => d.VectorSetGetLinksWithScores("vectors", "a"),
        d => d.VectorSetInfo("vectors"),
        d => d.VectorSetLength("vectors"),
        d => d.VectorSetRandomMember("vectors"),
        d => d.VectorSetRandomMembers("vectors", 2),
        d => d.VectorSetRange("vectors"),
        d => d.VectorSetRangeEnumerate("vectors"),
        d => d.VectorSetRemove("vectors", "a"),
        d => d.VectorSetSetAttributesJson("vectors", "a", "{}"),
        d => d.VectorSetSimilaritySearch("vectors", VectorSetSimilaritySearchRequest.ByVector(Samples.Vector)),
    };
}
