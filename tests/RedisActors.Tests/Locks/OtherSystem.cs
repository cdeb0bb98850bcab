using Akka.Actor;
using Akka.Configuration;

namespace RedisActors.Tests.Locks;

/// <summary>An actor system of another contender.</summary>
internal sealed class OtherSystem(string endpoint) : IAsyncDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("contender", ConfigurationFactory.ParseString($$"""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        redis-actors.default.endpoint = "{{endpoint}}"
        """));

    public IActorRef Redis => RedisExtension.Get(_system).RedisActor;

    public async ValueTask DisposeAsync() => await _system.Terminate();
}
