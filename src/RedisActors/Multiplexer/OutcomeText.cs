namespace RedisActors.Multiplexer;

/// <summary>
/// Outcomes as errors of a server: what the server itself said, or a code of the library's own, followed by why. Read back by
/// <see cref="RedisOutcome"/>.
/// </summary>
internal static class OutcomeText
{
    public const string NotSent = "NOTSENT";
    public const string Unknown = "UNKNOWN";

    /// <summary>Whether an error is one of these, and not the server's.</summary>
    public static bool IsOutcome(string error) => Begins(error, NotSent) || Begins(error, Unknown);

    public static bool Begins(string error, string code) => error.StartsWith(code, StringComparison.Ordinal) && error.AsSpan(code.Length) is [' ', ..];

    public static string Of(Exception failure) => failure switch
    {
        RedisOutcomeException { Outcome: Outcome.Rejected, ServerError: { } words } => words,
        RedisOutcomeException { Outcome: Outcome.Unknown } => $"{Unknown} {failure.Message}",
        _ => $"{NotSent} {failure.Message}",
    };
}
