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
        var options = new RedisOptions();
        configure?.Invoke(options);
        var config = options.ToConfig("default");
        if (!config.IsEmpty) builder.AddHocon(config, HoconAddMode.Prepend);

        // The serializer is to be there before anything can arrive from another node.
        builder.AddHocon(RedisExtension.DefaultConfig().GetValue("akka").AtKey("akka"), HoconAddMode.Append);
        return builder.WithActors(
            (system, registry) => registry.Register<RedisActor>(RedisExtension.For(system).RedisActor));
    }
}
