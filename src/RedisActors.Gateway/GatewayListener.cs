using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Event;
using RedisActors.Multiplexer;

namespace RedisActors.Gateway;

/// <summary>Takes connections, up to a number, and ends them all.</summary>
internal sealed class GatewayListener
{
    private const int Backlog = 511;

    /// <summary>How long to wait when the operating system has no descriptor left for a client.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly GatewaySettings _settings;
    private readonly DoorSettings _door;
    private readonly Socket _socket;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<GatewayConnection, Task> _connections = [];
    private readonly Lock _gate = new();
    private volatile bool _isStopping;

    private GatewayListener(GatewaySettings settings, DoorSettings door, Socket socket)
    {
        _settings = settings;
        _door = door;
        _socket = socket;
        Endpoint = socket.LocalEndPoint!;
        _log = Logging.GetLogger(door.System, typeof(RedisGateway));
    }

    public EndPoint Endpoint { get; }

    public int Connections => _connections.Count;

    /// <exception cref="Akka.Configuration.ConfigurationException">It is not possible to listen there.</exception>
    public static GatewayListener Start(GatewaySettings settings, DoorSettings door)
    {
        var socket = Listen(settings);
        var listener = new GatewayListener(settings, door, socket);
        listener._log.Info("The gateway listens on {0}", GatewaySettings.Shown(listener.Endpoint));
        _ = Task.Run(listener.AcceptAsync);
        return listener;
    }

    /// <summary>Takes no more clients and no more commands, lets those that were asked be answered for a while, and closes.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        StopListening();
        foreach (var connection in _connections.Keys) connection.Stop();
        try
        {
            await Task.WhenAll(_connections.Values).WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _log.Warning("The gateway closes {0} connections whose commands were not answered within {1} s", _connections.Count, patience.TotalSeconds);
        }

        Close();
    }

    /// <summary>Closes everything now.</summary>
    public void Close()
    {
        StopListening();
        foreach (var connection in _connections.Keys) connection.Close();
    }

    private static Socket Listen(GatewaySettings settings)
    {
        var endpoint = settings.Listen;
        var socket = endpoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint is UnixDomainSocketEndPoint) RemoveIfDead(endpoint);
            socket.Bind(endpoint);
            if (endpoint is UnixDomainSocketEndPoint && !OperatingSystem.IsWindows()) File.SetUnixFileMode($"{endpoint}", settings.SocketPermissions);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw GatewaySettings.CannotListen(endpoint, error);
        }
    }

    /// <summary>What a process left behind that ended without removing it; a socket that somebody listens on stays.</summary>
    private static void RemoveIfDead(EndPoint endpoint)
    {
        var path = $"{endpoint}";
        if (!File.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endpoint);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // Binding will say what is wrong.
        }
    }

    private async Task AcceptAsync()
    {
        while (!_isStopping)
        {
            Socket client;
            try
            {
                client = await _socket.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception) when (_isStopping)
            {
                return;
            }
            catch (SocketException error)
            {
                // A client that has left already, or no descriptor left.
                _log.Debug("The gateway could not accept a client: {0}", error.Message);
                await Task.Delay(Pause).ConfigureAwait(false);
                continue;
            }

            if (!TryServe(client)) _ = Task.Run(() => RefuseAsync(client));
        }
    }

    private bool TryServe(Socket client)
    {
        var connection = new GatewayConnection(client, _settings, _door, _log);
        lock (_gate)
        {
            if (_isStopping || _connections.Count >= _settings.MaxConnections) return false;
            var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections[connection] = serving.Task;
            _ = Task.Run(async () =>
            {
                await connection.RunAsync().ConfigureAwait(false);
                _connections.TryRemove(connection, out _);
                serving.SetResult();
            });
        }

        return true;
    }

    /// <summary>Tells the client why, where it can be told.</summary>
    private async Task RefuseAsync(Socket client)
    {
        try
        {
            if (!_isStopping && !_settings.UsesTls)
            {
                using var clock = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                await client.SendAsync("-ERR max number of clients reached\r\n"u8.ToArray(), clock.Token).ConfigureAwait(false);
                client.Shutdown(SocketShutdown.Send);

                // What the client had written already would turn the close into a reset, and it would not read the error.
                await client.ReceiveAsync(new byte[1024], clock.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It has left.
        }
        finally
        {
            client.Dispose();
        }
    }

    private void StopListening()
    {
        lock (_gate)
        {
            if (_isStopping) return;
            _isStopping = true;
        }

        var path = _settings.Listen is UnixDomainSocketEndPoint ? $"{_settings.Listen}" : null;
        _socket.Dispose();
        if (path is not null) File.Delete(path);
    }
}
