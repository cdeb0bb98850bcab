using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using StackExchange.Redis;

namespace RedisActors.Tests;

/// <summary>What tests against real servers share: the actor system, and words for what is asked and told.</summary>
/// <param name="patience">Long enough for anything that is going to happen at all.</param>
public abstract class RealServersSpec(TimeSpan patience)
{
    private TestKit? _kit;

    protected TimeSpan Patience => patience;

    /// <summary>The test kit of the actor system with the RedisActor.</summary>
    protected TestKit Kit => _kit ?? throw new InvalidOperationException("The actor system has not been started.");

    /// <summary>Starts an actor system with these settings of the connection <c>default</c>.</summary>
    protected IActorRef StartRedis(string settings)
    {
        var config = ConfigurationFactory.ParseString($"akka.loglevel = WARNING\nredis-actors.default {{\n{settings}\n}}");
        _kit = new TestKit(ActorSystem.Create("redis", config.WithFallback(MessagesAsBytes.Config)));
        return RedisExtension.Get(_kit.Sys).RedisActor;
    }

    protected async Task StopSystemAsync()
    {
        if (_kit is not null) await _kit.Sys.Terminate();
    }

    /// <summary>A probe that is told of the connection's states.</summary>
    protected TestProbe WatchStates(IActorRef redis)
    {
        var probe = Kit.CreateTestProbe();
        redis.Tell(new SubscribeToState(probe.Ref));
        return probe;
    }

    /// <summary>Waits for the next state of a kind; others before it are passed over.</summary>
    protected async Task<T> NextAsync<T>(TestProbe watcher, Predicate<T>? matches = null)
        where T : RedisConnectionEvent =>
        (T)await watcher.FishForMessageAsync(message => message is T state && (matches?.Invoke(state) ?? true), patience);

    protected Task<RedisReply> AskAsync(IActorRef redis, string name, params RedisValue[] arguments) =>
        redis.Ask<RedisReply>(new RedisCommand(name, arguments), patience);

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
