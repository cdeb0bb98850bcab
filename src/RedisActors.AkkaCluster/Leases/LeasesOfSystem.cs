using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Actor;

namespace RedisActors.AkkaCluster;

/// <summary>A lease as it is at a moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Token">The fencing token; null: it is not held.</param>
/// <param name="SinceRenewal">How long ago the last renewal was sent that the server has confirmed; zero while it is not held.</param>
/// <param name="IsOverdue">It is held, and a second renewal in a row is due.</param>
/// <param name="LostBecause">Why it was lost, until the server has answered another request for it; null: it was not.</param>
internal sealed record LeaseSight(string Name, long? Token, TimeSpan SinceRenewal, bool IsOverdue, string? LostBecause);

/// <summary>All <see cref="RedisLease"/>s of an actor system. Akka has one for each name and owner, which lives as long as the system.</summary>
internal sealed class LeasesOfSystem
{
    private static readonly ConditionalWeakTable<ActorSystem, LeasesOfSystem> Systems = [];

    private readonly ConcurrentQueue<RedisLease> _leases = new();

    public static LeasesOfSystem Of(ActorSystem system) => Systems.GetValue(system, static _ => new LeasesOfSystem());

    public void Add(RedisLease lease) => _leases.Enqueue(lease);

    public IReadOnlyList<LeaseSight> Look() => [.. _leases.Select(lease => lease.Look())];
}
