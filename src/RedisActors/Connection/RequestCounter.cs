namespace RedisActors.Connection;

/// <summary>
/// Counts the requests in what a client writes, from its bytes alone: arrays of strings of a known length. A request counts when
/// its last byte is there, since a server executes none that it has in part.
/// </summary>
internal sealed class RequestCounter
{
    private byte _header;
    private long _number;
    private long _stringsLeft;
    private long _bytesLeft;

    /// <summary>How many requests are complete; <see cref="long.MaxValue"/> when something came that is no such array.</summary>
    public long Count { get; private set; }

    /// <summary>Whether a request has begun that is not complete.</summary>
    public bool IsWithinRequest => _stringsLeft > 0 || _header != 0;

    public void Advance(ReadOnlySpan<byte> bytes)
    {
        if (Count == long.MaxValue) return;
        for (var i = 0; i < bytes.Length;)
        {
            if (_bytesLeft > 0)
            {
                var skipped = (int)Math.Min(_bytesLeft, bytes.Length - i);
                i += skipped;
                _bytesLeft -= skipped;
                if (_bytesLeft == 0 && --_stringsLeft == 0) Count++;
            }
            else if (!TakeHeader(bytes[i++]))
            {
                Count = long.MaxValue;
                return;
            }
        }
    }

    /// <summary>Takes a byte of <c>*3\r\n</c> or <c>$5\r\n</c>. False: it is neither.</summary>
    private bool TakeHeader(byte next)
    {
        switch (next)
        {
            case (byte)'*' or (byte)'$' when _header == 0:
                _header = next;
                _number = 0;
                return (next == '*') == (_stringsLeft == 0);
            case >= (byte)'0' and <= (byte)'9' when _header != 0:
                _number = (_number * 10) + (next - '0');
                return _number <= int.MaxValue;
            case (byte)'\r' when _header != 0:
                return true;
            case (byte)'\n' when _header == '*':
                _stringsLeft = _number;
                _header = 0;
                return _number > 0;
            case (byte)'\n' when _header == '$':
                _bytesLeft = _number + 2;
                _header = 0;
                return true;
            default:
                return false;
        }
    }
}
