using Akka.Actor;
using Akka.DependencyInjection;
using Akka.Hosting;

namespace RedisActors.Hosting;

/// <summary>
/// Enters each RedisActor of a host into the registry of Akka.Hosting at the moment when it starts, which is when the actor system does. So
/// <c>IRequiredActor.ActorRef</c> can be read in any constructor. Created by name.
/// </summary>
internal sealed class RegistryOfHost : RedisHost
{
    public override bool WantsDefault(ActorSystem system) =>
        HostedConnections.Of(system)?.KeysOf(RedisConnections.DefaultName).Any() == true;

    public override void Started(ActorSystem system, string connection, IActorRef redis)
    {
        if (!system.Settings.Setup.Get<DependencyResolverSetup>().HasValue) return;
        var registry = ActorRegistry.For(system);
        if (connection == RedisConnections.DefaultName) registry.TryRegister<RedisActor>(redis);
        foreach (var key in HostedConnections.Of(system)?.KeysOf(connection) ?? []) registry.TryRegister(key, redis);
        if (HostedConnections.Of(system) is null) ShutdownOrder.CheckHook(system);
    }
}
