namespace RedisActors.Configuration;

/// <summary>Who this client says it is: always the same, or what a class of the user's says at each attempt.</summary>
internal sealed class CredentialsSettings
{
    public CredentialsSettings(SettingsReader read)
    {
        User = read.TextOrNull("user");
        Password = read.TextOrNull("password");
        Provider = read.TypeOrNull("credentials-provider", typeof(IRedisCredentialsProvider));
        read.RequireTogether(
            User is null || Password is not null, "user", ["password"], "is not valid without a password; a user together with a password is");
        if (Provider is null || (User is null && Password is null)) return;

        // What a connection says itself goes before what it inherits.
        var hasOwnWords = read.IsOwn("user") || read.IsOwn("password");
        var hasOwnProvider = read.IsOwn("credentials-provider");
        read.RequireTogether(
            hasOwnWords != hasOwnProvider,
            "credentials-provider",
            ["user", "password"],
            "is not valid together with user and password; either the one or the other is");
        if (hasOwnProvider) (User, Password) = (null, null);
        else Provider = null;
    }

    public string? User { get; }

    public string? Password { get; }

    /// <summary>The class to ask at each attempt; null: user and password are always the same.</summary>
    public Type? Provider { get; }
}
