namespace RedisActors.Testing;

internal enum ProxyMode
{
    Pass,
    Stall,
    Blackhole,
}

/// <summary>What a <see cref="FaultProxy"/> does to the bytes of all its links.</summary>
internal sealed class ProxyFaults
{
    private const long Never = -1;

    private readonly object _lock = new();
    private readonly TimeSpan[] _delays = new TimeSpan[2];
    private readonly long[] _rates = new long[2];
    private readonly long[] _bytesUntilCut = [Never, Never];
    private ProxyMode _mode;
    private TaskCompletionSource _flowing = Flowing();
    private byte[]? _marker;

    public ProxyMode Mode
    {
        get
        {
            lock (_lock) return _mode;
        }

        set
        {
            lock (_lock)
            {
                _mode = value;
                if (value != ProxyMode.Stall)
                {
                    _flowing.TrySetResult();
                }
                else if (_flowing.Task.IsCompleted)
                {
                    _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
    }

    /// <summary>Completed unless the proxy is stalled.</summary>
    public Task WhileStalled()
    {
        lock (_lock) return _flowing.Task;
    }

    public TimeSpan DelayOf(FaultDirection direction)
    {
        lock (_lock) return _delays[(int)direction];
    }

    public void SetDelay(FaultDirection direction, TimeSpan delay)
    {
        lock (_lock) _delays[(int)direction] = delay;
    }

    /// <summary>Bytes per second; 0: no limit.</summary>
    public long RateOf(FaultDirection direction)
    {
        lock (_lock) return _rates[(int)direction];
    }

    public void SetRate(FaultDirection direction, long bytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesPerSecond);
        lock (_lock) _rates[(int)direction] = bytesPerSecond;
    }

    public void CutAfter(FaultDirection direction, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_lock) _bytesUntilCut[(int)direction] = bytes;
    }

    /// <summary>How many of these bytes may pass; fewer than given if the link is to be cut after them.</summary>
    public int Admit(FaultDirection direction, int bytes)
    {
        lock (_lock)
        {
            ref var left = ref _bytesUntilCut[(int)direction];
            if (left == Never) return bytes;
            if (bytes <= left)
            {
                left -= bytes;
                return bytes;
            }

            var admitted = (int)left;
            left = Never;
            return admitted;
        }
    }

    public void LoseReplyTo(byte[] marker)
    {
        lock (_lock) _marker = marker;
    }

    /// <summary>Whether these bytes contain the text whose reply is to be lost; returns true only once.</summary>
    public bool TakeMarker(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_marker is null || bytes.IndexOf(_marker) < 0) return false;

            _marker = null;
            return true;
        }
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource();
        flowing.SetResult();
        return flowing;
    }
}
