using System.Collections.Immutable;
using System.Net.Security;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace RedisActors.Configuration;

/// <summary>
/// What a connection is given beside the actor system's configuration, and above it: options in code or from the host's configuration,
/// secrets, objects. None of it becomes part of that configuration, which may be logged.
/// </summary>
internal sealed record ConnectionAdditions
{
    public static readonly ConnectionAdditions None = new();

    /// <summary>Settings, by their paths within the connection.</summary>
    public Config Options { get; init; } = ConfigurationFactory.Empty;

    public RedisSecrets? Secrets { get; init; }

    public ConnectionParts Parts { get; init; } = ConnectionParts.None;

    /// <summary>Where its author wrote an option, by the path of the setting; for messages.</summary>
    public IReadOnlyDictionary<string, string> WrittenAt { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What could not even become a setting: where it is written, and what is wrong with it.</summary>
    public IReadOnlyList<(string Path, string Problem)> Problems { get; init; } = [];
}

/// <summary>Objects that stand in the place of settings.</summary>
internal sealed record ConnectionParts
{
    public static readonly ConnectionParts None = new();

    /// <summary>In the place of <c>credentials-provider</c>.</summary>
    public Func<IRedisCredentialsProvider>? Credentials { get; init; }

    /// <summary>In the place of <c>backoff.strategy</c>; called once for each supervisor.</summary>
    public Func<IBackoffStrategy>? Backoff { get; init; }

    /// <summary>In the place of <c>tls.verify</c>.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }
}

/// <summary>How options reach the settings of an actor system: asked for once, when they are read.</summary>
internal sealed class ConnectionAdditionsSetup(Func<ActorSystem, IReadOnlyDictionary<string, ConnectionAdditions>> read) : Setup
{
    private readonly Lock _gate = new();
    private IReadOnlyDictionary<string, ConnectionAdditions>? _read;

    /// <summary>The additions to each connection of an actor system, by name: its options, and below their secrets those of a setup.</summary>
    public static IReadOnlyDictionary<string, ConnectionAdditions> Of(ActorSystem system)
    {
        var secrets = system.Settings.Setup.Get<RedisSecretsSetup>().GetOrElse(RedisSecretsSetup.Empty);
        return system.Settings.Setup.Get<ConnectionAdditionsSetup>() is { HasValue: true, Value: var options }
            ? Over(secrets, options.Read(system))
            : Of(secrets);
    }

    public static IReadOnlyDictionary<string, ConnectionAdditions> Of(RedisSecretsSetup secrets) =>
        secrets.Connections.ToDictionary(connection => connection.Key, connection => new ConnectionAdditions { Secrets = connection.Value });

    private static Dictionary<string, ConnectionAdditions> Over(
        RedisSecretsSetup secrets, IReadOnlyDictionary<string, ConnectionAdditions> options)
    {
        var all = new Dictionary<string, ConnectionAdditions>(Of(secrets));
        foreach (var (connection, added) in options)
        {
            var below = all.GetValueOrDefault(connection)?.Secrets;
            all[connection] = added with { Secrets = below is null ? added.Secrets : added.Secrets?.Over(below) ?? below };
        }

        return all;
    }

    private IReadOnlyDictionary<string, ConnectionAdditions> Read(ActorSystem system)
    {
        lock (_gate) return _read ??= read(system);
    }
}
