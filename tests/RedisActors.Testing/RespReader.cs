using System.Globalization;
using System.Text;

namespace RedisActors.Testing;

/// <summary>Reads replies in the Redis serialization protocol, version 2 (RESP2), from a stream.</summary>
internal sealed class RespReader
{
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    public RespReader(Stream stream)
    {
        _stream = stream;
    }

    public async ValueTask<ProbeReply> ReadAsync(CancellationToken cancellation)
    {
        var line = await ReadLineAsync(cancellation).ConfigureAwait(false);
        if (line.Length == 0) throw new InvalidDataException("A reply starts with an empty line.");

        var rest = line.AsMemory(1);
        switch (line[0])
        {
            case (byte)'+':
                return ProbeReply.Status(rest.ToArray());
            case (byte)'-':
                return ProbeReply.Error(rest.ToArray());
            case (byte)':':
                return ProbeReply.Integer(Number(rest));
            case (byte)'$':
                var length = Number(rest);
                return length < 0 ? ProbeReply.Null : ProbeReply.Bulk(await ReadBytesAsync((int)length, cancellation).ConfigureAwait(false));
            case (byte)'*':
                var count = Number(rest);
                if (count < 0) return ProbeReply.Null;

                var items = new List<ProbeReply>((int)count);
                for (var i = 0; i < count; i++) items.Add(await ReadAsync(cancellation).ConfigureAwait(false));
                return ProbeReply.Array(items);
            default:
                throw new InvalidDataException($"A reply starts with '{(char)line[0]}'.");
        }
    }

    private static long Number(ReadOnlyMemory<byte> digits) =>
        long.Parse(Encoding.ASCII.GetString(digits.Span), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private async ValueTask<byte[]> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new List<byte>(64);
        while (true)
        {
            if (_start == _end) await FillAsync(cancellation).ConfigureAwait(false);

            var next = _buffer[_start++];
            if (next == (byte)'\n' && line.Count > 0 && line[^1] == (byte)'\r')
            {
                line.RemoveAt(line.Count - 1);
                return [.. line];
            }

            line.Add(next);
        }
    }

    private async ValueTask<byte[]> ReadBytesAsync(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        var filled = 0;
        while (filled < count)
        {
            if (_start == _end) await FillAsync(cancellation).ConfigureAwait(false);

            var take = Math.Min(count - filled, _end - _start);
            _buffer.AsSpan(_start, take).CopyTo(bytes.AsSpan(filled));
            _start += take;
            filled += take;
        }

        await ReadLineAsync(cancellation).ConfigureAwait(false);
        return bytes;
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        _start = 0;
        _end = await _stream.ReadAsync(_buffer, cancellation).ConfigureAwait(false);
        if (_end == 0) throw new EndOfStreamException("The server closed the connection.");
    }
}
