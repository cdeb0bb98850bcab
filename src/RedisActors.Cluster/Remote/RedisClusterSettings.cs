using Akka.Configuration;
using RedisActors.Configuration;

namespace RedisActors.Cluster;

/// <summary>Which nodes have a connection to Redis for the others.</summary>
internal enum ServedBy
{
    /// <summary>Each node of the role.</summary>
    Role,

    /// <summary>One node of the role at a time.</summary>
    Singleton,
}

/// <summary>The settings under <c>redis-actors.cluster</c>, and what of the connection's own matters to a front.</summary>
internal sealed record RedisClusterSettings(
    ServedBy ServedBy, string? Role, TimeSpan Linger, int MaxUnanswered, TimeSpan Grace, TimeSpan IdentifyInterval,
    DeliveryMode Delivery, TimeSpan CommandTimeout, TimeSpan TokensKeptFor)
{
    /// <summary>The actor of a node of the role that serves.</summary>
    public const string ServiceName = "redis-service";

    /// <summary>The actor that starts the singleton where it is to be.</summary>
    public const string SingletonManagerName = "redis-singleton";

    /// <summary>The singleton, below that.</summary>
    public const string SingletonName = "service";

    private const string Path = "redis-actors.cluster";

    /// <summary>Where the actor is that serves, on the node that has it.</summary>
    public string[] ServicePath { get; } =
        ServedBy == ServedBy.Role ? ["user", ServiceName] : ["user", SingletonManagerName, SingletonName];

    /// <exception cref="ConfigurationException">A setting is invalid; the message names each by its path.</exception>
    public static RedisClusterSettings Create(Config config)
    {
        var reader = new SettingsReader(Path, config.GetConfig(Path));
        var day = TimeSpan.FromDays(1);
        var redis = RedisSettings.Create("default", config.GetConfig("redis-actors"));
        var settings = new RedisClusterSettings(
            reader.OneOf("served-by", ("role", ServedBy.Role), ("singleton", ServedBy.Singleton)),
            reader.TextOrNull("role"),
            reader.Duration("linger", TimeSpan.FromMilliseconds(1), day),
            reader.Number("max-unanswered", 1, int.MaxValue),
            reader.Duration("answer-grace", TimeSpan.FromMilliseconds(1), day),
            reader.Duration("identify-interval", TimeSpan.FromMilliseconds(10), day),
            redis.Delivery,
            redis.CommandTimeout,
            redis.TokensKeptFor);
        reader.ThrowIfInvalid();
        return settings;
    }
}
