using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RedisActors.Testing;

/// <summary>
/// A TCP proxy on a loopback port in front of a server, which simulates network faults. Passes everything until told
/// otherwise. All members may be called from any thread.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly object _lock = new();
    private readonly HashSet<ProxyLink> _links = [];
    private readonly ProxyFaults _faults = new();
    private readonly EndPoint _target;
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private long _accepted;

    private FaultProxy(EndPoint target, int port)
    {
        _target = target;
        _listener = Listen(port);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync(_listener);
    }

    public string Host => "127.0.0.1";

    public int Port { get; }

    /// <summary>The address that clients use, as <c>127.0.0.1:PORT</c>.</summary>
    public string Endpoint => $"{Host}:{Port}";

    /// <summary>Current client connections through the proxy.</summary>
    public int Connections
    {
        get
        {
            lock (_lock) return _links.Count(link => link.ClientIsThere);
        }
    }

    /// <summary>Connections accepted since the proxy was started.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    public static FaultProxy Start(RedisServer server) => Start(server.Host, server.Port);

    /// <param name="host">The server's IP address.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="listenPort">The port on 127.0.0.1; a free one unless given.</param>
    public static FaultProxy Start(string host, int port, int? listenPort = null) =>
        new(new IPEndPoint(IPAddress.Parse(host), port), listenPort ?? LoopbackPorts.PickFree());

    /// <summary>
    /// Ends <see cref="Stall"/> and <see cref="Blackhole"/>: held-back bytes flow again. A connection that has lost bytes in the black hole
    /// stays there, because the rest of its bytes would make no sense; new ones pass.
    /// </summary>
    public void Pass() => _faults.Mode = ProxyMode.Pass;

    /// <summary>
    /// Stops reading and forwards nothing, in both directions. Nothing is lost: everything, the end of a
    /// connection included, waits in the operating system's buffers and flows after <see cref="Pass"/>. New connections are accepted and wait too.
    /// </summary>
    public void Stall() => _faults.Mode = ProxyMode.Stall;

    /// <summary>
    /// Half-open: drops everything in both directions, ends of connections included, answers nothing and closes nothing. New connections
    /// are accepted and dropped without the server ever seeing them.
    /// </summary>
    public void Blackhole() => _faults.Mode = ProxyMode.Blackhole;

    /// <summary>Resets all connections, on both sides. New ones are accepted.</summary>
    public void Cut()
    {
        foreach (var link in Links()) link.Reset();
    }

    /// <summary>
    /// Closes one direction of all connections gracefully: the receiver sees the end after everything sent so far, and the other direction
    /// stays open.
    /// </summary>
    public void HalfClose(FaultDirection direction)
    {
        foreach (var link in Links()) link.HalfClose(direction);
    }

    /// <summary>Stops listening: new connections are refused. Existing ones stay open; see <see cref="Cut"/>.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    /// <summary>Listens again, on the same port, after <see cref="Refuse"/>.</summary>
    public void Accept()
    {
        lock (_lock)
        {
            if (_listener is not null) return;

            _listener = Listen(Port);
            _accepting = AcceptAsync(_listener);
        }
    }

    /// <summary>Delays everything in one direction by this time, in order, without limiting how much is in flight.</summary>
    public void Delay(FaultDirection direction, TimeSpan delay) => _faults.SetDelay(direction, delay);

    /// <summary>
    /// Limits the rate of each connection in one direction: it is read no faster, so its sender has to wait once the operating system's
    /// buffers are full. 0: no limit.
    /// </summary>
    public void Throttle(FaultDirection direction, long bytesPerSecond) => _faults.SetRate(direction, bytesPerSecond);

    /// <summary>
    /// Once: lets exactly this many more bytes through in one direction, over all connections, then ends the connection whose
    /// bytes exceed them. The receiver gets the bytes and then a graceful close; the sender gets a reset.
    /// </summary>
    public void CutAfter(FaultDirection direction, long bytes) => _faults.CutAfter(direction, bytes);

    /// <summary>
    /// Once: drops the next bytes from the server and cuts their connection. The server has executed the command, but the client cannot
    /// know.
    /// </summary>
    public void LoseNextReply() => CutAfter(FaultDirection.ToClient, 0);

    /// <summary>
    /// Once: like <see cref="LoseNextReply"/>, but on the connection on which a client next sends this text, and with the server's first
    /// bytes after it. Does not affect other connections, nor earlier commands on this one that have been answered.
    /// </summary>
    public void LoseReplyTo(string text) => _faults.LoseReplyTo(Encoding.UTF8.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        Refuse();
        Pass();
        Cut();
        await _accepting.ConfigureAwait(false);
        Cut();
    }

    private static Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // What is accepted inherits it. By default the operating system takes megabytes on the proxy's behalf, and a stalled or slow
            // line would look as if all of it had arrived.
            listener.ReceiveBufferSize = 128 * 1024;
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen(512);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private ProxyLink[] Links()
    {
        lock (_lock) return [.. _links];
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _accepted);
            var link = new ProxyLink(client, _target, _faults);
            lock (_lock) _links.Add(link);
            _ = RunAsync(link);
        }
    }

    private async Task RunAsync(ProxyLink link)
    {
        await link.RunAsync().ConfigureAwait(false);
        lock (_lock) _links.Remove(link);
    }
}
