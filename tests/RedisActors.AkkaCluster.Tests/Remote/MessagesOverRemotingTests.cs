using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using RedisActors.Wire;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>A RedisActor on one node and a sender on another, over Akka.Remote.</summary>
public sealed class MessagesOverRemotingTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ActorSystem _sender = null!;
    private RedisServer _server = null!;
    private ActorSystem _node = null!;
    private IActorRef _redis = null!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _sender = StartNode("sender", "akka.extensions = [\"RedisActors.Wire.RedisMessagesProvider, RedisActors\"]");
        _node = StartNode("node", $"redis-actors.default.endpoint = \"{_server.Endpoint}\"");
        var path = RedisExtension.Get(_node).RedisActor.Path.ToStringWithAddress(((ExtendedActorSystem)_node).Provider.DefaultAddress);
        _redis = await _sender.ActorSelection(path).ResolveOne(Patience);
    }

    public async Task DisposeAsync()
    {
        if (_sender is not null) await _sender.Terminate();
        if (_node is not null) await _node.Terminate();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_reply_brings_back_the_state_of_the_command()
    {
        var state = Guid.NewGuid();

        var reply = await _redis.Ask<RedisReply>(new RedisCommand("INCR", "number") { State = state }, Patience);

        Assert.Equal((1L, (object)state), (reply.Value.AsInt64(), reply.State));
    }

    [Fact]
    public async Task A_failure_arrives_with_all_its_properties()
    {
        await _redis.Ask<RedisReply>(new RedisCommand("SET", "text", "abc"), Patience);

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => _redis.Ask<RedisReply>(
            new RedisCommand("LPUSH", "text", 1) { State = "order 5", Timeout = Patience }, Patience));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.StartsWith("WRONGTYPE", failure.ServerError);
        Assert.Equal("order 5", failure.State);
        Assert.Equal(("LPUSH", "1", Patience), (failure.Command.Name, failure.Command.Arguments[1].ToString(), failure.Command.Timeout));
    }

    [Fact]
    public async Task A_message_that_is_not_known_is_refused_across_nodes_too()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => _redis.Ask<RedisReply>("PING", Patience));

        Assert.Contains("A RedisActor cannot take a String", error.Message);
    }

    [Fact]
    public async Task A_subscriber_on_another_node_is_told_of_each_change()
    {
        var told = Channel.CreateUnbounded<RedisConnectionEvent>();
        var subscriber = _sender.ActorOf(Props.Create(() => new Subscriber(told.Writer)));
        _redis.Tell(new SubscribeToState(subscriber));
        await NextAsync<RedisReady>(told.Reader);

        _redis.Tell(new PauseConnection("maintenance"));
        Assert.Equal("maintenance", (await NextAsync<RedisSuspended>(told.Reader)).Cause);
        Assert.IsType<RedisSuspended>((await _redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State);
        _redis.Tell(ResumeConnection.Instance);
        await NextAsync<RedisReady>(told.Reader);
    }

    private static async Task<T> NextAsync<T>(ChannelReader<RedisConnectionEvent> told)
        where T : RedisConnectionEvent
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await told.ReadAsync(patience.Token) is T change) return change;
        }
    }

    private static ActorSystem StartNode(string name, string settings) => ActorSystem.Create(name, ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        {{settings}}
        """));

    private sealed class Subscriber : ReceiveActor
    {
        public Subscriber(ChannelWriter<RedisConnectionEvent> told) => Receive<RedisConnectionEvent>(change => told.TryWrite(change));
    }
}
