using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

internal static class KeyCalls
{
    public static readonly CallTable<IDatabase> All = new()
    {
        { "an address in memory", d => d.DebugObject("number") },
        d => d.KeyCopy("text", "target"),
        d => d.KeyCopy("text", "number", -1, true),
        d => d.KeyCopy("text", "number", 1),
        d => d.KeyDelete("text"),
        d => d.KeyDelete(new RedisKey[] { "text", "missing", "list" }),
        d => d.KeyDump("number"),
        d => d.KeyDump("missing"),
        d => d.KeyEncoding("number"),
        d => d.KeyEncoding("missing"),
        d => d.KeyExists("text"),
        d => d.KeyExists(new RedisKey[] { "text", "missing", "list" }),
        d => d.KeyExpire("text", Samples.Long, CommandFlags.None),
        d => d.KeyExpire("text", Samples.Long),
        d => d.KeyExpire("expiring", Samples.Long, ExpireWhen.HasNoExpiry),
        d => d.KeyExpire("expiring", (TimeSpan?)null),
        d => d.KeyExpire("text", (DateTime?)Samples.FarAway, CommandFlags.None),
        d => d.KeyExpire("text", (DateTime?)Samples.FarAway),
        d => d.KeyExpireTime("text"),
        d => d.KeyExpireTime("dated"),
        d => d.KeyFrequency("text"),
        d => d.KeyIdleTime("text"),
        d => d.KeyIdleTime("missing"),
        d => d.KeyMigrate("text", Samples.Nowhere, 0, 10, MigrateOptions.None),
        d => d.KeyMigrate("missing", Samples.Nowhere, 0, 10, MigrateOptions.Copy),
        d => d.KeyMove("text", 1),
        d => d.KeyMove("text", 99),
        d => d.KeyPersist("expiring"),
        d => d.KeyPersist("text"),
        { "a random key", d => d.KeyRandom() },
        d => d.KeyRefCount("text"),
        d => d.KeyRename("text", "target"),
        d => d.KeyRename("missing", "target"),
        d => d.KeyRename("text", "number", When.NotExists),
        d => d.KeyRestore("target", Dump.OfNumber, null),
        d => d.KeyRestore("target", Dump.OfNumber, Samples.Long),
        d => d.KeyRestore("text", Dump.OfNumber, null),
        d => d.KeyRestore("target", new byte[] { 1, 2, 3 }, null),
        d => d.KeyTimeToLive("expiring"),
        d => d.KeyTimeToLive("text"),
        d => d.KeyTimeToLive("missing"),
        d => d.KeyTouch("text"),
        d => d.KeyTouch(new RedisKey[] { "text", "missing" }),
        d => d.KeyType("list"),
        d => d.KeyType("stream"),
        d => d.KeyType("missing"),
        d => d.Sort("numbers", 0, -1, Order.Descending),
        d => d.Sort("list", 1, 2, Order.Ascending, SortType.Alphabetic),
        d => d.Sort("list", 0, -1, Order.Ascending, SortType.Numeric, "weight:*", new RedisValue[] { "#", "label:*", "record->name" }),
        d => d.Sort("list"),
        d => d.SortAndStore("target", "numbers", 0, -1, Order.Descending),
        d => d.SortAndStore("target", "list", 0, 2, Order.Ascending, SortType.Alphabetic, "weight:*"),
    };

    /// <summary>What <c>DUMP</c> says of the string <c>10</c>: https://redis.io/docs/latest/commands/dump/.</summary>
    private static class Dump
    {
        public static readonly byte[] OfNumber = Convert.FromHexString("00C00A0B00");
    }
}
