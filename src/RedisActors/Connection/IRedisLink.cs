namespace RedisActors.Connection;

/// <summary>
/// A link: one live connection to Redis, connected once. It never reconnects; when it is gone, it is gone, and the supervisor
/// makes the next one.
/// </summary>
/// <remarks>
/// <para>
/// Every request that was handed over is told exactly one thing about itself (see <see cref="LinkRequest"/>). Requests are told in
/// the order in which they were handed over, by one thread at a time.
/// </para>
/// <para>
/// The loss of a link is told (<c>onLost</c>) when nothing is left in it: every request that was handed over before has been told
/// by then. One that is handed over later is told at once that it was not sent.
/// </para>
/// </remarks>
internal interface IRedisLink : IDisposable
{
    /// <summary>Which connection of the server this is; what it takes to end it from another one.</summary>
    ClientIdentity Identity { get; }

    /// <summary>The server's own address, <c>ip:port</c>.</summary>
    string Endpoint { get; }

    /// <summary>Which server it leads to; null where the server does not say.</summary>
    ServerProduct? Product => null;

    /// <summary>What the server said of keys that it evicts, before it was sent anything over this link.</summary>
    ServerEviction Eviction => ServerEviction.Unknown;

    /// <summary>The server's clock, as it was when the link was made; null where the server does not tell the time.</summary>
    ServerClock? Clock => null;

    /// <summary>Whether commands go over it, and not only the library's own questions.</summary>
    bool IsForCommands => true;

    /// <summary>What whoever operates the application should know of this server; null: nothing that was not said before.</summary>
    string? Warning => null;

    /// <summary>
    /// Hands a request over, from any thread. Whatever becomes of it is told to the request, possibly before this returns;
    /// nothing is thrown.
    /// </summary>
    void Send(LinkRequest request);

    /// <summary>Ends the link, although it works: its server is of no use any more. The first cause is the one that is told.</summary>
    void Abandon(string cause);

    /// <summary>
    /// Whether the other side has shown life since this was asked last: a byte arrived, or was taken off a write that had to wait.
    /// </summary>
    bool TakeHeard();

    /// <summary>Whether the server's host takes a connection at this moment; the server itself may be busy. Throws nothing.</summary>
    Task<bool> HostAcceptsAsync(CancellationToken cancellation);
}

/// <summary>Makes links.</summary>
internal interface IRedisLinkFactory
{
    /// <summary>What leads to the same server has the same key.</summary>
    object ServerKey { get; }

    /// <summary>Makes the links of subscriptions instead; null: those lead to the endpoint of the settings.</summary>
    IRedisLinkFactory? ForSubscriptions => null;

    /// <summary>
    /// Connects to the server and verifies that it is the one that is wanted. Throws <see cref="RedisLinkException"/> when it
    /// cannot.
    /// </summary>
    /// <param name="onLost">
    /// Told, at most once and from any thread, why an established link is gone, when all of its requests have been told.
    /// </param>
    /// <param name="cancellation">Ends an attempt that nobody waits for any more; what was opened is closed.</param>
    Task<IRedisLink> ConnectAsync(Action<string> onLost, CancellationToken cancellation);

    /// <summary>
    /// Whether an attempt is worth making at this moment: a server answers that has the role that is wanted, or one that refuses
    /// this client for good. Found out cheaply and without a link. Throws nothing.
    /// </summary>
    Task<bool> AnswersAsync(CancellationToken cancellation);
}
