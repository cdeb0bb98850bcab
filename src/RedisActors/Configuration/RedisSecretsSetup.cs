using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace RedisActors;

/// <summary>
/// Users and passwords that reach the actor system beside its configuration, so that they appear neither in a file nor in what
/// <c>akka.log-config-on-start</c> prints. They go before those of HOCON.
/// </summary>
/// <example>
/// <code>
/// var secrets = RedisSecretsSetup.Empty.With("default", new RedisSecrets { Password = password });
/// var system = ActorSystem.Create("shop", BootstrapSetup.Create().WithConfig(config).And(secrets));
/// </code>
/// With Akka.Hosting, <c>RedisOptions.Password</c> and <c>RedisOptions.SentinelPassword</c> travel like this by themselves.
/// </example>
public sealed class RedisSecretsSetup : Setup
{
    private RedisSecretsSetup(ImmutableSortedDictionary<string, RedisSecrets> connections) => Connections = connections;

    /// <summary>No secrets; where to begin.</summary>
    public static RedisSecretsSetup Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, RedisSecrets>(StringComparer.Ordinal));

    internal ImmutableSortedDictionary<string, RedisSecrets> Connections { get; }

    /// <summary>Adds the secrets of a connection; what is set here replaces what was set for it before.</summary>
    /// <param name="connection">
    /// <c>default</c>, or a name under <c>redis-actors.connections</c>, which must be there: otherwise the start fails with a
    /// <see cref="ConfigurationException"/>.
    /// </param>
    /// <param name="secrets">Its secrets.</param>
    /// <returns>A new setup.</returns>
    public RedisSecretsSetup With(string connection, RedisSecrets secrets)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        ArgumentNullException.ThrowIfNull(secrets);
        var merged = Connections.TryGetValue(connection, out var former) ? secrets.Over(former) : secrets;
        return new RedisSecretsSetup(Connections.SetItem(connection, merged));
    }

    /// <summary>The names of the connections; never a secret.</summary>
    public override string ToString() => $"secrets of {string.Join(", ", Connections.Keys)}";
}

/// <summary>The secrets of one connection. What is <see langword="null"/> comes from HOCON; empty text is none.</summary>
public sealed record RedisSecrets
{
    /// <summary><c>user</c>: the ACL user.</summary>
    public string? User { get; init; }

    /// <summary><c>password</c>: the password of <see cref="User"/>, or of the server's default user.</summary>
    public string? Password { get; init; }

    /// <summary><c>sentinel.user</c>: the user of the sentinels themselves.</summary>
    public string? SentinelUser { get; init; }

    /// <summary><c>sentinel.password</c>: the password of the sentinels themselves.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>Which passwords there are; never a password itself.</summary>
    public override string ToString() =>
        $"user {User ?? "(none)"}, password {Said(Password)}, sentinel user {SentinelUser ?? "(none)"}, sentinel password {Said(SentinelPassword)}";

    /// <summary>These, and below them the others.</summary>
    internal RedisSecrets Over(RedisSecrets others) => new()
    {
        User = User ?? others.User,
        Password = Password ?? others.Password,
        SentinelUser = SentinelUser ?? others.SentinelUser,
        SentinelPassword = SentinelPassword ?? others.SentinelPassword,
    };

    private static string Said(string? password) => password is null ? "(none)" : "(set)";
}
