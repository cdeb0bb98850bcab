using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>A test against a real server of its own, with a RedisActor that is connected to it.</summary>
public abstract class ServerSpec : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RedisServer? _server;
    private TestKit? _kit;

    protected RedisServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    /// <summary>The test kit of the actor system that <see cref="Redis(string)"/> started.</summary>
    protected TestKit Kit => _kit ?? throw new InvalidOperationException("The actor system has not been started.");

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public virtual async Task DisposeAsync()
    {
        if (_kit is not null) await _kit.Sys.Terminate();
        if (_server is not null) await _server.DisposeAsync();
    }

    /// <summary>Starts an actor system with a RedisActor at an endpoint, and settings of the test's own.</summary>
    protected IActorRef Redis(string endpoint, string settings)
    {
        var config = ConfigurationFactory.ParseString(
            $"akka.loglevel = WARNING\nredis-actors.default {{\n{settings}\nendpoint = \"{endpoint}\"\n}}");
        _kit = new TestKit(ActorSystem.Create("servers", config.WithFallback(MessagesAsBytes.Config)));
        return RedisExtension.For(_kit.Sys).RedisActor;
    }

    protected IActorRef Redis(string settings = "") => Redis(Server.Endpoint, settings);

    /// <summary>A probe that is told of the connection's states.</summary>
    protected TestProbe WatchStates(IActorRef redis)
    {
        var probe = Kit.CreateTestProbe();
        redis.Tell(new SubscribeToState(probe.Ref));
        return probe;
    }

    /// <summary>Waits for the next state of a kind; others before it are passed over.</summary>
    protected static async Task<T> NextAsync<T>(TestProbe watcher, Predicate<T>? matches = null)
        where T : RedisConnectionEvent =>
        (T)await watcher.FishForMessageAsync(message => message is T state && (matches?.Invoke(state) ?? true), Patience);

    protected static Task<RedisReply> AskAsync(IActorRef redis, string name, params StackExchange.Redis.RedisValue[] arguments) =>
        redis.Ask<RedisReply>(new RedisCommand(name, arguments), Patience);

    protected static async Task<Outcome> OutcomeAsync(Task<RedisReply> reply)
    {
        try
        {
            return (await reply).Outcome;
        }
        catch (RedisOutcomeException failure)
        {
            return failure.Outcome;
        }
    }
}
