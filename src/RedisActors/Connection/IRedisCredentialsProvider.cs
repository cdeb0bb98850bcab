namespace RedisActors;

/// <summary>
/// Gives the user and password for each connection attempt, so that they can change while the application runs. A class of yours
/// is named in <c>credentials-provider</c>; it needs a constructor without arguments.
/// </summary>
public interface IRedisCredentialsProvider
{
    /// <summary>
    /// The user and password to connect with now. Where it throws, the attempt fails and is made again after the backoff.
    /// </summary>
    /// <param name="connection">The connection's name in the settings.</param>
    /// <param name="cancellation">Raised when <c>connect-timeout</c> has passed, or the attempt is no longer wanted.</param>
    ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation);
}

/// <summary>Who a client says it is.</summary>
/// <param name="User">The ACL user; <see langword="null"/> is the server's default user.</param>
/// <param name="Password">The password; <see langword="null"/>: none is sent.</param>
public sealed record RedisCredentials(string? User, string? Password)
{
    /// <summary>The user, and whether there is a password; never the password itself.</summary>
    public override string ToString() => $"{User ?? "default"} ({(Password is null ? "no password" : "with a password")})";
}
