using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>An Akka cluster of one node, with a server of its own.</summary>
public abstract class OneNodeSpec : IAsyncLifetime
{
    protected RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>The node, with Akka.Hosting. It joins nobody by itself.</summary>
    protected IHost BuildHost(string settings, Action<AkkaConfigurationBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka("shop", akka =>
        {
            akka.AddHocon(ConfigurationFactory.ParseString(settings).WithFallback(Own()), HoconAddMode.Prepend);
            configure(akka);
        });
        return builder.Build();
    }

    protected static void JoinItself(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);
    }

    /// <summary>The settings of the test's own node.</summary>
    protected Config Own() => ConfigurationFactory.ParseString($$"""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.actor.provider = cluster
        akka.coordinated-shutdown.exit-clr = off
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.cluster { seed-nodes = [], roles = [redis] }
        redis-actors.default.endpoint = "{{Server.Endpoint}}"
        """);
}
