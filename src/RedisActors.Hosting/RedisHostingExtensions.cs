using Akka.Configuration;
using Akka.Hosting;

namespace RedisActors.Hosting;

/// <summary>Adds RedisActors to an Akka.NET host.</summary>
public static class RedisHostingExtensions
{
    /// <summary>
    /// Starts a <see cref="RedisActor"/> for this server with the actor system, and makes it available as
    /// <c>IRequiredActor&lt;RedisActor&gt;</c>. A server that cannot be reached is no error: commands wait for it.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="endpoint">The server, <c>host:port</c>.</param>
    public static AkkaConfigurationBuilder WithRedis(this AkkaConfigurationBuilder builder, string endpoint)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(endpoint);
        return builder.WithRedis(options => options.Endpoint = endpoint);
    }

    /// <summary>
    /// The same, with settings. What is set here goes before the HOCON of the host; what is not comes from there, or from the
    /// library's <c>reference.conf</c>.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="configure">Sets what is to differ; null takes everything from HOCON.</param>
    public static AkkaConfigurationBuilder WithRedis(
        this AkkaConfigurationBuilder builder, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddOptions("default", configure);
        return builder.WithActors(
            (system, registry) => registry.Register<RedisActor>(RedisExtension.Get(system).RedisActor));
    }

    /// <summary>
    /// Starts a <see cref="RedisActor"/> for a further connection, and makes it available as
    /// <c>IRequiredActor&lt;TKey&gt;</c>. What neither these options nor the host's HOCON under
    /// <c>redis-actors.connections</c> say of it comes from the connection <c>default</c>. May be called for as many connections as
    /// there are, beside <see cref="WithRedis(AkkaConfigurationBuilder, Action{RedisOptions}?)"/> or alone.
    /// </summary>
    /// <typeparam name="TKey">Stands for the connection in the actor registry; any class of yours, each for one connection.</typeparam>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connection">Its name: letters, digits, hyphens and underscores.</param>
    /// <param name="configure">Sets what is to differ; null takes everything from HOCON.</param>
    public static AkkaConfigurationBuilder WithRedis<TKey>(
        this AkkaConfigurationBuilder builder, string connection, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        var section = $"connections.{RedisOptions.Quoted(connection)}";
        builder.AddHocon(ConfigurationFactory.ParseString($"redis-actors.{section} {{}}"), HoconAddMode.Prepend);
        builder.AddOptions(section, configure);
        return builder.WithActors(
            (system, registry) => registry.Register<TKey>(RedisExtension.Get(system).Connection(connection)));
    }

    private static void AddOptions(this AkkaConfigurationBuilder builder, string section, Action<RedisOptions>? configure)
    {
        var options = new RedisOptions();
        configure?.Invoke(options);
        var config = options.ToConfig(section);
        if (!config.IsEmpty) builder.AddHocon(config, HoconAddMode.Prepend);
        builder.LeaveSignalsToTheHost();
    }

    /// <summary>
    /// A generic host answers SIGTERM and Ctrl-C itself: it stops its services in the reverse order of their registration, so the web
    /// server finishes its requests before the actor system runs its coordinated shutdown. Akka's own hook for these signals would
    /// run at the same time and take Redis from under the requests. What the application's HOCON says of the hook goes before this.
    /// </summary>
    internal static AkkaConfigurationBuilder LeaveSignalsToTheHost(this AkkaConfigurationBuilder builder) =>
        builder.AddHocon("akka.coordinated-shutdown.run-by-clr-shutdown-hook = off", HoconAddMode.Append);
}
