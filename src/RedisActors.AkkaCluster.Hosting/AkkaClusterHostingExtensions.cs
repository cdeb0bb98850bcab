using Akka.Configuration;
using Akka.Hosting;
using RedisActors.Hosting;

namespace RedisActors.AkkaCluster.Hosting;

/// <summary>
/// Adds RedisActors to the nodes of an Akka cluster that run in an Akka.NET host. The connections themselves are configured under
/// <c>redis-actors.default</c>, or with <c>WithRedis</c> on the nodes that have them.
/// </summary>
public static class AkkaClusterHostingExtensions
{
    /// <summary>
    /// Redis for all nodes of the Akka cluster, served by the nodes of one role. Call it on every node; it starts the node's
    /// <see cref="RemoteRedis"/> with the actor system and makes it available as <c>IRequiredActor&lt;RemoteRedis&gt;</c>.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="role">The role; empty: all nodes serve.</param>
    public static AkkaConfigurationBuilder WithRedisOnRole(this AkkaConfigurationBuilder builder, string role = "") =>
        builder.WithRemoteRedis("role", role);

    /// <summary>The same, served by one node of the role at a time, which has the cluster singleton.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="role">The role; empty: the singleton may be on any node.</param>
    public static AkkaConfigurationBuilder WithRedisSingleton(this AkkaConfigurationBuilder builder, string role = "") =>
        builder.WithRemoteRedis("singleton", role);

    /// <summary>
    /// Makes <c>redis-actors.lease</c>, a <see cref="RedisLease"/>, known to Akka, so that it can be named wherever Akka takes a lease:
    /// <c>akka.cluster.singleton.use-lease</c>, or <c>lease-implementation</c> of the split brain resolver; with Akka.Cluster.Hosting, as
    /// <c>LeaseImplementation = new RedisLeaseOption()</c>.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="configure">Sets what is to differ; null takes everything from HOCON.</param>
    public static AkkaConfigurationBuilder WithRedisLease(
        this AkkaConfigurationBuilder builder, Action<RedisLeaseOption>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var option = new RedisLeaseOption();
        configure?.Invoke(option);
        option.Apply(builder);
        return builder;
    }

    private static AkkaConfigurationBuilder WithRemoteRedis(this AkkaConfigurationBuilder builder, string servedBy, string role)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(role);
        var config = ConfigurationFactory.ParseString(
            $"redis-actors.akka-cluster {{ served-by = {servedBy}, role = {RedisOptions.Quoted(role)} }}");
        return builder
            .AddHocon(config, HoconAddMode.Prepend)
            .LeaveSignalsToTheHost()
            .WithRedisLease()
            .WithActors((system, registry) => registry.Register<RemoteRedis>(RemoteRedisExtension.Get(system).RemoteRedis));
    }
}
