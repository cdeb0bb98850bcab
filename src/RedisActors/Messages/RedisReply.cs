namespace RedisActors;

/// <summary>The answer to a <see cref="RedisCommand"/> that the server executed.</summary>
/// <param name="Value">What the server answered.</param>
/// <param name="State">The state that the sender gave to the command.</param>
public sealed record RedisReply(RespValue Value, object? State)
{
    /// <summary>Always <see cref="Outcome.Applied"/>: whatever else may happen to a command is a failure that says so.</summary>
#pragma warning disable CA1822 // a caller switches on it beside RedisOutcomeException.Outcome
    public Outcome Outcome => Outcome.Applied;
#pragma warning restore CA1822
}
