using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

#pragma warning disable CS0618, SER012, SER308 // experimental, and called all the same; the tasks have completed

/// <summary>What a server is asked; those that <see cref="ServerApiTests"/> cannot call are there.</summary>
internal static class ServerCalls
{
    private const string Counters = "counters go on";
    private const string State = "the server's state goes on";

    public static readonly CallTable<IServer> All = new()
    {
        { "a duration", s => s.Ping() },
        s => s.ClientKill(Samples.Nowhere),
        s => s.ClientKill(999_999_999L, null, null, true),
        s => s.ClientKill(new ClientKillFilter().WithId(999_999_999L)),
        { "each client is another one", s => s.ClientList() },
        s => s.ClusterNodes(),
        s => s.ClusterNodesRaw(),
        s => s.ClusterSlots(),
        s => s.ClusterSlotStatsBySlotRange(0, 3),
        s => s.ClusterSlotStatsOrderBy(ClusterSlotStatsMetric.KeyCount, 2),
        s => s.CommandCount(),
        s => s.CommandGetKeys(new RedisValue[] { "MSET", "a", 1, "b", 2 }),
        s => s.CommandGetKeys(new RedisValue[] { "PING" }),
        s => s.CommandList(null, null, (RedisValue?)"ge*"),
        s => s.ConfigGet("maxmemory*"),
        s => s.ConfigResetStatistics(),
        s => s.ConfigRewrite(),
        s => s.ConfigSet("slowlog-max-len", 99),
        s => s.ConfigSet("nonsense", 1),
        s => s.DatabaseSize(),
        s => s.DatabaseSize(3),
        s => s.Echo("hello"),
        s => s.Execute("GET", "text"),
        s => s.Execute("NONSENSE"),
        s => s.Execute("LRANGE", new object[] { "list", 0, 1 }, CommandFlags.None),
        s => s.Execute(3, "SET", new object[] { "there", 1 }, CommandFlags.None),
        s => s.FlushAllDatabases(),
        s => s.FlushDatabase(),
        s => s.FlushDatabase(3),
        s => s.GetProductVariant(out Out.Version),
        s => s.HotKeysGet(),
        s => s.HotKeysReset(),
        s => s.HotKeysStart(HotKeysMetrics.Cpu),
        s => s.HotKeysStop(),
        { Counters, s => s.Info(default) },
        s => s.Info("cluster"),
        { Counters, s => s.InfoRaw("stats") },
        s => s.InfoRaw("cluster"),
        { "a name by chance", s => s.InventKey("prefix:") },
        s => s.Keys(0, "*e*", 10, CommandFlags.None),
        s => s.Keys(0, "*", 3),
        s => s.Keys(3, "*"),
        { State, s => s.LastSave() },
        s => s.LatencyDoctor(),
        s => s.LatencyHistory("command"),
        s => s.LatencyLatest(),
        s => s.LatencyReset(),
        s => s.LatencyReset(new string[] { "command" }),
        { State, s => s.MemoryAllocatorStats() },
        { State, s => s.MemoryDoctor() },
        s => s.MemoryPurge(),
        { State, s => s.MemoryStats() },
        { State, s => s.Role() },
        s => s.ScriptExists("return 1 + 1"),
        s => s.ScriptExists(new byte[20]),
        s => s.ScriptFlush(),
        s => s.ScriptLoad("return 'loaded'"),
        s => s.ScriptLoad("this is no script"),
        s => s.ScriptLoad(Samples.Lua),
        s => s.SentinelFailover("orders"),
        s => s.SentinelGetMasterAddressByName("orders"),
        s => s.SentinelGetReplicaAddresses("orders"),
        s => s.SentinelGetSentinelAddresses("orders"),
        s => s.SentinelMaster("orders"),
        s => s.SentinelMasters(),
        s => s.SentinelReplicas("orders"),
        s => s.SentinelSentinels("orders"),
        { State, s => s.SlowlogGet(3) },
        s => s.SlowlogReset(),
        s => s.SubscriptionChannels(RedisChannel.Pattern("nobody*")),
        s => s.SubscriptionPatternCount(),
        s => s.SubscriptionSubscriberCount(RedisChannel.Literal("nobody")),
        s => s.SwapDatabases(0, 3),
        s => s.SwapDatabases(0, 99),
        { "time goes on", s => s.Time() },
        s => s.Save(SaveType.ForegroundSave),
        { State, s => s.GetCounters() },
        s => s.TryWait(Task.CompletedTask),
        s => s.Wait(Task.CompletedTask),
        s => s.Wait(Task.FromResult(7)),
        s => s.WaitAll(Task.CompletedTask),
    };

    private static class Out
    {
        public static string Version = string.Empty;
    }
}
