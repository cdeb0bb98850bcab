namespace RedisActors.Connection;

/// <summary>That the link could not bring a request's reply, and what is known about the request.</summary>
/// <param name="CertainlyNotSent">Whether not one byte of the request can have reached the server.</param>
/// <param name="Reason">What happened, in one line.</param>
internal sealed record LinkFault(bool CertainlyNotSent, string Reason);
