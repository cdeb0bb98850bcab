using System.Numerics;

namespace RedisActors.Testing;

/// <summary>The values of one counter that senders were told, one bit each.</summary>
internal sealed class ToldValues
{
    // No counter in a test gets further; anything above cannot be a value from the server.
    private const long Limit = 1L << 32;

    private readonly object _lock = new();
    private ulong[] _bits = new ulong[16];
    private long _repeated;
    private long _outOfRange;

    public void Add(long value)
    {
        lock (_lock)
        {
            if (value is < 1 or >= Limit)
            {
                _outOfRange++;
                return;
            }

            var word = (int)(value >> 6);
            if (word >= _bits.Length) Array.Resize(ref _bits, Math.Max(word + 1, _bits.Length * 2));

            var bit = 1UL << (int)(value & 63);
            if ((_bits[word] & bit) != 0) _repeated++;
            _bits[word] |= bit;
        }
    }

    /// <summary>How many values were told twice or exceed the counter.</summary>
    public long CountRepeatedOrAbove(long counter)
    {
        lock (_lock)
        {
            var above = _outOfRange;
            for (var word = 0; word < _bits.Length; word++)
            {
                var first = (long)word << 6;
                var bits = _bits[word];
                if (first + 63 <= counter) continue;
                if (first <= counter) bits &= ~0UL << (int)(counter - first) << 1;
                above += BitOperations.PopCount(bits);
            }

            return _repeated + above;
        }
    }
}
