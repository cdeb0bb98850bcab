namespace RedisActors.Configuration;

/// <summary>Who this client says it is: always the same, or what a class of the user's says at each attempt.</summary>
internal sealed class CredentialsSettings
{
    public CredentialsSettings(SettingsReader read)
    {
        User = read.TextOrNull("user");
        Password = read.TextOrNull("password");
        Provider = read.TypeOrNull("credentials-provider", typeof(IRedisCredentialsProvider));
        read.Require(
            Provider is null || (User is null && Password is null),
            "credentials-provider",
            "either a provider, or user and password,");
        read.Require(User is null || Password is not null, "user", "a user together with a password");
    }

    public string? User { get; }

    public string? Password { get; }

    /// <summary>The class to ask at each attempt; null: user and password are always the same.</summary>
    public Type? Provider { get; }
}
