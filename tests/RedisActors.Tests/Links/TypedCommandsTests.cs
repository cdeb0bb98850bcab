using RedisActors.Connection;
using StackExchange.Redis;
using RawConnection = RedisActors.Tests.ExactlyOnce.Wire;

namespace RedisActors.Tests.Links;

/// <summary>What the client has methods of its own for is answered as the server answers, and nothing else is sent in its place.</summary>
public sealed class TypedCommandsTests : LinkSpec
{
    private static readonly (string Name, RedisValue[] Arguments)[] Commands =
    [
        ("GET", ["text"]), ("get", ["text"]), ("GET", ["nothing"]), ("GET", ["empty"]), ("GET", ["number"]), ("GET", ["binary"]),
        ("GET", ["list"]), ("GET", ["float"]), ("GET", [new byte[] { 0, 255, 13, 10 }]), ("GET", [RedisValue.EmptyString]), ("GET", [7]),
        ("SET", ["text", "new"]), ("set", ["text", 7]), ("SET", ["text", RedisValue.EmptyString]), ("SET", ["list", 1.5]),
        ("SET", ["fresh", new byte[] { 0, 255 }]), ("SET", ["text", "new", "GET"]), ("SET", ["text"]), ("SET", [7, "x"]),
        ("INCR", ["number"]), ("incr", ["fresh"]), ("INCR", ["text"]), ("INCR", ["list"]), ("INCR", ["number", "x"]),
        ("HGET", ["hash", "f"]), ("HGET", ["hash", "none"]), ("HGET", ["nothing", "f"]), ("HGET", ["text", "f"]),
        ("HSET", ["hash", "f", "w"]), ("HSET", ["hash", "g", "w"]), ("hset", ["hash", "h", 1]), ("HSET", ["text", "f", "w"]),
        ("HSET", ["hash", "f"]), ("HSET", ["hash", "f", "v", "g"]), ("GETX", ["text"]), ("SAT", ["text", "x"]),
    ];

    [Fact]
    public async Task The_reply_is_the_servers_to_the_byte()
    {
        var server = await StartServerAsync();
        using var wire = new RawConnection(server);
        var (link, _) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));
        foreach (var (name, arguments) in Commands)
        {
            Prepare(wire);
            var expected = wire.Value(name, arguments);
            var state = wire.Value("MGET", "text", "number", "fresh", "list", "7");
            Prepare(wire);

            Assert.Equal((name, expected), (name, await AnswerAsync(link, name, arguments)));
            Assert.Equal((name, state), (name, wire.Value("MGET", "text", "number", "fresh", "list", "7")));
        }
    }

    private static async Task<RespValue> AnswerAsync(IRedisLink link, string name, RedisValue[] arguments)
    {
        try
        {
            return await LinkQuery.AskAsync(link, name, arguments).WaitAsync(Patience);
        }
        catch (ServerErrorException error)
        {
            return RespValue.Error(error.Message);
        }
    }

    private static void Prepare(RawConnection wire)
    {
        wire.Text("FLUSHALL");
        wire.Text("SET", "text", "some text");
        wire.Text("SET", "empty", "");
        wire.Text("SET", "number", "-9223372036854775800");
        wire.Text("SET", "float", "1.50");
        wire.Raw("SET", "binary", new byte[] { 0, 255, 36, 13, 10, 128 });
        wire.Text("RPUSH", "list", "x");
        wire.Text("HSET", "hash", "f", "v");
    }
}
