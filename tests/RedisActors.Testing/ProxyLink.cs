using System.Net;
using System.Net.Sockets;

namespace RedisActors.Testing;

/// <summary>One client's connection through a <see cref="FaultProxy"/>: two sockets, and a pipe for each direction.</summary>
internal sealed class ProxyLink
{
    private readonly Socket _client;
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly EndPoint _target;
    private readonly TaskCompletionSource _reset = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _swallows;
    private volatile bool _clientGone;
    private volatile bool _losesReply;

    public ProxyLink(Socket client, EndPoint target, ProxyFaults faults)
    {
        _client = client;
        _client.NoDelay = true;
        _target = target;
        Faults = faults;
    }

    public ProxyFaults Faults { get; }

    public bool ClientIsThere => !_clientGone;

    /// <summary>
    /// Set permanently as soon as bytes have been dropped: the following ones would make no sense, so they are dropped too, and neither
    /// side learns that the other has closed.
    /// </summary>
    public bool Swallows
    {
        get => _swallows;
        set => _swallows = value;
    }

    /// <summary>Set when the reply to what a client sends now is to be lost.</summary>
    public bool LosesReply
    {
        get => _losesReply;
        set => _losesReply = value;
    }

    /// <summary>Completes when both sides have ended, or the link was reset.</summary>
    public async Task RunAsync()
    {
        await UntilFlowingAsync().ConfigureAwait(false);
        if (Faults.Mode == ProxyMode.Blackhole)
        {
            Swallows = true;
            await new ProxyPipe(this, FaultDirection.ToServer, _client, _server).RunAsync().ConfigureAwait(false);
        }
        else if (await ConnectAsync().ConfigureAwait(false))
        {
            await Task.WhenAll(
                new ProxyPipe(this, FaultDirection.ToServer, _client, _server).RunAsync(),
                new ProxyPipe(this, FaultDirection.ToClient, _server, _client).RunAsync()).ConfigureAwait(false);
        }

        _client.Dispose();
        _server.Dispose();
    }

    /// <summary>Completes when the proxy is not stalled, or the link was reset.</summary>
    public Task UntilFlowingAsync()
    {
        var flowing = Faults.WhileStalled();
        return flowing.IsCompleted ? flowing : Task.WhenAny(flowing, _reset.Task);
    }

    /// <summary>Resets both sides.</summary>
    public void Reset()
    {
        _clientGone = true;
        Abort(_client);
        Abort(_server);
        _reset.TrySetResult();
    }

    /// <summary>Closes the link so that the receiver in this direction sees a graceful close, and the sender a reset.</summary>
    public void CutOff(FaultDirection direction)
    {
        Swallows = true;
        HalfClose(direction);
        if (direction == FaultDirection.ToServer) _clientGone = true;
        Abort(direction == FaultDirection.ToServer ? _client : _server);
    }

    public void HalfClose(FaultDirection direction)
    {
        try
        {
            (direction == FaultDirection.ToServer ? _server : _client).Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already closed.
        }
    }

    /// <summary>Notes that a side has finished sending.</summary>
    public void Ended(FaultDirection direction)
    {
        if (direction == FaultDirection.ToServer) _clientGone = true;
    }

    private static void Abort(Socket socket)
    {
        try
        {
            // A linger time of zero turns the close into a reset.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already closed.
        }

        socket.Dispose();
    }

    private async Task<bool> ConnectAsync()
    {
        try
        {
            await _server.ConnectAsync(_target).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Reset();
            return false;
        }
    }
}
