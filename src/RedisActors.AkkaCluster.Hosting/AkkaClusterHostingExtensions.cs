using Akka.Hosting;
using RedisActors.Hosting;

namespace RedisActors.AkkaCluster.Hosting;

/// <summary>
/// Adds RedisActors to the nodes of an Akka cluster that run in an Akka.NET host. The connections themselves are configured under
/// <c>redis-actors.default</c>, or with <c>WithRedis</c> on the nodes that have them.
/// </summary>
public static class AkkaClusterHostingExtensions
{
#pragma warning disable RS0027 // an options object is neither a text nor an action, so no call can mean either
    /// <summary>
    /// Redis for all nodes of the Akka cluster, served by the nodes of one role. Call it on every node; it starts the node's
    /// <see cref="RemoteRedis"/> with the actor system and makes it available as <c>IRequiredActor&lt;RemoteRedis&gt;</c>.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="role">The role; empty: all nodes serve.</param>
    public static AkkaConfigurationBuilder WithRedisOnRole(this AkkaConfigurationBuilder builder, string role = "") =>
        builder.WithRedisOnRole(new RemoteRedisOptions { Role = NotNull(role) });

    /// <summary>The same, with an options object.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="options">What is set here overrides the HOCON of the host.</param>
    public static AkkaConfigurationBuilder WithRedisOnRole(this AkkaConfigurationBuilder builder, RemoteRedisOptions options) =>
        builder.WithRemoteRedis("role", options);

    /// <summary>The same, served by one node of the role at a time, which has the cluster singleton.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="role">The role; empty: the singleton may be on any node.</param>
    public static AkkaConfigurationBuilder WithRedisSingleton(this AkkaConfigurationBuilder builder, string role = "") =>
        builder.WithRedisSingleton(new RedisSingletonOptions { Role = NotNull(role) });

    /// <summary>The same, with an options object.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="options">What is set here overrides the HOCON of the host.</param>
    public static AkkaConfigurationBuilder WithRedisSingleton(this AkkaConfigurationBuilder builder, RedisSingletonOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        options.LeaseImplementation?.Apply(builder);
        return builder.WithRemoteRedis("singleton", options);
    }

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
        return builder.WithRedisLease(option);
    }

    /// <summary>The same, with an options object, which <c>WithSingleton</c>, <c>WithShardRegion</c> and the split brain resolver take too.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="option">What is set here overrides the HOCON of the host.</param>
    public static AkkaConfigurationBuilder WithRedisLease(this AkkaConfigurationBuilder builder, RedisLeaseOption option)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(option);
        option.Apply(builder);
        return builder;
    }

    private static string NotNull(string role) => role ?? throw new ArgumentNullException(nameof(role));

    private static AkkaConfigurationBuilder WithRemoteRedis(this AkkaConfigurationBuilder builder, string servedBy, RemoteRedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder
            .AddHocon($"{RemoteRedisOptions.Path}.served-by = {servedBy}\n{options.ToHocon()}", HoconAddMode.Prepend)
            .LeaveSignalsToTheHost()
            .WithRedisLease()
            .WithActors((system, registry) => registry.Register<RemoteRedis>(RemoteRedisExtension.Get(system).RemoteRedis));
    }
}
