namespace RedisActors.Connection;

/// <summary>
/// A link: one live connection to Redis, connected once. It never connects again by itself; when it is gone, it is gone, and
/// the supervisor makes the next one.
/// </summary>
internal interface IRedisLink : IDisposable
{
    /// <summary>Which connection of the server this is; what it takes to end it from another one.</summary>
    ClientIdentity Identity { get; }

    /// <summary>The server's own address, <c>ip:port</c>.</summary>
    string Endpoint { get; }

    /// <summary>
    /// Hands a request over. Whatever happens then is told to the request, exactly once and possibly before this returns;
    /// nothing is thrown.
    /// </summary>
    void Send(LinkRequest request);

    /// <summary>Says that the link is lost, although it is not: its server is of no use any more.</summary>
    void Abandon(string cause);

    /// <summary>Whether anything was answered over the link, whatever it was, since this was asked last.</summary>
    bool TakeHeard();

    /// <summary>Whether the server's host takes a connection at this moment; the server itself may be busy. Throws nothing.</summary>
    Task<bool> HostAcceptsAsync(CancellationToken cancellation);
}

/// <summary>Makes links.</summary>
internal interface IRedisLinkFactory
{
    /// <summary>What leads to the same server has the same key.</summary>
    object ServerKey { get; }

    /// <summary>
    /// Connects to the server and makes sure that it answers. Throws <see cref="RedisLinkException"/> when it cannot.
    /// </summary>
    /// <param name="onLost">Told, at most once and from any thread, why an established link is gone.</param>
    /// <param name="cancellation">Ends an attempt that nobody waits for any more; what was opened is closed.</param>
    Task<IRedisLink> ConnectAsync(Action<string> onLost, CancellationToken cancellation);

    /// <summary>
    /// Whether an attempt is worth making at this moment: a server answers that has the role that is wanted, or one that refuses
    /// this client for good. Found out cheaply and without a link. Throws nothing.
    /// </summary>
    Task<bool> AnswersAsync(CancellationToken cancellation);
}
