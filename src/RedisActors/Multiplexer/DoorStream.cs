using System.Buffers;
using RedisActors.Connection;

namespace RedisActors.Multiplexer;

/// <summary>
/// The client's end of a <see cref="FrontDoor"/>, in the place of a socket. Like one, it takes what is written while the other side is busy
/// and hands it on together: the client writes nearly each of its requests by itself.
/// </summary>
internal sealed class DoorStream(FrontDoor door) : TwoWayStream, IThreadPoolWorkItem
{
    private const int LargestKeptBuffer = 1024 * 1024;

    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _written = new();
    private ArrayBufferWriter<byte> _passing = new();
    private bool _isPassing;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        door.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (door.IsClosed) throw new IOException("The connection is closed.");
        lock (_gate)
        {
            // Nobody else writes meanwhile.
            if (!_isPassing && door.IsIdle)
            {
                door.Receive(buffer);
                return;
            }

            _written.Write(buffer);
            if (_isPassing) return;
            _isPassing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_written.WrittenCount == 0)
                {
                    _isPassing = false;
                    return;
                }

                (_written, _passing) = (_passing, _written);
            }

            door.Receive(_passing.WrittenSpan);
            if (_passing.Capacity > LargestKeptBuffer) _passing = new ArrayBufferWriter<byte>();
            else _passing.ResetWrittenCount();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) door.Close();
        base.Dispose(disposing);
    }
}
