using Akka.Configuration;
using RedisActors.Configuration;

namespace RedisActors.AkkaCluster;

/// <summary>Which nodes have a connection to Redis for the others.</summary>
internal enum ServedBy
{
    /// <summary>Each node of the role.</summary>
    Role,

    /// <summary>One node of the role at a time.</summary>
    Singleton,
}

/// <summary>The settings under <c>redis-actors.akka-cluster</c>, and what of the connection's own matters to a front.</summary>
internal sealed record RemoteRedisSettings(
    ServedBy ServedBy, string? Role, string Connection, TimeSpan Linger, int MaxUnanswered, TimeSpan Grace, TimeSpan IdentifyInterval,
    DeliveryMode Delivery, TimeSpan CommandTimeout, TimeSpan TokensKeptFor)
{
    /// <summary>The actor of a node of the role that serves.</summary>
    public const string ServiceName = "redis-service";

    /// <summary>The actor that starts the singleton where it is to be.</summary>
    public const string SingletonManagerName = "redis-singleton";

    /// <summary>The singleton, below that.</summary>
    public const string SingletonName = "service";

    private const string Path = "redis-actors.akka-cluster";

    /// <summary>Where the actor is that serves, on the node that has it.</summary>
    public string[] ServicePath { get; } =
        ServedBy == ServedBy.Role ? ["user", ServiceName] : ["user", SingletonManagerName, SingletonName];

    /// <exception cref="ConfigurationException">A setting is invalid; the message names each by its path.</exception>
    public static RemoteRedisSettings Create(Config config)
    {
        var reference = RemoteRedisExtension.DefaultConfig().GetConfig(Path);
        var section = config.HasPath(Path) ? config.GetConfig(Path).WithFallback(reference) : reference;
        var problems = new SettingsProblems();
        new KnownSettings(reference.Root.GetObject()).Check(section.Root.GetObject(), Path, problems);
        var reader = new SettingsReader(section, SettingsOrigin.OfDefault(Path, section, reference), problems, problems);
        var day = TimeSpan.FromDays(1);
        var connections = RedisConnections.Create(config);
        var name = reader.Text("connection");
        var redis = connections.Named.FirstOrDefault(connection => connection.Name == name) ?? connections.Default;
        reader.Require(redis.Name == name, "connection", "default, or a name under redis-actors.connections,");
        var settings = new RemoteRedisSettings(
            reader.OneOf("served-by", ("role", ServedBy.Role), ("singleton", ServedBy.Singleton)),
            reader.TextOrNull("role"),
            name,
            reader.Duration("linger", TimeSpan.FromMilliseconds(1), day),
            reader.Number("max-unanswered", 1, int.MaxValue),
            reader.Duration("answer-grace", TimeSpan.FromMilliseconds(1), day),
            reader.Duration("identify-interval", TimeSpan.FromMilliseconds(10), day),
            redis.Commands.Delivery,
            redis.Commands.Timeout,
            redis.Commands.TokensKeptFor);
        problems.ThrowIfAny();
        return settings;
    }
}
