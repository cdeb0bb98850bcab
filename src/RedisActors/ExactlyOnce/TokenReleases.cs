using System.Diagnostics.CodeAnalysis;
using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.ExactlyOnce;

/// <summary>
/// Collects the tokens of answered commands, which nobody will ask for again, into requests that remove them from the server
/// (<c>UNLINK</c>, since Redis 4). So the server keeps about as many tokens as there are commands in flight.
/// </summary>
/// <remarks>
/// A token may be released only if no copy of its command can still reach the server: it was sent once, or every link that it
/// was sent over before is fenced. Without that certainty it must be left to expire. A release that is lost does no harm either:
/// the token expires.
/// </remarks>
internal sealed class TokenReleases
{
    private readonly int _batch;
    private readonly int _capacity;
    private readonly bool _inCluster;
    private readonly Dictionary<int, Queue<RedisValue>> _bySlot = [];
    private readonly Queue<int> _full = new();

    /// <param name="batch">How many keys one request removes at most.</param>
    /// <param name="inCluster">Whether a request may name keys of one hash slot only.</param>
    /// <param name="capacity">How many tokens wait here at most; any more are left to expire.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or the capacity is less than a batch.</exception>
    public TokenReleases(int batch, bool inCluster, int capacity = 100_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, batch);
        _batch = batch;
        _inCluster = inCluster;
        _capacity = capacity;
    }

    /// <summary>How many tokens wait for their release.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is a full request to take.</summary>
    public bool IsDue => _full.Count > 0;

    /// <summary>Takes the key of a token that nobody needs any more. False when there is no room: it is left to expire.</summary>
    public bool Add(RedisValue tokenKey)
    {
        if (Count == _capacity) return false;

        var slot = _inCluster ? HashSlot.OfKey(tokenKey) : 0;
        if (!_bySlot.TryGetValue(slot, out var waiting)) _bySlot[slot] = waiting = new Queue<RedisValue>();

        waiting.Enqueue(tokenKey);
        Count++;
        if (waiting.Count % _batch == 0) _full.Enqueue(slot);
        return true;
    }

    /// <summary>
    /// Takes the arguments of the next full <c>UNLINK</c>; with <paramref name="partial"/>, of a smaller one if there is no full
    /// one.
    /// </summary>
    public bool TryTake(bool partial, [NotNullWhen(true)] out RedisValue[]? unlinkArguments)
    {
        if (_full.TryDequeue(out var slot))
        {
            unlinkArguments = Take(slot, _batch);
            return true;
        }

        if (partial && Count > 0)
        {
            var (other, waiting) = _bySlot.First(entry => entry.Value.Count > 0);
            unlinkArguments = Take(other, waiting.Count);
            return true;
        }

        unlinkArguments = null;
        return false;
    }

    /// <summary>Forgets them all: their server is gone, or they should expire.</summary>
    public void Clear()
    {
        _bySlot.Clear();
        _full.Clear();
        Count = 0;
    }

    private RedisValue[] Take(int slot, int count)
    {
        var waiting = _bySlot[slot];
        var keys = new RedisValue[count];
        for (var i = 0; i < keys.Length; i++) keys[i] = waiting.Dequeue();
        Count -= count;

        // On a standalone server there is one queue, which is worth keeping; of a Redis Cluster's 16384 only those in use are.
        if (waiting.Count == 0 && _inCluster) _bySlot.Remove(slot);
        return keys;
    }
}
