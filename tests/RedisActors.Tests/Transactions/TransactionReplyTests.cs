using RedisActors.Connection;
using RedisActors.ExactlyOnce;
using RedisActors.Testing;
using RedisActors.Tests.ExactlyOnce;
using RedisActors.Tests.Links;
using StackExchange.Redis;
using Line = RedisActors.Tests.ExactlyOnce.Wire;
using Script = RedisActors.ExactlyOnce.ExactlyOnceRequest;

namespace RedisActors.Tests.Transactions;

/// <summary>A command of a transaction gets the reply of the plain one, to the byte, in each of the three forms that a transaction has.</summary>
public sealed class TransactionReplyTests(ExactlyOnceServer fixture) : LinkSpec, IClassFixture<ExactlyOnceServer>
{
    /// <summary>Those that a server takes when it queues them.</summary>
    private static readonly string[] Refused =
    [
        "GET | x", "SET text", "LPUSH list", "INCR a b", "XGROUP CREATE stream | stream", "XGROUP | x", "NoSuchCommand text a b", "NOSUCH | x",
        "XGROUP NoSuch stream | stream",
    ];

    [Fact]
    public async Task Every_reply_is_that_of_the_plain_command()
    {
        using var wire = fixture.Connect();
        wire.Text("SCRIPT", "LOAD", TransactionScript.Plain.Text);
        wire.Text("SCRIPT", "LOAD", TransactionScript.Once.Text);
        var (link, _) = await ConnectAsync(Links($"endpoint = \"{fixture.Server.Endpoint}\""));
        var compared = 0;
        foreach (var line in WrappedReplyTests.Commands)
        {
            if (Refused.Contains(line) || line.StartsWith("nosuch", StringComparison.Ordinal)) continue;
            var (command, keys) = WrappedReplyTests.Parse(line);
            Prepare(wire);
            var plain = RespText.Decode(Encode(wire.Text(command.Name, [.. command.Arguments])));
            var state = WrappedReplyTests.Digests(wire);
            var expected = RespValue.Array(RespValue.Integer(1), plain, RespValue.Integer(2));
            RedisValue[] all = [.. keys, "counter"];
            var transaction = new RedisTransaction(new RedisCommand("INCR", "counter"), command, new RedisCommand("INCR", "counter"));

            Prepare(wire);
            Same(line, "MULTI", expected, await AnswerAsync(link, transaction));
            Same(line, "MULTI", state, Digests(wire));
            Prepare(wire);
            Same(line, "script", expected, Script.Decode(wire.Value("EVALSHA", Script.AsScript(transaction, all))).Value);
            Same(line, "script", state, Digests(wire));
            Prepare(wire);
            var once = Script.Wrap(transaction, "token", TimeSpan.FromMinutes(1), all).Arguments;
            Same(line, "token", expected, Script.Decode(wire.Value("EVALSHA", once)).Value);
            Same(line, "token", expected, Script.Decode(wire.Value("EVALSHA", once)).Value);
            Same(line, "token", state, Digests(wire));
            compared++;
        }

        Assert.True(compared > 120, $"{compared}");
    }

    private static void Same<T>(string line, string form, T expected, T actual) => Assert.Equal((line, form, expected), (line, form, actual));

    private static byte[] Encode(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    /// <summary>Without the counter that tells how often the others ran.</summary>
    private static string Digests(Line wire)
    {
        Assert.Equal(2, wire.Value("GET", "counter").AsInt64());
        wire.Text("DEL", "counter");
        return WrappedReplyTests.Digests(wire);
    }

    private static async Task<RespValue> AnswerAsync(IRedisLink link, RedisTransaction transaction)
    {
        var reply = new Reply(transaction);
        link.Send(reply);
        return await reply.Value.WaitAsync(Patience);
    }

    private static void Prepare(Line wire)
    {
        wire.Text("FLUSHALL");
        WrappedReplyTests.Prepare(wire);
    }

    private sealed class Reply(RedisTransaction transaction) : LinkRequest
    {
        private readonly TaskCompletionSource<RespValue> _value = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<RespValue> Value => _value.Task;

        public override string Name => "MULTI";

        public override RedisValue[] Arguments => [];

        public override int? Database => null;

        public override IReadOnlyList<RedisCommand> Members => transaction.CommandArray;

        public override void Succeed(in RespValue value) => _value.SetResult(value);

        public override void Reject(string serverError) => _value.SetResult(RespValue.Error(serverError));

        public override void Refuse(string reason) => _value.SetException(new InvalidOperationException(reason));

        public override void Garble(string reason) => _value.SetException(new InvalidOperationException(reason));

        public override void Fail(LinkFault fault) => _value.SetException(new InvalidOperationException(fault.Reason));
    }
}
