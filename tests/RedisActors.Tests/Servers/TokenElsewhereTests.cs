using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>
/// Two nodes, each an actor system of its own, and one server: what a sender does whose node died with its command under way
/// (docs/outcomes.md). Every message travels as bytes.
/// </summary>
public sealed class TokenElsewhereTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly RedisCommand Command = new("INCR", "number")
    {
        Delivery = DeliveryMode.ExactlyOnce,
        IdempotencyKey = "order-4711",
        State = "order 4711",
    };

    private readonly List<ActorSystem> _nodes = [];
    private RedisServer _server = null!;
    private FaultProxy _proxy = null!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _proxy = FaultProxy.Start(_server);
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes) await node.Terminate();
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_node_dies_before_the_reply_is_here_and_the_sender_gets_it_from_another()
    {
        var first = await NodeAsync(_proxy.Endpoint);
        var second = await NodeAsync(_server.Endpoint);
        _proxy.Delay(FaultDirection.ToClient, TimeSpan.FromHours(1));

        var unanswered = first.Ask<RedisReply>(Command, Patience);
        await AwaitNumberAsync("1");
        Kill(first);

        Assert.Equal(Outcome.Unknown, (await Assert.ThrowsAsync<RedisOutcomeException>(() => unanswered)).Outcome);
        await second.Ask<RedisReply>(new RedisCommand("INCRBY", "number", 100), Patience);
        var reply = await second.Ask<RedisReply>(Command, Patience);
        Assert.Equal((1L, "order 4711"), (reply.Value.AsInt64(), reply.State));
        await AwaitNumberAsync("101");
    }

    [Fact]
    public async Task A_node_dies_before_the_server_has_the_command_and_another_runs_it()
    {
        var first = await NodeAsync(_proxy.Endpoint);
        var second = await NodeAsync(_server.Endpoint);
        _proxy.Blackhole();

        var unanswered = first.Ask<RedisReply>(Command, Patience);
        await InFlightAsync(first);
        Kill(first);

        Assert.Equal(Outcome.Unknown, (await Assert.ThrowsAsync<RedisOutcomeException>(() => unanswered)).Outcome);
        Assert.Equal(1, (await second.Ask<RedisReply>(Command, Patience)).Value.AsInt64());
        await AwaitNumberAsync("1");
    }

    [Fact]
    public async Task A_command_that_arrives_after_the_other_nodes_finds_it_done()
    {
        var first = await NodeAsync(_proxy.Endpoint);
        var second = await NodeAsync(_server.Endpoint);
        _proxy.Stall();

        var late = first.Ask<RedisReply>(Command, Patience);
        await InFlightAsync(first);
        var reply = await second.Ask<RedisReply>(Command, Patience);
        _proxy.Pass();

        Assert.Equal(1, reply.Value.AsInt64());
        Assert.Equal(1, (await late).Value.AsInt64());
        await AwaitNumberAsync("1");
    }

    /// <summary>A node with a connection that is ready.</summary>
    private async Task<IActorRef> NodeAsync(string endpoint)
    {
        var node = ActorSystem.Create($"node-{_nodes.Count + 1}", ConfigurationFactory.ParseString($$"""
            akka { loglevel = WARNING, log-dead-letters = off, actor.serialize-messages = on }
            redis-actors.default { endpoint = "{{endpoint}}", heartbeat { interval = 1h, timeout = 1h } }
            """));
        _nodes.Add(node);
        var redis = RedisExtension.Get(node).RedisActor;
        await redis.Ask<RedisReply>(new RedisCommand("PING"), Patience);
        return redis;
    }

    /// <summary>Without a last word: nothing is waited for.</summary>
    private void Kill(IActorRef redis) =>
        ((ExtendedActorSystem)_nodes.Single(node => node.Name == redis.Path.Address.System)).Abort();

    private async Task AwaitNumberAsync(string expected)
    {
        using var patience = new CancellationTokenSource(Patience);
        while ((await _server.ExecuteAsync("GET", "number")).Text != expected) patience.Token.ThrowIfCancellationRequested();
    }

    private static async Task InFlightAsync(IActorRef redis)
    {
        while ((await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).InFlight == 0) await Task.Yield();
    }
}
