using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>One connection of the <see cref="LoopbackTransport"/>.</summary>
internal sealed class LoopbackAssociation(Address local, Address remote, TcpClient client) : AssociationHandle(local, remote)
{
    private const int MaxUnwritten = 10_000;

    private readonly Channel<ByteString> _unwritten =
        Channel.CreateBounded<ByteString>(new BoundedChannelOptions(MaxUnwritten) { SingleReader = true });

    public void Start(Action ended)
    {
        _ = WriteAllAsync();
        _ = ReadAllAsync(ended);
    }

    /// <summary>False when too much is unwritten, or the connection has ended: Akka tries it again then.</summary>
    public override bool Write(ByteString payload) => _unwritten.Writer.TryWrite(payload);

#pragma warning disable CS0672 // the other overload calls this one
    public override void Disassociate() => Close();
#pragma warning restore CS0672

    /// <summary>What was written so far is still sent.</summary>
    public void Close() => _unwritten.Writer.TryComplete();

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach (var payload in _unwritten.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await Frame.WriteAsync(client.GetStream(), payload.Memory).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            _unwritten.Writer.TryComplete();
        }

        client.Dispose();
    }

    private async Task ReadAllAsync(Action ended)
    {
        var listener = await ReadHandlerSource.Task.ConfigureAwait(false);
        try
        {
            while (true)
            {
                var payload = await Frame.ReadAsync(client.GetStream()).ConfigureAwait(false);
                listener.Notify(new InboundPayload(UnsafeByteOperations.UnsafeWrap(payload)));
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Close();
            listener.Notify(new Disassociated(DisassociateInfo.Unknown));
            ended();
        }
    }
}

/// <summary>Bytes with their length before them.</summary>
internal static class Frame
{
    private const int MaxLength = 1 << 20;

    public static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> bytes)
    {
        var frame = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, bytes.Length);
        bytes.CopyTo(frame.AsMemory(4));
        await stream.WriteAsync(frame).ConfigureAwait(false);
    }

    public static async Task<byte[]> ReadAsync(Stream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length).ConfigureAwait(false);
        var size = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (size is < 0 or > MaxLength) throw new IOException($"A frame of {size} bytes.");
        var bytes = new byte[size];
        await stream.ReadExactlyAsync(bytes).ConfigureAwait(false);
        return bytes;
    }
}
