using StackExchange.Redis;

#pragma warning disable SER308 // the tasks have completed

namespace RedisActors.Multiplexer.Tests.Api.Calls;

/// <summary>Scripts, commands by their name, publishing, and what belongs to no type of data.</summary>
internal static class OtherCalls
{
    private static readonly RedisKey[] Number = ["number"];
    private static readonly RedisValue[] Words = ["word", 2];

    public static readonly CallTable<IDatabase> All = new()
    {
        { "a duration", d => d.Ping() },
        d => d.CreateBatch(null),
        d => d.CreateTransaction(null),
        d => ((IDatabaseAsync)d).CreateTransaction(null),
        d => d.IdentifyEndpoint(default),
        d => d.IdentifyEndpoint("text"),
        d => d.IsConnected("text"),
        d => d.TryWait(Task.CompletedTask),
        d => d.TryWait(Task.FromException(new InvalidOperationException("no"))),
        d => d.Wait(Task.CompletedTask),
        d => d.Wait(Task.FromResult(7)),
        d => d.WaitAll(Task.CompletedTask, Task.CompletedTask),
        d => d.Publish(RedisChannel.Literal("nobody listens"), "message"),
        d => d.Publish(RedisChannel.Sharded("nobody listens"), "message"),

        d => d.Execute("INCRBY", "number", 5),
        d => d.Execute("LRANGE", "list", 0, -1),
        d => d.Execute("GET", "missing"),
        d => d.Execute("NONSENSE", "a", "b"),
        d => d.Execute("GET"),
        d => d.Execute("SET", new object[] { "text", Samples.Binary }, CommandFlags.None),
        d => d.Execute("COMMAND", new object[] { "INFO", "get" }, CommandFlags.None),
        d => d.ExecuteResp("GET", new RedisKeyOrValue[] { (RedisKey)"text" }),
        d => d.ExecuteResp("LPOP", new RedisKeyOrValue[] { (RedisKey)"missing", (RedisValue)2 }),

        d => d.ScriptEvaluate(Samples.Script, Number, Words),
        d => d.ScriptEvaluate("return {1, 'two', false, {3, {4}}, {ok='FINE'}}", null, null),
        d => d.ScriptEvaluate("return {err='MINE no'}", null, null),
        d => d.ScriptEvaluate("return redis.call('LPUSH', KEYS[1], 1)", Number, null),
        d => d.ScriptEvaluate("this is no script", null, null),
        d => d.ScriptEvaluate(Samples.LoadedHash(d, Samples.Script), Number, Words),
        d => d.ScriptEvaluate(new byte[20], Number, Words),
        d => d.ScriptEvaluate(Samples.Lua, new { key = (RedisKey)"number", by = 3 }),
        d => d.ScriptEvaluate(Samples.Loaded(d), new { key = (RedisKey)"number", by = 3 }),
        d => d.ScriptEvaluateReadOnly(Samples.ReadOnlyScript, Number, Words),
        d => d.ScriptEvaluateReadOnly(Samples.Script, Number, Words),
        d => d.ScriptEvaluateReadOnly(Samples.LoadedHash(d, Samples.ReadOnlyScript), Number, Words),
        d => d.ScriptEvaluateReadOnlyResp(Samples.ReadOnlyScript, Number, Words),
        d => d.ScriptEvaluateResp(Samples.Script, Number, Words),
    };
}
