using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Coordination;
using RedisActors.Configuration;
using RedisActors.Lanes;

namespace RedisActors.AkkaCluster;

/// <summary>Which nodes have the connections to Redis that all nodes use.</summary>
internal enum ServedBy
{
    /// <summary>Each node of the role.</summary>
    Role,

    /// <summary>One node of the role at a time.</summary>
    Singleton,
}

/// <summary>The settings under <c>redis-actors.akka-cluster</c>, and those of the connection that RemoteRedis follows as well.</summary>
internal sealed record RemoteRedisSettings(
    ServedBy ServedBy, string? Role, string Connection, TimeSpan Linger, int MaxUnanswered, TimeSpan Grace, TimeSpan IdentifyInterval,
    string? DrainInPhase, LeaseUsageSettings? SingletonLease, DeliveryMode Delivery, TimeSpan CommandTimeout, TimeSpan TokensKeptFor, int OwnLanes, MessageLimit MessageLimit)
{
    // None of these begins with "redis-": the actor of a named connection is called redis-NAME.

    /// <summary>The <see cref="RemoteRedis"/> of a node.</summary>
    public const string ActorName = "remote-redis";

    /// <summary>The <see cref="RedisService"/> of a node of the role.</summary>
    public const string ServiceName = "remote-redis-service";

    /// <summary>The actor that starts the singleton on the node that is to have it.</summary>
    public const string SingletonManagerName = "remote-redis-singleton";

    /// <summary>The <see cref="RedisService"/> below the singleton manager.</summary>
    public const string SingletonName = "service";

    private const string Path = "redis-actors.akka-cluster";

    /// <summary>Where the <see cref="RedisService"/> of a node is.</summary>
    public string[] ServicePath { get; } =
        ServedBy == ServedBy.Role ? ["user", ServiceName] : ["user", SingletonManagerName, SingletonName];

    /// <exception cref="ConfigurationException">A setting is invalid; the message names each by its path.</exception>
    public static RemoteRedisSettings Create(Config config, IReadOnlyDictionary<string, ConnectionAdditions>? additions = null)
    {
        // Reports a value in the place of the section too.
        var connections = RedisConnections.Create(config, additions ?? ImmutableDictionary<string, ConnectionAdditions>.Empty);
        var reference = RemoteRedisExtension.DefaultConfig().GetConfig(Path);
        var section = config.HasPath(Path) ? config.GetConfig(Path).WithFallback(reference) : reference;
        var problems = new SettingsProblems();
        new KnownSettings(reference.Root.GetObject()).Check(section.Root.GetObject(), Path, problems);
        var reader = new SettingsReader(section, SettingsOrigin.OfDefault(Path, section, reference), problems, problems);
        var day = TimeSpan.FromDays(1);
        var name = reader.Text("connection");
        var redis = connections.Of(name);
        reader.Require(redis.Name == name, "connection", "default, or a name under redis-actors.connections,");
        var settings = new RemoteRedisSettings(
            reader.OneOf<ServedBy>("served-by"),
            reader.TextOrNull("role"),
            name,
            reader.Duration("linger", TimeSpan.FromMilliseconds(1), day),
            reader.Number("max-unanswered", 1, int.MaxValue),
            reader.Duration("answer-grace", TimeSpan.FromMilliseconds(1), day),
            reader.Duration("identify-interval", TimeSpan.FromMilliseconds(10), day),
            RedisSettings.ReadPhase(reader, RedisConnections.ShutdownPhasesIn(config)),
            ReadLease(reader, day),
            redis.Commands.Delivery,
            redis.Commands.Timeout,
            redis.Commands.TokensKeptFor,
            redis.Link.Topology == RedisTopology.Cluster ? int.MaxValue : redis.Lanes,
            MessageLimit.Of(config));
        CheckTokens(redis, problems);
        problems.ThrowIfAny();
        return settings;
    }

    /// <summary>The singleton that serves: Akka's settings of singletons, but for what is set here.</summary>
    public ClusterSingletonManagerSettings Singleton(ActorSystem system)
    {
        var settings = ClusterSingletonManagerSettings.Create(system).WithRole(Role).WithSingletonName(SingletonName);
        return SingletonLease is null ? settings : settings.WithLeaseSettings(SingletonLease);
    }

    private static LeaseUsageSettings? ReadLease(SettingsReader reader, TimeSpan longest)
    {
        var interval = reader.Duration("singleton.lease-retry-interval", TimeSpan.FromMilliseconds(10), longest);
        return reader.TextOrNull("singleton.use-lease") is { } lease ? new LeaseUsageSettings(lease, interval) : null;
    }

    /// <summary>
    /// A command that goes to a second node is one that runs once only while its token is kept. So a token has to be kept for longer than a
    /// command may take.
    /// </summary>
    private static void CheckTokens(RedisSettings redis, SettingsProblems problems)
    {
        var (timeout, keep) = (redis.Commands.Timeout, redis.Commands.TokensKeptFor);
        var isInfinite = timeout == Timeout.InfiniteTimeSpan;
        if (isInfinite ? redis.Commands.Delivery != DeliveryMode.ExactlyOnce : timeout <= keep * RemoteCommand.Reliable) return;
        var section = redis.Name == "default" ? "redis-actors.default" : $"redis-actors.connections.{redis.Name}";
        problems.Add(
            $"{section}.exactly-once.keep",
            $"{keep} is too short for a command-timeout that is {(isInfinite ? "infinite" : timeout)}: in an Akka cluster a token has to outlive "
            + $"the commands that go to a second node, and is relied on for {RemoteCommand.Reliable:P0} of its time");
    }
}
