using System.Net;
using System.Net.Sockets;
using RedisActors.Configuration;
using RedisActors.Connection;

namespace RedisActors.Tests.Links;

/// <summary>What a connection to a slow peer keeps in the operating system's buffers.</summary>
public sealed class SlowLineTests
{
    private const int Piece = 64 * 1024;

    /// <summary>The system would take megabytes: seconds without a sign of life where the line carries one each second.</summary>
    [Fact]
    public async Task Little_of_what_was_written_waits_unsent()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 128 * 1024 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var server = new ServerAddress(new RedisEndpoint("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port), IPAddress.Loopback);
        using var conversation = await RespConversation.OpenAsync(server, null, CancellationToken.None);
        using var peer = await listener.AcceptAsync();
        await using var line = conversation.Release();
        var buffer = new byte[Piece];
        var written = 0L;
        var read = 0L;

        // The system's appetite grows with what the peer has taken.
        while (read < 200 * Piece)
        {
            var writing = line.WriteAsync(buffer).AsTask();
            while (await Task.WhenAny(writing, Task.Delay(20)) == writing)
            {
                written += Piece;
                writing = line.WriteAsync(buffer).AsTask();
            }

            while (!writing.IsCompleted)
            {
                if (peer.Available > 0) read += peer.Receive(buffer);
                else await Task.Delay(1);
            }

            written += Piece;
        }

        Assert.InRange(written - read, 0, 1024 * 1024);
    }
}
