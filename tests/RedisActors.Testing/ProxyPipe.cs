using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace RedisActors.Testing;

/// <summary>One direction of a <see cref="ProxyLink"/>: reads from one socket and, faults permitting, writes to the other.</summary>
internal sealed class ProxyPipe
{
    private readonly ProxyLink _link;
    private readonly FaultDirection _direction;
    private readonly Socket _from;
    private readonly Socket _to;

    // The writer lags behind the reader by the delay; unbounded, like a long line.
    private readonly Channel<Piece> _pieces = Channel.CreateUnbounded<Piece>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    public ProxyPipe(ProxyLink link, FaultDirection direction, Socket from, Socket to)
    {
        _link = link;
        _direction = direction;
        _from = from;
        _to = to;
    }

    private enum PieceKind
    {
        Bytes,
        End,
        Reset,
    }

    public Task RunAsync() => Task.WhenAll(ReadAsync(), WriteAsync());

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var kind = PieceKind.Bytes;
        var mayReadFrom = 0L;
        while (kind == PieceKind.Bytes)
        {
            var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), mayReadFrom);
            if (early > TimeSpan.Zero) await Task.Delay(early).ConfigureAwait(false);
            await _link.UntilFlowingAsync().ConfigureAwait(false);
            var count = 0;
            try
            {
                count = await _from.ReceiveAsync(buffer).ConfigureAwait(false);
                if (count == 0) kind = PieceKind.End;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                kind = PieceKind.Reset;
            }

            if (_link.Faults.RateOf(_direction) is > 0 and var rate)
            {
                // Catches up after a delay that took too long, within limits.
                var now = Stopwatch.GetTimestamp();
                mayReadFrom = Math.Max(mayReadFrom, now - (Stopwatch.Frequency / 20)) + (count * Stopwatch.Frequency / rate);
            }

            var due = Stopwatch.GetTimestamp() + (long)(_link.Faults.DelayOf(_direction).TotalSeconds * Stopwatch.Frequency);
            _pieces.Writer.TryWrite(new Piece(kind, buffer.AsSpan(0, count).ToArray(), due));
        }

        _pieces.Writer.Complete();
    }

    private async Task WriteAsync()
    {
        await foreach (var piece in _pieces.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), piece.Due);
            if (wait > TimeSpan.Zero) await Task.Delay(wait).ConfigureAwait(false);
            await _link.UntilFlowingAsync().ConfigureAwait(false);
            if (_link.Faults.Mode == ProxyMode.Blackhole) _link.Swallows = true;
            switch (piece.Kind)
            {
                case PieceKind.Bytes:
                    await WriteAsync(piece.Bytes).ConfigureAwait(false);
                    break;
                case PieceKind.End:
                    _link.Ended(_direction);
                    if (!_link.Swallows) _link.HalfClose(_direction);
                    break;
                default:
                    _link.Ended(_direction);
                    if (!_link.Swallows) _link.Reset();
                    break;
            }
        }
    }

    private async Task WriteAsync(byte[] bytes)
    {
        if (_link.Swallows) return;

        if (_direction == FaultDirection.ToClient && _link.LosesReply)
        {
            _link.Reset();
            return;
        }

        if (_direction == FaultDirection.ToServer && _link.Faults.TakeMarker(bytes)) _link.LosesReply = true;

        var admitted = _link.Faults.Admit(_direction, bytes.Length);
        try
        {
            for (var sent = 0; sent < admitted;)
            {
                sent += await _to.SendAsync(bytes.AsMemory(sent, admitted - sent)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            if (!_link.Swallows) _link.Reset();
            return;
        }

        if (admitted < bytes.Length) _link.CutOff(_direction);
    }

    private readonly record struct Piece(PieceKind Kind, byte[] Bytes, long Due);
}
