using RedisActors.CommandMetadata;

namespace RedisActors.ExactlyOnce;

/// <summary>What the server answered to a wrapped command: a value, or an error in the words of the plain command.</summary>
/// <param name="Value">The reply; null if the answer is an error.</param>
/// <param name="ServerError">The error, code first (<c>WRONGTYPE Operation …</c>), or null if there is a reply.</param>
internal readonly record struct ExactlyOnceReply(RespValue Value, string? ServerError)
{
    /// <summary>Whether the server answered with an error.</summary>
    public bool IsError => ServerError is not null;
}
