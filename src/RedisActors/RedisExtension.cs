using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Lanes;
using RedisActors.Multiplexer;
using RedisActors.Supervision;
using RedisActors.Wire;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>
/// RedisActors in an actor system: starts the <see cref="RedisActor"/> at <c>/user/redis</c>, once, with the settings under
/// <c>redis-actors</c>; and one for each further connection that is named there, the one of <c>cache</c> at
/// <c>/user/redis-cache</c>.
/// </summary>
/// <example>
/// From HOCON alone, started with the actor system:
/// <code>
/// akka.extensions = ["RedisActors.RedisExtensionProvider, RedisActors"]
/// redis-actors.default.endpoint = "localhost:6379"
/// </code>
/// or from code, started when first asked for: <code>IActorRef redis = RedisExtension.Get(system).RedisActor;</code>
/// </example>
public sealed class RedisExtension : IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly Lazy<IActorRef> _default;
    private readonly Dictionary<string, IActorRef> _named = [];
    private readonly Dictionary<(string Connection, DeliveryMode? Delivery), SupervisedMultiplexer> _multiplexers = [];

    internal RedisExtension(ExtendedActorSystem system, IRedisLinkFactory? links = null)
    {
        Links = links ?? LinksSetup.Of(system);

        // Adds DefaultConfig to the settings as well.
        RedisMessages.Get(system);
        Connections = RedisConnections.Create(system.Settings.Config, ConnectionAdditionsSetup.Of(system));
        _system = system;
        _default = new Lazy<IActorRef>(() => Start(system, Connections.Default, "redis", Links));
        foreach (var settings in Connections.Named) _named.Add(settings.Name, Start(system, settings, $"redis-{settings.Name}", Links));

        // Beside named connections it may hold no more than what they have in common.
        if (_named.Count == 0 || RedisHost.Find()?.WantsDefault(system) == true) _ = _default.Value;
    }

    /// <summary>The settings of all connections.</summary>
    internal RedisConnections Connections { get; }

    /// <summary>The connections that have been started, by name.</summary>
    internal IEnumerable<KeyValuePair<string, IActorRef>> Running =>
        _default.IsValueCreated ? _named.Prepend(KeyValuePair.Create(RedisConnections.DefaultName, _default.Value)) : _named;

    /// <summary>Where all connections lead instead of to their endpoints; null: nowhere else.</summary>
    internal IRedisLinkFactory? Links { get; }

    /// <summary>
    /// The address to send commands to: that of the connection <c>default</c>. Where there are named connections, it is started when
    /// it is asked for first.
    /// </summary>
    /// <exception cref="ConfigurationException">
    /// There are named connections, and the settings of <c>default</c> are not complete by themselves.
    /// </exception>
    public IActorRef RedisActor => _default.Value;

    /// <summary>The extension of this actor system; starts the <see cref="RedisActors.RedisActor"/> when it is asked for first.</summary>
    /// <exception cref="ConfigurationException">
    /// A setting is missing or invalid; the message names each by its full path, with what would be valid.
    /// </exception>
    public static RedisExtension Get(ActorSystem system) => system.WithExtension<RedisExtension, RedisExtensionProvider>();

    /// <summary>The library's <c>reference.conf</c>: every setting with its default, and the serializer of its messages.</summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource("RedisActors.reference.conf", typeof(RedisExtension).Assembly);

    /// <summary>The address to send the commands of a connection to.</summary>
    /// <param name="name">Its name under <c>redis-actors.connections</c>, or <c>default</c>.</param>
    /// <exception cref="ArgumentException">There is no connection of this name; the message names those that there are.</exception>
    public IActorRef Connection(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == RedisConnections.DefaultName) return RedisActor;
        if (_named.TryGetValue(name, out var redis)) return redis;
        var known = string.Join(", ", _named.Keys.Order().Prepend(RedisConnections.DefaultName));
        throw new ArgumentException(
            $"There is no connection '{name}' under redis-actors.connections; there are: {known}.", nameof(name));
    }

    /// <summary>
    /// StackExchange.Redis' own API over the <see cref="RedisActor"/>: every call becomes a command of its, and waits while Redis is away, for
    /// as long as <c>command-timeout</c>. The same each time, for each connection and mode; it takes no connection to Redis of its own.
    /// </summary>
    /// <param name="delivery">
    /// The delivery mode of all calls; <see langword="null"/>, the default, is the setting <c>delivery</c>. What cannot be delivered
    /// exactly-once (<c>PUBLISH</c>, a script without keys) is then delivered when-safe.
    /// </param>
    /// <param name="connection">The connection's name under <c>redis-actors.connections</c>, or <c>default</c>.</param>
    /// <remarks>
    /// <para>
    /// A call that fails throws a <c>RedisServerException</c>: in the server's words where it rejected the call, and else one that begins with
    /// <c>NOTSENT</c> or <c>UNKNOWN</c>. <see cref="RedisOutcome.Of"/> reads it.
    /// </para>
    /// <para>
    /// Made first, it asks the server for its version; a server that is away is not waited for, one that is slow for 5 s. Closing it leaves the
    /// <see cref="RedisActor"/> as it is; asked for again, there is another one.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">There is no connection of this name; the message names those that there are.</exception>
    public IConnectionMultiplexer Multiplexer(DeliveryMode? delivery = null, string connection = RedisConnections.DefaultName)
    {
        var redis = Connection(connection);
        lock (_multiplexers)
        {
            if (_multiplexers.TryGetValue((connection, delivery), out var former))
            {
                if (!former.IsClosed) return former;
                former.Dispose();
            }

            return _multiplexers[(connection, delivery)] =
                SupervisedMultiplexer.Connect(MultiplexerSettings.Of(Connections.Of(connection), redis, _system, delivery));
        }
    }

    private static IActorRef Start(ExtendedActorSystem system, RedisSettings settings, string actorName, IRedisLinkFactory? links)
    {
        var logBudget = new LogBudget();
        foreach (var warning in settings.Warnings)
        {
            var level = logBudget.TrySpend(system.Scheduler.MonotonicClock) ? LogLevel.WarningLevel : LogLevel.DebugLevel;
            system.Log.Log(level, null, "{0}", warning);
        }

        var redis = system.ActorOf(RedisActors.RedisActor.Props(settings, links, logBudget), actorName);
        DeadLetterResponder.AnswerFor(system, redis);
        DrainBeforeShutdown.Register(system, settings.DrainInPhase, redis);
        RedisHost.Find()?.Started(system, settings.Name, redis);
        return redis;
    }
}

/// <summary>Makes the <see cref="RedisExtension"/>; what <c>akka.extensions</c> names to start it with the actor system.</summary>
public sealed class RedisExtensionProvider : ExtensionIdProvider<RedisExtension>
{
    /// <inheritdoc/>
    public override RedisExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
