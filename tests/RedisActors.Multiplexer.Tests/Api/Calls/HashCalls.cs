using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

internal static class HashCalls
{
    private static readonly RedisValue[] Fields = ["a", "missing", "name"];
    private static readonly HashEntry[] Entries = [new("a", 10), new("new", "v")];

    public static readonly CallTable<IDatabase> All = new()
    {
        d => d.HashDecrement("hash", "a", 1L),
        d => d.HashDecrement("hash", "a", 0.5),
        d => d.HashDelete("hash", "a"),
        d => d.HashDelete("hash", Fields),
        d => d.HashDelete("hash", Array.Empty<RedisValue>()),
        d => d.HashExists("hash", "a"),
        d => d.HashFieldExpire("hash", Fields, Samples.Long),
        d => d.HashFieldExpire("hash", Fields, Samples.FarAway, ExpireWhen.HasNoExpiry),
        d => d.HashFieldGetAndDelete("hash", "a"),
        d => d.HashFieldGetAndDelete("hash", Fields),
        d => d.HashFieldGetAndSetExpiry("hash", "a", Samples.Long),
        d => d.HashFieldGetAndSetExpiry("hash", "a", Samples.FarAway),
        d => d.HashFieldGetAndSetExpiry("hash", Fields, null, true),
        d => d.HashFieldGetAndSetExpiry("hash", Fields, Samples.FarAway),
        d => d.HashFieldGetExpireDateTime("hash", Fields),
        d => d.HashFieldGetLeaseAndDelete("hash", "a"),
        d => d.HashFieldGetLeaseAndSetExpiry("hash", "a", Samples.Long),
        d => d.HashFieldGetLeaseAndSetExpiry("hash", "a", Samples.FarAway),
        d => d.HashFieldGetTimeToLive("hash", Fields),
        d => d.HashFieldPersist("hash", Fields),
        d => d.HashFieldSetAndSetExpiry("hash", "a", 1, Samples.Long),
        d => d.HashFieldSetAndSetExpiry("hash", "a", 1, Samples.FarAway),
        d => d.HashFieldSetAndSetExpiry("hash", Entries, Samples.Long),
        d => d.HashFieldSetAndSetExpiry("hash", Entries, Samples.FarAway),
        d => d.HashGet("hash", "a"),
        d => d.HashGet("hash", "missing"),
        d => d.HashGet("hash", Fields),
        d => d.HashGetAll("hash"),
        d => d.HashGetAll("missing"),
        d => d.HashGetLease("hash", "name"),
        { "the client counts its sets of fields", d => d.HashImport("hash", HashImport.Create(new RedisValue[] { "x", "y" }), new RedisValue[] { 1, 2 }) },
        d => d.HashIncrement("hash", "a", 4L),
        d => d.HashIncrement("hash", "name", 4L),
        d => d.HashIncrement("hash", "a", 1.5),
        d => d.HashKeys("hash"),
        d => d.HashLength("hash"),
        { "a random field", d => d.HashRandomField("hash") },
        { "random fields", d => d.HashRandomFields("hash", 2) },
        d => d.HashRandomFields("hash1", 2),
        { "random fields", d => d.HashRandomFieldsWithValues("hash", -4) },
        d => d.HashRandomFieldsWithValues("hash1", 1),
        d => d.HashScan("hash", "*", 10, CommandFlags.None),
        d => d.HashScan("hash", "a*"),
        d => d.HashScan("large hash", default, 10),
        d => d.HashScanNoValues("hash"),
        d => d.HashSet("hash", Entries),
        d => d.HashSet("hash", Array.Empty<HashEntry>()),
        d => d.HashSet("hash", "a", 11),
        d => d.HashSet("hash", "a", 11, When.NotExists),
        d => d.HashSet("hash", "a", RedisValue.Null),
        d => d.HashStringLength("hash", "name"),
        d => d.HashValues("hash"),
    };
}
