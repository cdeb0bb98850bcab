using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Connection;

/// <summary>What a server's refusal means, and what to fix.</summary>
internal static class ServerRefusal
{
    private const int WordsShown = 60;

    /// <summary>
    /// Any error to AUTH is one; where it is not "not now", waiting does not help. Its words are shown only where they are known: a
    /// server that does not know the command, or something in front of it, repeats it together with the password.
    /// </summary>
    public static RedisLinkException OfAuth(ServerAddress server, ServerAccess access, string error)
    {
        if (IsNotNow(error)) return NotNow(server, access, error);
        if (Begins(error, "DENIED")) return Protected(server, access, error);
        if (error.Contains("without any password", StringComparison.Ordinal)
            || error.Contains("no password is set", StringComparison.Ordinal))
        {
            return new MisconfiguredException(
                $"{server} has no password, yet one is configured here: remove {access.Prefix}password, or set requirepass there "
                + $"({Shown(error, access)})");
        }

        var user = access.Credentials.User is { } name ? $"the user '{name}'" : "the default user";
        var words = Begins(error, "WRONGPASS") || Begins(error, "NOPERM") || Begins(error, "ERR invalid password")
            ? Shown(error, access)
            : $"{Shown(error.Split(' ')[0], access)} (the rest is not shown, because it may repeat the password)";
        return new MisconfiguredException(
            $"{server} does not accept {access.Prefix}user and {access.Prefix}password of {user}: {words}");
    }

    /// <summary>Null where the error is an answer like any other: the server is there.</summary>
    public static RedisLinkException? OfQuestion(ServerAddress server, ServerAccess access, string question, string error)
    {
        if (IsNotNow(error)) return NotNow(server, access, error);
        if (Begins(error, "DENIED")) return Protected(server, access, error);
        if (Begins(error, "NOAUTH"))
        {
            return new MisconfiguredException(access.Auth is null
                ? $"{server} wants a password and none is configured: set {access.Prefix}password, and {access.Prefix}user where it "
                    + $"is not the default one ({Shown(error, access)})"
                : $"{server} does not accept the login: {Shown(error, access)}");
        }

        return Begins(error, "NOPERM")
            ? new MisconfiguredException($"{server} does not permit {question} to this user: add it to its ACL ({Shown(error, access)})")
            : null;
    }

    /// <summary>For a question that the server need not answer: null where the error does not say "not now".</summary>
    public static RedisLinkException? OfNow(ServerAddress server, ServerAccess access, string error) => IsNotNow(error) ? NotNow(server, access, error) : null;

    /// <summary>The server does not let this client into its database.</summary>
    public static RedisLinkException OfDatabase(ServerAddress server, ServerAccess access, string error) =>
        OfQuestion(server, access, "SELECT", error)
            ?? (RetryableErrors.Classify(error) == ServerErrorKind.Retry
                ? NotNow(server, access, error)
                : new MisconfiguredException(
                    $"{server} has no database {access.Database}: set database to one that it has, or databases in its configuration "
                    + $"({Shown(error, access)})"));

    /// <summary>The other side speaks something else.</summary>
    public static MisconfiguredException NotRedis(ServerAddress server, ServerAccess access, string answer) =>
        new($"{server} is not a Redis server: it answers '{FirstWords(Shown(answer, access))}'");

    private static bool IsNotNow(string error) =>
        Begins(error, "LOADING")
        || RetryableErrors.IsBusy(error)
        || (RetryableErrors.Classify(error) == ServerErrorKind.Reconnect && !Begins(error, "NOAUTH"));

    private static RedisLinkException NotNow(ServerAddress server, ServerAccess access, string error) => new(RetryableErrors.IsBusy(error)
        ? $"{server} is busy with a script or function that has been running for too long"
        : $"{server} answered: {Shown(error, access)}");

    private static MisconfiguredException Protected(ServerAddress server, ServerAccess access, string error) => new(
        $"{server} is in protected mode and accepts connections from its own host only: give it a password, or bind it "
        + $"({FirstWords(Shown(error, access))})");

    /// <summary>The server's words, unless they may repeat the password.</summary>
    public static string Shown(string words, ServerAccess access) =>
        access.MayShowSecret(words) ? "[hidden, because it may repeat the password]" : words;

    private static string FirstWords(string received)
    {
        var printable = new string([.. received.Select(letter => char.IsControl(letter) ? ' ' : letter)]).Trim();
        return printable.Length > WordsShown ? $"{printable[..WordsShown]}…" : printable;
    }

    private static bool Begins(string error, string word) => error.StartsWith(word, StringComparison.Ordinal);
}
