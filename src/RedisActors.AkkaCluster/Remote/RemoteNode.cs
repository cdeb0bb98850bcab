using Akka.Actor;

namespace RedisActors.AkkaCluster;

/// <summary>A node that serves, as the front knows it: one life of its <see cref="RedisService"/>.</summary>
internal sealed class RemoteNode(IActorRef service, Address address)
{
    public IActorRef Service => service;

    public Address Address => address;

    /// <summary>The cluster hears of it.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>It takes no more commands, and answers those that it has.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>It is no member any more: what it has not answered, it never will.</summary>
    public bool IsLost { get; set; }

    public bool TakesCommands => IsReachable && !IsLeaving && !IsLost;
}
