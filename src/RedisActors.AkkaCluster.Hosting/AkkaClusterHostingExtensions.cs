using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;

namespace RedisActors.AkkaCluster.Hosting;

/// <summary>Adds RedisActors of a cluster to an Akka.NET host. The connection itself is configured under <c>redis-actors.default</c>.</summary>
public static class AkkaClusterHostingExtensions
{
    /// <summary>
    /// Redis for all nodes of the cluster, served by the nodes of one role. To be called on every node; makes the node's
    /// <see cref="RemoteRedis"/> available as <c>IRequiredActor&lt;RemoteRedis&gt;</c>.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="role">The role; empty: all nodes serve.</param>
    public static AkkaConfigurationBuilder WithRedisOnRole(this AkkaConfigurationBuilder builder, string role = "") =>
        builder.WithRedisOnRole("role", role);

    /// <summary>The same, served by one node of the role at a time, the cluster singleton.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="role">The role; empty: it may be on any node.</param>
    public static AkkaConfigurationBuilder WithRedisSingleton(this AkkaConfigurationBuilder builder, string role = "") =>
        builder.WithRedisOnRole("singleton", role);

    /// <summary>
    /// Makes the settings of <see cref="RedisLease"/> known, so that <c>redis-actors.lease</c> can be named where Akka takes a lease:
    /// <c>akka.cluster.singleton.use-lease</c>, or <c>lease-implementation</c> of the split brain resolver.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    public static AkkaConfigurationBuilder WithRedisLease(this AkkaConfigurationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddHocon(RedisLease.DefaultConfig(), HoconAddMode.Append);
    }

    private static AkkaConfigurationBuilder WithRedisOnRole(this AkkaConfigurationBuilder builder, string servedBy, string role)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(role);
        var config = ConfigurationFactory.ParseString(
            $"redis-actors.akka-cluster {{ served-by = {servedBy}, role = \"{role.Replace("\\", "\\\\").Replace("\"", "\\\"")}\" }}");
        return builder
            .AddHocon(config, HoconAddMode.Prepend)
            .WithRedisLease()
            .WithActors((system, registry) => registry.Register<RemoteRedis>(RemoteRedisExtension.Get(system).RemoteRedis));
    }
}
