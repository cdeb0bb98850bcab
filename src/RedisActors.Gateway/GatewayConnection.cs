using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Event;
using RedisActors.Multiplexer;

namespace RedisActors.Gateway;

/// <summary>One client's socket, and the door behind it.</summary>
internal sealed class GatewayConnection(Socket socket, GatewaySettings settings, DoorSettings doorSettings, ILoggingAdapter log)
{
    private const int ReadSize = 64 * 1024;
    private const int WriteSize = 64 * 1024;

    /// <summary>For the TLS handshake; a client that only connects must not keep its place.</summary>
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);

    private readonly FrontDoor _door = new(doorSettings);
    private readonly CancellationTokenSource _noMoreReading = new();

    /// <summary>Serves the client until one of the two has had enough. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            if (settings.UsesTls)
            {
                await using var secured = await SecureAsync(stream).ConfigureAwait(false);
                await ServeAsync(secured).ConfigureAwait(false);
            }
            else
            {
                await ServeAsync(stream).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // One client's trouble is nobody else's.
            log.Debug("The gateway ended a connection: {0}", error.Message);
        }
        finally
        {
            _door.Close();
            socket.Dispose();
        }
    }

    /// <summary>Nothing more is read; it ends when what was asked has been answered.</summary>
    public void Stop()
    {
        _noMoreReading.Cancel();
        _door.Leave();
    }

    /// <summary>It ends now.</summary>
    public void Close()
    {
        _door.Close();
        _noMoreReading.Cancel();
        socket.Dispose();
    }

    private async Task<SslStream> SecureAsync(NetworkStream stream)
    {
        using var certificate = settings.LoadCertificate();
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(_noMoreReading.Token);
        clock.CancelAfter(HandshakeTime);
        var secured = new SslStream(stream, leaveInnerStreamOpen: true);
        try
        {
            await secured.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                },
                clock.Token).ConfigureAwait(false);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        var reading = ReadAsync(stream);
        try
        {
            await WriteAsync(stream).ConfigureAwait(false);
            if (socket.Connected) socket.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            _door.Close();
            await _noMoreReading.CancelAsync().ConfigureAwait(false);
            socket.Dispose();
            await reading.ConfigureAwait(false);
        }
    }

    /// <summary>Hands to the door what the client writes, for as long as there is room for more.</summary>
    private async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[ReadSize];
        try
        {
            while (!_door.IsClosed)
            {
                var read = await stream.ReadAsync(buffer, _noMoreReading.Token).ConfigureAwait(false);
                if (read == 0) break;
                for (var taken = 0; taken < read;)
                {
                    taken += _door.Receive(buffer.AsSpan(taken, read - taken));
                    if (_door.WhenThereIsRoom() is { } room) await room.WaitAsync(_noMoreReading.Token).ConfigureAwait(false);
                }
            }

            // It writes nothing more, and may read on, or be gone.
            _door.Leave();
        }
        catch (OperationCanceledException)
        {
            _door.Leave();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or SocketException)
        {
            // Reset: it reads nothing any more either.
            _door.Close();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            log.Error(error, "The gateway ends a connection, because what its client wrote could not be handled");
            _door.Close();
        }
    }

    private async Task WriteAsync(Stream stream)
    {
        var buffer = new byte[WriteSize];
        while (await _door.ReadAsync(buffer).ConfigureAwait(false) is var length and > 0)
        {
            var writing = stream.WriteAsync(buffer.AsMemory(0, length));
            if (writing.IsCompletedSuccessfully) continue;
            await WaitForReaderAsync(writing.AsTask()).ConfigureAwait(false);
        }
    }

    /// <summary>A client may take its time, but not for ever while it keeps much of this process' memory.</summary>
    private async Task WaitForReaderAsync(Task writing)
    {
        while (true)
        {
            try
            {
                await writing.WaitAsync(settings.UnreadTimeout).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException) when (!writing.IsCompleted)
            {
                if (!_door.IsUnreadTooMuch) continue;
                log.Warning("The gateway disconnects a client that left {0} bytes unread for {1} s", _door.Unread, settings.UnreadTimeout.TotalSeconds);
                socket.Dispose();
            }
        }
    }
}
