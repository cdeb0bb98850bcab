namespace RedisActors.Connection;

/// <summary>Why a link could not be made, or is gone; what the connection actor fails with, for its supervisor to decide.</summary>
internal class RedisLinkException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>An attempt ended before it began: nobody was there, or it was a server that does not work yet.</summary>
internal sealed class ServerSilentException(string message, Exception? cause = null) : RedisLinkException(message, cause);

/// <summary>
/// A failure that waiting does not fix: a wrong password, a permission that is missing, a certificate that is not trusted, a
/// server that is no Redis.
/// </summary>
internal sealed class MisconfiguredException(string message, Exception? cause = null) : RedisLinkException(message, cause);

/// <summary>The server answered a query of the library's own with an error.</summary>
internal sealed class ServerErrorException(string serverError) : RedisLinkException(serverError);

/// <summary>A conversation ended before the reply came.</summary>
internal sealed class ConversationEndedException(string message, Exception? cause = null) : RedisLinkException(message, cause);

/// <summary>The other side does not speak the protocol of Redis; the message is what it says instead.</summary>
internal sealed class NotRespException(string received) : RedisLinkException(received);

/// <summary>The two sides cannot agree on TLS; the message is why.</summary>
internal sealed class TlsRefusedException(string message, Exception? cause = null) : RedisLinkException(message, cause);
