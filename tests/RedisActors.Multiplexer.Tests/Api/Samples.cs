using System.Net;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>Arguments of calls that cannot be written where they are used.</summary>
internal static class Samples
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(1_000_000);
    public static readonly DateTime FarAway = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    public static readonly RedisValue Binary = new byte[] { 0, 13, 10, 255, 36, 42 };
    public static readonly ValueCondition IsHello = ValueCondition.Equal("hello world");
    public static readonly ReadOnlyMemory<float> Vector = new float[] { 1, 2, 3 };
    public static readonly BitFieldOffset Offset = default;

    public static readonly ReadOnlyMemory<BitFieldOperation> BitFields = new[]
    {
        BitFieldOperation.Get(BitFieldEncoding.UInt8, default),
        BitFieldOperation.Set(BitFieldEncoding.UInt8, default, 7),
        BitFieldOperation.IncrementBy(BitFieldEncoding.UInt8, default, 250, BitFieldOverflow.Fail),
    };

    /// <summary>A server that is not there.</summary>
    public static readonly EndPoint Nowhere = new IPEndPoint(IPAddress.Loopback, 1);

    public const string Script = "return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}";

    public const string ReadOnlyScript = "return {redis.call('GET', KEYS[1]), ARGV[1], false, 3, {ok='FINE'}}";

    public static readonly LuaScript Lua = LuaScript.Prepare("return redis.call('INCRBY', @key, @by)");

    /// <summary>The hash of a script that the server has been given through the same client.</summary>
    public static byte[] LoadedHash(IDatabase database, string script) => ServerOf(database).ScriptLoad(script);

    public static LoadedLuaScript Loaded(IDatabase database) => Lua.Load(ServerOf(database));

    public static IServer ServerOf(IRedisAsync database) => database.Multiplexer.GetServers()[0];

    public static ArrayGrepRequest Grep()
    {
        var request = new ArrayGrepRequest { Limit = 3 };
        return request;
    }
}
