using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

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
    private const string Text = "the connection string";

    /// <summary>
    /// Starts a <see cref="RedisActor"/> for this server with the actor system, and makes it available as
    /// <c>IRequiredActor&lt;RedisActor&gt;</c>. A server that cannot be reached is no error: commands wait for it.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connectionString">
    /// The server, <c>host:port</c>; a connection string of StackExchange.Redis, such as <c>host:6380,password=...,ssl=true</c>; or a URI,
    /// <c>redis://user:password@host:port/database</c>, <c>rediss</c> for TLS. What cannot be honoured is an error at the start, which names
    /// it. See <see cref="RedisOptions.ApplyConnectionString(string)"/>.
    /// </param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis(this AkkaConfigurationBuilder builder, string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.WithRedis(options => ConnectionText.Apply(connectionString, Text, options));
    }

    /// <summary>The same, with a connection string that StackExchange.Redis has parsed.</summary>
    /// <remarks>Handlers of its events cannot be read; see <see cref="RedisOptions.UseServerCertificateValidation"/>.</remarks>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="options">Read when the actor system starts.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis(this AkkaConfigurationBuilder builder, ConfigurationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return builder.WithRedis(own => own.ApplyConnectionString(options));
    }

    /// <summary>
    /// The same, with the connection string of this name, <c>ConnectionStrings:redis</c> for "redis", as ASP.NET Core and Aspire provide it.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="name">The name of the connection string. There being none is an error at the start.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedisConnectionString(this AkkaConfigurationBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.Provide<RedisActor>(RedisConnections.DefaultName, (options, services) => ApplyNamed(name, options, services));
    }

    /// <summary>The same, with the options of a section of the host's configuration.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="section">
    /// Its keys are the options of <see cref="RedisOptions"/>, or the settings of <c>reference.conf</c> in sections (<c>Stash:MaxCount</c>), with
    /// values as there (<c>5s</c>, <c>exactly-once</c>); or <c>ConnectionString</c>. Keys that are none are errors at the start.
    /// </param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis(this AkkaConfigurationBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return builder.WithRedis(options => options.Bound.Bind(section, options));
    }

    /// <summary>The same, with options that were made elsewhere.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="options">Those that are not <see langword="null"/> are taken over when the actor system starts.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis(this AkkaConfigurationBuilder builder, RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return builder.WithRedis(own => own.TakeOver(options));
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
        return builder.Provide<RedisActor>(RedisConnections.DefaultName, (options, _) => configure?.Invoke(options));
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
        return builder.Provide<TKey>(connection, (options, _) => configure?.Invoke(options));
    }

    /// <summary>The same, with a connection string, as <see cref="WithRedis(AkkaConfigurationBuilder, string)"/> takes it.</summary>
    /// <typeparam name="TKey">Stands for the connection in the actor registry.</typeparam>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connection">The connection's name: letters, digits, hyphens and underscores.</param>
    /// <param name="connectionString">The connection string.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis<TKey>(this AkkaConfigurationBuilder builder, string connection, string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.WithRedis<TKey>(connection, options => ConnectionText.Apply(connectionString, $"{Text} of {connection}", options));
    }

    /// <summary>The same, with a connection string that StackExchange.Redis has parsed.</summary>
    /// <typeparam name="TKey">Stands for the connection in the actor registry.</typeparam>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connection">The connection's name: letters, digits, hyphens and underscores.</param>
    /// <param name="options">Read when the actor system starts.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis<TKey>(this AkkaConfigurationBuilder builder, string connection, ConfigurationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return builder.WithRedis<TKey>(connection, own => own.ApplyConnectionString(options));
    }

    /// <summary>The same, with the connection string of a name, see <see cref="WithRedisConnectionString(AkkaConfigurationBuilder, string)"/>.</summary>
    /// <typeparam name="TKey">Stands for the connection in the actor registry.</typeparam>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connection">The connection's name: letters, digits, hyphens and underscores.</param>
    /// <param name="name">The name of the connection string.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedisConnectionString<TKey>(this AkkaConfigurationBuilder builder, string connection, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.Provide<TKey>(connection, (options, services) => ApplyNamed(name, options, services));
    }

    /// <summary>The same, with the options of a section of the host's configuration, see <see cref="WithRedis(AkkaConfigurationBuilder, IConfiguration)"/>.</summary>
    /// <typeparam name="TKey">Stands for the connection in the actor registry.</typeparam>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connection">The connection's name: letters, digits, hyphens and underscores.</param>
    /// <param name="section">The section.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis<TKey>(this AkkaConfigurationBuilder builder, string connection, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return builder.WithRedis<TKey>(connection, options => options.Bound.Bind(section, options));
    }

    /// <summary>The same, with options that were made elsewhere.</summary>
    /// <typeparam name="TKey">Stands for the connection in the actor registry.</typeparam>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connection">The connection's name: letters, digits, hyphens and underscores.</param>
    /// <param name="options">Those that are not <see langword="null"/> are taken over when the actor system starts.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedis<TKey>(this AkkaConfigurationBuilder builder, string connection, RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return builder.WithRedis<TKey>(connection, own => own.TakeOver(options));
    }

    private static void ApplyNamed(string name, RedisOptions options, IServiceProvider services)
    {
        var path = $"ConnectionStrings:{name}";
        if (services.GetService<IConfiguration>()?.GetConnectionString(name) is { Length: > 0 } text) ConnectionText.Apply(text, path, options);
        else options.Bound.Problems.Add((path, "there is no such connection string in the host's configuration"));
    }

    private static AkkaConfigurationBuilder Provide<TKey>(
        this AkkaConfigurationBuilder builder, string connection, Action<RedisOptions, IServiceProvider> configure)
    {
        HostedConnections.Of(builder).Add(connection, typeof(TKey), configure);
        builder.WithExtension<RedisExtensionProvider>();
        if (connection == RedisConnections.DefaultName)
        {
            return builder.Provide<TKey>(connection, system => RedisExtension.Get(system).RedisActor);
        }

        return builder
            .AddHocon(ConfigurationFactory.ParseString($"redis-actors.connections.{RedisOptions.Quoted(connection)} {{}}"), HoconAddMode.Prepend)
            .Provide<TKey>(connection, system => RedisExtension.Get(system).Connection(connection));
    }

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
