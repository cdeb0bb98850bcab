using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RedisActors.Testing;

/// <summary>
/// A loopback port with something other than Redis behind it, for clients with a wrong address. After
/// <see cref="DisposeAsync"/> the port is free for the right server (<see cref="RedisServerOptions.Port"/>).
/// </summary>
public sealed class StrangeServer : IAsyncDisposable
{
    private static readonly byte[] BadRequest = Encoding.ASCII.GetBytes(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nConnection: close\r\n\r\nBad Request\n");

    private readonly CancellationTokenSource _end = new();
    private readonly Func<Socket, CancellationToken, Task> _talk;
    private readonly Socket _listener;
    private readonly Task _accepting;
    private long _accepted;

    private StrangeServer(int? port, Func<Socket, CancellationToken, Task> talk)
    {
        _talk = talk;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port ?? LoopbackPorts.PickFree()));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public string Host => "127.0.0.1";

    public int Port { get; }

    /// <summary>The address as <c>127.0.0.1:PORT</c>.</summary>
    public string Endpoint => $"{Host}:{Port}";

    /// <summary>Connections accepted so far.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>A web server: answers the first input with <c>400 Bad Request</c> and closes.</summary>
    public static StrangeServer Http(int? port = null) => new(port, SpeakHttpAsync);

    /// <summary>Accepts and closes at once, like a load balancer without a backend.</summary>
    public static StrangeServer Closing(int? port = null) => new(port, (_, _) => Task.CompletedTask);

    /// <summary>Accepts and reads, but never answers.</summary>
    public static StrangeServer Silent(int? port = null) => new(port, DrainAsync);

    /// <summary>Answers its input as the test specifies, and keeps listening.</summary>
    /// <param name="answer">Maps the input to the answer.</param>
    /// <param name="port">The port. Default: a free one.</param>
    public static StrangeServer Saying(Func<string, string> answer, int? port = null) => new(port, async (client, end) =>
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await client.ReceiveAsync(buffer, end).ConfigureAwait(false)) > 0)
        {
            var words = Encoding.Latin1.GetBytes(answer(Encoding.Latin1.GetString(buffer, 0, count)));
            for (var sent = 0; sent < words.Length;) sent += await client.SendAsync(words.AsMemory(sent), end).ConfigureAwait(false);
        }
    });

    /// <summary>Closes the port and all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    private static async Task SpeakHttpAsync(Socket client, CancellationToken end)
    {
        var buffer = new byte[4096];
        if (await client.ReceiveAsync(buffer, end).ConfigureAwait(false) == 0) return;

        await client.SendAsync(BadRequest, end).ConfigureAwait(false);

        // Closing with unread bytes causes a reset, which may overtake the answer.
        client.Shutdown(SocketShutdown.Send);
        await DrainAsync(client, end).ConfigureAwait(false);
    }

    private static async Task DrainAsync(Socket client, CancellationToken end)
    {
        var buffer = new byte[4096];
        while (await client.ReceiveAsync(buffer, end).ConfigureAwait(false) > 0)
        {
        }
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
                Interlocked.Increment(ref _accepted);
                talks.RemoveAll(talk => talk.IsCompleted);
                talks.Add(TalkAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }

        await Task.WhenAll(talks).ConfigureAwait(false);
    }

    private async Task TalkAsync(Socket client)
    {
        using (client)
        {
            try
            {
                await _talk(client, _end.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The client closed first, or this was disposed.
            }
        }
    }
}
