using System.Net;

namespace RedisActors.Connection;

/// <summary>
/// An address that can be connected to until it is retired. Afterwards every attempt to connect is refused at once.
/// </summary>
/// <remarks>
/// This is how StackExchange.Redis' own reconnecting is switched off. Its <c>ReconnectRetryPolicy</c> does not do it: it
/// connects again within about a millisecond of a disconnect without asking the policy, and would then execute
/// what they still hold unsent on a connection that nobody supervises, and that fencing the recorded client id does not reach.
/// </remarks>
internal sealed class LinkEndPoint(IPAddress address, int port) : IPEndPoint(address, port)
{
    private volatile bool _retired;

    public void Retire() => _retired = true;

    /// <summary>
    /// The client looks here whether a node of a cluster sends it elsewhere; what it does then, it must not: a link leads to one
    /// server. It connects anew where a MOVED leads to the server that it comes from, so none ever does.
    /// </summary>
    public override bool Equals(object? comparand) => ReferenceEquals(this, comparand);

    public override int GetHashCode() => base.GetHashCode();

    /// <summary>The address as the socket takes it; of a retired one, port 0, to which no connection can be made.</summary>
    public override SocketAddress Serialize() => _retired ? new IPEndPoint(Address, 0).Serialize() : base.Serialize();
}
