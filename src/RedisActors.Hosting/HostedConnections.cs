using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RedisActors.Configuration;

namespace RedisActors.Hosting;

/// <summary>
/// The connections of an actor system to be: what the calls of <c>WithRedis</c> say of each, in their order, over what
/// <c>services.Configure</c> says. It is all asked for when the settings are read, which is when the actor system starts.
/// </summary>
internal sealed class HostedConnections
{
    private static readonly ConditionalWeakTable<AkkaConfigurationBuilder, HostedConnections> Builders = [];

    private readonly Dictionary<string, List<Action<RedisOptions, IServiceProvider>>> _steps = [];
    private readonly List<(string Connection, Type Key)> _keys = [];

    /// <summary>The one to which the calls for a builder add.</summary>
    public static HostedConnections Of(AkkaConfigurationBuilder builder) => Builders.GetValue(builder, static builder =>
    {
        var connections = new HostedConnections();
        builder.AddSetup(new ConnectionAdditionsSetup(connections.Read));
        builder.AddSetup(new Owner(connections));
        return connections;
    });

    /// <summary>The one of an actor system; null: no such call was made for it.</summary>
    public static HostedConnections? Of(ActorSystem system) =>
        system.Settings.Setup.Get<Owner>() is { HasValue: true, Value: var owner } ? owner.Connections : null;

    /// <summary>What stands for a connection in the actor registry.</summary>
    public IEnumerable<Type> KeysOf(string connection) => _keys.Where(key => key.Connection == connection).Select(key => key.Key);

    /// <summary>Adds a connection, or to the options of one.</summary>
    /// <param name="connection">Its name.</param>
    /// <param name="key">What stands for it in the actor registry.</param>
    /// <param name="step">Sets options.</param>
    public void Add(string connection, Type key, Action<RedisOptions, IServiceProvider>? step)
    {
        _keys.Add((connection, key));
        if (!_steps.TryGetValue(connection, out var steps)) _steps.Add(connection, steps = []);
        if (step is not null) steps.Add(step);
    }

    private Dictionary<string, ConnectionAdditions> Read(ActorSystem system)
    {
        var services = system.Settings.Setup.Get<DependencyResolverSetup>() is { HasValue: true, Value.DependencyResolver: { } resolver }
            ? resolver.GetService(typeof(IServiceProvider)) as IServiceProvider
            : null;
        return _steps.ToDictionary(connection => connection.Key, connection => Read(connection.Key, connection.Value, services ?? new NoServices()));
    }

    private static ConnectionAdditions Read(string connection, List<Action<RedisOptions, IServiceProvider>> steps, IServiceProvider services)
    {
        // As the options of Microsoft.Extensions call it.
        var name = connection == RedisConnections.DefaultName ? Options.DefaultName : connection;
        var options = new BindableOptions();
        foreach (var configure in services.GetServices<IConfigureOptions<RedisOptions>>())
        {
            if (configure is IConfigureNamedOptions<RedisOptions> named) named.Configure(name, options);
            else if (name == Options.DefaultName) configure.Configure(options);
        }

        foreach (var step in steps) step(options, services);
        foreach (var configure in services.GetServices<IPostConfigureOptions<RedisOptions>>()) configure.PostConfigure(name, options);
        var problems = options.Bound.Problems;
        foreach (var validate in services.GetServices<IValidateOptions<RedisOptions>>())
        {
            if (validate.Validate(name, options) is { Failed: true, Failures: { } failures }) problems.AddRange(failures.Select(failure => ($"RedisOptions of {connection}", failure)));
        }

        return new ConnectionAdditions
        {
            Options = ConfigOf(options),
            Secrets = options.Secrets,
            Parts = PartsOf(options, services),
            WrittenAt = options.Bound.WrittenAt(options),
            Problems = problems,
        };
    }

    private static Config ConfigOf(RedisOptions options)
    {
        var written = options.ToConfig(RedisConnections.DefaultName);
        var config = written.IsEmpty ? written : written.GetConfig($"redis-actors.{RedisConnections.DefaultName}");

        // One server in code goes before several in HOCON.
        return options is { Endpoint: not null, Endpoints: null } ? config.WithFallback(ConfigurationFactory.ParseString("endpoints = []")) : config;
    }

    private static ConnectionParts PartsOf(RedisOptions options, IServiceProvider services)
    {
        var given = options.Bound;
        Func<IRedisCredentialsProvider>? credentials = null;
        if (given.Credentials is { } create) credentials = () => create(services);
        else if (Service<IRedisCredentialsProvider>(options.CredentialsProvider, services) is { } registered) credentials = registered;

        Func<IBackoffStrategy>? backoff = null;
        if (given.Backoff is { } createBackoff) backoff = () => createBackoff(services);
        else if (Service<IBackoffStrategy>(options.CustomBackoffStrategy, services) is { } strategy) backoff = strategy;

        return new ConnectionParts { Credentials = credentials, Backoff = backoff, CertificateValidation = given.CertificateValidation };
    }

    /// <summary>A class that is registered with the host's services comes from there; null: it is not.</summary>
    private static Func<T>? Service<T>(Type? type, IServiceProvider services)
        where T : class =>
        type is not null && services.GetService<IServiceProviderIsService>()?.IsService(type) == true
            ? () => (T)services.GetRequiredService(type)
            : null;

    private sealed class Owner(HostedConnections connections) : Setup
    {
        public HostedConnections Connections => connections;
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType.IsGenericType && serviceType.GetGenericTypeDefinition() == typeof(IEnumerable<>)
            ? Array.CreateInstance(serviceType.GenericTypeArguments[0], 0)
            : null;
    }
}
