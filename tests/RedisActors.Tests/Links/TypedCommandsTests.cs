using RedisActors.Connection;
using StackExchange.Redis;
using RawConnection = RedisActors.Tests.ExactlyOnce.Wire;

namespace RedisActors.Tests.Links;

/// <summary>What the client has methods of its own for is answered as the server answers, and nothing else is sent in its place.</summary>
public sealed class TypedCommandsTests : LinkSpec
{
    public static TheoryData<string, RedisValue[]> Commands => new()
    {
        { "GET", ["text"] }, { "get", ["text"] }, { "GET", ["nothing"] }, { "GET", ["empty"] }, { "GET", ["number"] }, { "GET", ["binary"] },
        { "GET", ["list"] }, { "GET", ["float"] }, { "GET", [new byte[] { 0, 255, 13, 10 }] }, { "GET", [RedisValue.EmptyString] }, { "GET", [7] },
        { "SET", ["text", "new"] }, { "set", ["text", 7] }, { "SET", ["text", RedisValue.EmptyString] }, { "SET", ["list", 1.5] },
        { "SET", ["fresh", new byte[] { 0, 255 }] }, { "SET", ["text", "new", "GET"] }, { "SET", ["text"] }, { "SET", [7, "x"] },
        { "INCR", ["number"] }, { "incr", ["fresh"] }, { "INCR", ["text"] }, { "INCR", ["list"] }, { "INCR", ["number", "x"] },
        { "HGET", ["hash", "f"] }, { "HGET", ["hash", "none"] }, { "HGET", ["nothing", "f"] }, { "HGET", ["text", "f"] },
        { "HSET", ["hash", "f", "w"] }, { "HSET", ["hash", "g", "w"] }, { "hset", ["hash", "h", 1] }, { "HSET", ["text", "f", "w"] },
        { "HSET", ["hash", "f"] }, { "HSET", ["hash", "f", "v", "g"] }, { "GETX", ["text"] }, { "SAT", ["text", "x"] },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_reply_is_the_servers_to_the_byte(string name, RedisValue[] arguments)
    {
        var server = await StartServerAsync();
        using var wire = new RawConnection(server);
        var (link, _) = await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\""));
        Prepare(wire);
        var expected = wire.Value(name, arguments);
        var state = wire.Value("MGET", "text", "number", "fresh", "list", "7");
        wire.Text("FLUSHALL");
        Prepare(wire);

        Assert.Equal(expected, await AnswerAsync(link, name, arguments));
        Assert.Equal(state, wire.Value("MGET", "text", "number", "fresh", "list", "7"));
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
        wire.Text("SET", "text", "some text");
        wire.Text("SET", "empty", "");
        wire.Text("SET", "number", "-9223372036854775800");
        wire.Text("SET", "float", "1.50");
        wire.Raw("SET", "binary", new byte[] { 0, 255, 36, 13, 10, 128 });
        wire.Text("RPUSH", "list", "x");
        wire.Text("HSET", "hash", "f", "v");
    }
}
