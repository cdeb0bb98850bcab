using Akka.Actor;
using RedisActors.Wire;
using StackExchange.Redis;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>Commands and replies that are too large for a message between nodes, and those that just fit.</summary>
public sealed class LargeMessagesTests : AkkaClusterSpec
{
    private const string Setting = "akka.remote.dot-netty.tcp.maximum-frame-size";
    private const int FrameSize = 128_000;

    [Fact]
    public async Task A_command_that_is_too_large_is_not_sent_at_once_and_the_setting_is_named()
    {
        var (front, _) = await StartAsync();
        var small = AskAsync(front, new RedisCommand("SET", "small", "1"));

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => AskAsync(front, new RedisCommand("SET", "key", new byte[FrameSize]) { Timeout = Timeout.InfiniteTimeSpan }));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.Contains(Setting, failure.Message);
        await small;
        Assert.Equal(RespValue.Integer(0), (await AskAsync(front, new RedisCommand("EXISTS", "key"))).Value);
    }

    [Fact]
    public async Task The_reply_that_is_too_large_is_an_error_that_names_the_setting_and_the_command_has_run()
    {
        var (front, serving) = await StartAsync();
        await AskAsync(serving, new RedisCommand("SET", "key", new byte[FrameSize]));

        var reply = await AskAsync(front, new RedisCommand("GETDEL", "key") { Timeout = Timeout.InfiniteTimeSpan });

        Assert.Equal(RespKind.Error, reply.Value.Kind);
        Assert.Contains(Setting, reply.Value.ToString());
        Assert.Equal(RespValue.Integer(0), (await AskAsync(front, new RedisCommand("EXISTS", "key"))).Value);
    }

    [Fact]
    public async Task What_just_fits_goes_and_comes()
    {
        var (front, _) = await StartAsync();
        var value = new byte[FrameSize - 6000];
        Random.Shared.NextBytes(value);

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(number => new[]
        {
            AskAsync(front, new RedisCommand("SET", $"key-{number}", value)),
            AskAsync(front, new RedisCommand("GET", $"key-{number}")),
        }));

        Assert.All(replies.Where((_, place) => place % 2 == 1), reply => Assert.Equal(value, reply.Value.AsBytes()));
    }

    [Fact]
    public async Task The_limit_is_that_of_the_transport()
    {
        var (front, _) = await StartAsync($"{Setting} = 1m, akka.remote.dot-netty.tcp.send-buffer-size = 2m, akka.remote.dot-netty.tcp.receive-buffer-size = 2m".Replace(", ", "\n"));
        var value = new byte[900_000];

        await AskAsync(front, new RedisCommand("SET", "key", value));

        Assert.Equal(value, (await AskAsync(front, new RedisCommand("GET", "key"))).Value.AsBytes());
    }

    [Fact]
    public async Task What_cannot_be_written_costs_nobody_else_anything()
    {
        var (front, _) = await StartAsync();
        var nested = new RedisTransaction(new RedisCommand("INCR", "a") { State = new Unwritable() });
        const string Deep = "local t = {1} for i = 1, 90 do t = {t} end return t";

        var asked = Enumerable.Range(0, 50).Select(number => AskAsync(front, new RedisCommand("INCR", $"number-{number}"))).ToList();
        var unwritable = AskAsync(front, nested);
        var unreadable = AskAsync(front, new RedisCommand("EVAL", Deep, 0));
        asked.AddRange(Enumerable.Range(0, 50).Select(number => AskAsync(front, new RedisCommand("INCR", $"number-{number}"))));

        Assert.Equal(Outcome.NotSent, (await Assert.ThrowsAsync<RedisOutcomeException>(() => unwritable)).Outcome);
        Assert.Equal(RespKind.Error, (await unreadable).Value.Kind);
        await Task.WhenAll(asked);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_size_of_a_command_is_no_less_than_what_it_takes(RedisCommand command)
    {
        using var system = ActorSystem.Create("sizes", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
        RedisMessages.Get(system);
        var frame = new CommandFrame(1, 1, 1, 1, false, [new RemoteRequest(long.MaxValue, long.MaxValue - 1, command)]);

        var bytes = system.Serialization.Serialize(frame);

        Assert.InRange(AkkaCluster.FrameSize.Of(command), bytes.Length - 100, long.MaxValue);
    }

    public static TheoryData<RedisCommand> Commands { get; } = new()
    {
        new RedisCommand("PING"),
        new RedisCommand(new string('X', 5000), 1),
        new RedisCommand("SET", "key", new string('ä', 5000)),
        new RedisCommand("MSET", [.. Enumerable.Range(0, 5000).Select(number => (RedisValue)number)]),
        new RedisCommand("SET", "key", 5) { IdempotencyKey = new string('€', 5000), Delivery = DeliveryMode.ExactlyOnce },
        new RedisScript($"return '{new string('ä', 5000)}'", ["key"], 5),
        new RedisTransaction([.. Enumerable.Range(0, 500).Select(number => new RedisCommand("INCR", number))])
        {
            Conditions = [.. Enumerable.Range(0, 500).Select(number => RedisCondition.HashEqual($"key{number}", "field", "value"))],
        },
    };

    private async Task<(Node Front, Node Serving)> StartAsync(string settings = "")
    {
        var front = Start("web", $"{ByRole}\n{settings}");
        var serving = Start("redis", $"{ByRole}\n{settings}");
        await WhenUpAsync(front, serving);
        return (front, serving);
    }

    private sealed class Unwritable
    {
        public Unwritable Itself => throw new InvalidOperationException("it cannot be read");
    }
}
