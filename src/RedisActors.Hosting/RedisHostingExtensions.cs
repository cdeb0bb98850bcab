using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;

namespace RedisActors.Hosting;

/// <summary>Adds RedisActors to an Akka.NET host.</summary>
/// <remarks>
/// Each of these methods also leaves SIGTERM and Ctrl-C to the host: it sets
/// <c>akka.coordinated-shutdown.run-by-clr-shutdown-hook = off</c> unless HOCON that was added before says otherwise. The host then
/// stops its services in the reverse order of their registration, so those that were registered after <c>AddAkka</c>, the web server
/// of a <c>WebApplication</c> included, can send commands until they have stopped.
/// </remarks>
public static class RedisHostingExtensions
{
    private static readonly ConditionalWeakTable<AkkaConfigurationBuilder, RedisOptionsSecrets> Secrets = [];

    /// <summary>
    /// Starts a <see cref="RedisActor"/> for this server with the actor system, and makes it available as
    /// <c>IRequiredActor&lt;RedisActor&gt;</c>. A server that cannot be reached is no error: commands wait for it.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="endpoint">The server, <c>host:port</c>.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis(this AkkaConfigurationBuilder builder, string endpoint)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(endpoint);
        return builder.WithRedis(options => options.Endpoint = endpoint);
    }

    /// <summary>
    /// Starts the <see cref="RedisActor"/> of the connection <c>default</c> with the actor system, and makes it available as
    /// <c>IRequiredActor&lt;RedisActor&gt;</c>. Options that are set here override the HOCON of the host; all others come from that
    /// HOCON, or from the library's <c>reference.conf</c>.
    /// </summary>
    /// <remarks>
    /// Calling it again for the same connection adds to its options, and the last call wins. A RedisActor that <c>akka.extensions</c>
    /// starts is the same one.
    /// </remarks>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="configure">Sets options; <see langword="null"/> takes everything from HOCON.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis(
        this AkkaConfigurationBuilder builder, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddOptions("default", "default", configure).Provide<RedisActor>("default", system => RedisExtension.Get(system).RedisActor);
    }

    /// <summary>
    /// Starts the <see cref="RedisActor"/> of a further connection, and makes it available as <c>IRequiredActor&lt;TKey&gt;</c>.
    /// What neither these options nor the host's HOCON under <c>redis-actors.connections</c> set comes from the connection
    /// <c>default</c>. May be called for any number of connections, beside
    /// <see cref="WithRedis(AkkaConfigurationBuilder, Action{RedisOptions}?)"/> or alone.
    /// </summary>
    /// <typeparam name="TKey">
    /// Stands for the connection in the actor registry: any class of yours, a different one for each connection. The start of the
    /// host fails with an <see cref="InvalidOperationException"/> if another actor has it already.
    /// </typeparam>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connection">The connection's name: letters, digits, hyphens and underscores.</param>
    /// <param name="configure">Sets options; <see langword="null"/> takes everything from HOCON.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis<TKey>(
        this AkkaConfigurationBuilder builder, string connection, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        var section = $"connections.{RedisOptions.Quoted(connection)}";
        return builder
            .AddHocon(ConfigurationFactory.ParseString($"redis-actors.{section} {{}}"), HoconAddMode.Prepend)
            .AddOptions(connection, section, configure)
            .Provide<TKey>(connection, system => RedisExtension.Get(system).Connection(connection));
    }

    private static AkkaConfigurationBuilder AddOptions(
        this AkkaConfigurationBuilder builder, string connection, string section, Action<RedisOptions>? configure)
    {
        var options = new RedisOptions();
        configure?.Invoke(options);
        if (options.Secrets is { } secrets) SecretsOf(builder).Add(connection, secrets);
        var config = options.ToConfig(section);
        return config.IsEmpty ? builder : builder.AddHocon(config, HoconAddMode.Prepend);
    }

    /// <summary>The one setup to which the calls for a builder add. An actor system takes one of each type.</summary>
    private static RedisOptionsSecrets SecretsOf(AkkaConfigurationBuilder builder) => Secrets.GetValue(builder, static builder =>
    {
        var secrets = new RedisOptionsSecrets();
        builder.AddSetup(secrets);
        return secrets;
    });

    private static AkkaConfigurationBuilder Provide<TKey>(
        this AkkaConfigurationBuilder builder, string connection, Func<ActorSystem, IActorRef> find) => builder
        .LeaveSignalsToTheHost()
        .WithActors((system, registry) =>
        {
            var redis = find(system);
            if (!registry.TryRegister<TKey>(redis) && !registry.Get<TKey>().Equals(redis))
            {
                throw new InvalidOperationException(
                    $"IRequiredActor<{typeof(TKey).Name}> cannot be the Redis connection '{connection}': it is {registry.Get<TKey>().Path} "
                    + $"already. Each connection needs a class of its own: WithRedis<AnotherClass>(\"{connection}\").");
            }
        });
}
