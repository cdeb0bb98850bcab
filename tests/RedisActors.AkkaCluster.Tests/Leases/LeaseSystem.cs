using Akka.Actor;
using Akka.Configuration;
using Akka.Coordination;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>An actor system with a RedisActor and short-lived leases.</summary>
internal sealed class LeaseSystem : IAsyncDisposable
{
    /// <summary>Times for contenders that take the lease from each other all the time.</summary>
    public const string Fast = "heartbeat-timeout = 750ms, heartbeat-interval = 150ms, lease-operation-timeout = 500ms";

    private readonly ActorSystem _system;

    public LeaseSystem(string endpoint, string settings = "")
    {
        _system = ActorSystem.Create("leases", ConfigurationFactory.ParseString($$"""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.actor.serialize-messages = on
            redis-actors.default.endpoint = "{{endpoint}}"
            redis-actors.lease {
              heartbeat-timeout = 1500ms
              heartbeat-interval = 300ms
              lease-operation-timeout = 1s
              {{settings}}
            }
            """).WithFallback(RedisLease.DefaultConfig()));
    }

    public RedisLease Lease(string owner, string name = "lease") =>
        (RedisLease)LeaseProvider.Get(_system).GetLease(name, "redis-actors.lease", owner);

    public async ValueTask DisposeAsync() => await _system.Terminate();
}
