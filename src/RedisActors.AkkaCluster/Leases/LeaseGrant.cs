namespace RedisActors.AkkaCluster;

/// <summary>What the server answered to one who wanted the lease.</summary>
/// <param name="Token">The fencing token; null if the lease was refused.</param>
/// <param name="Remaining">For how long it is refused at least, unless it is given back.</param>
/// <param name="Holder">Who has it; empty if the server waits because it may have forgotten who has it.</param>
internal sealed record LeaseGrant(long? Token, TimeSpan Remaining, string Holder)
{
    /// <exception cref="InvalidOperationException">It is not the answer of <see cref="LeaseScripts.Acquire"/>.</exception>
    public static LeaseGrant Read(RespValue answer) => answer.AsArray() switch
    {
        [var granted, var token] when granted.AsInt64() == 1 => new LeaseGrant(token.AsInt64(), TimeSpan.Zero, string.Empty),
        [_, var remaining, var holder] => new LeaseGrant(
            null, TimeSpan.FromMilliseconds(remaining.AsInt64()), holder.AsString() ?? string.Empty),
        _ => throw new InvalidOperationException($"Not an answer about a lease: {answer}"),
    };
}
