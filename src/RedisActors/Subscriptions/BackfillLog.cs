using System.Runtime.InteropServices;

namespace RedisActors.Subscriptions;

/// <summary>
/// What was told of a channel that is also in a stream, so that after a gap what was missed can be told from what was not. No clock: times
/// are passed in.
/// </summary>
/// <remarks>
/// <para>
/// Now and then the stream is asked how far it goes (a checkpoint). Answer and messages come over one connection, so it is known which
/// messages came before and which after. Whoever publishes adds first and publishes then, at most <see cref="Overlap"/> later: so what was
/// added before a checkpoint of that long ago has come, and of what was added later, what has come came after that checkpoint.
/// </para>
/// <para>
/// After a gap, the entries behind the checkpoint are read. Those that have come are known by their payloads; the others are told. What is
/// told so may still be published (an echo), when it was added shortly before; that echo is dropped.
/// </para>
/// </remarks>
internal sealed class BackfillLog
{
    public const int PageSize = 500;

    /// <summary>How much later than it adds a publisher publishes, at most.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(2);

    private const int MostRemembered = 1 << 20;
    private const int MostHeld = 10_000;

    private readonly Queue<Checkpoint> _checkpoints = new();
    private readonly Queue<ulong> _told = new();
    private readonly Queue<RedisMessage> _held = new();
    private readonly Dictionary<ulong, int> _known = [];
    private readonly Dictionary<ulong, int> _echoes = [];
    private long _toldBefore;
    private Checkpoint? _base;
    private StreamExtent? _target;
    private ulong _echoesFrom;
    private TimeSpan _echoesUntil;
    private bool _incomplete;
    private bool _overflown;

    /// <summary>Whether there is a gap that is not filled.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether the stream has been asked, for a gap.</summary>
    public bool IsReading { get; private set; }

    /// <summary>How many messages of the gap were told.</summary>
    public long Backfilled { get; private set; }

    /// <summary>Whether nothing is missing, when the gap has been filled.</summary>
    public bool IsComplete => !_incomplete;

    /// <summary>Whether the stream is to be asked how far it goes, since nothing is known of it.</summary>
    public bool NeedsMark => !IsOpen && _checkpoints.Count == 0;

    /// <summary>From which id to which the stream is to be read next; null: it has been read.</summary>
    public (StreamId After, StreamId To)? NextPage => _target is { } target && _base!.At.CompareTo(target.Last) < 0 ? (_base.At, target.Last) : null;

    /// <summary>A message came. Answers whether it is to be told now: not during a gap, and not if the stream has brought it already.</summary>
    public bool Take(RedisMessage message, TimeSpan now)
    {
        if (IsOpen)
        {
            // Whoever publishes has added first: what is not kept here is read from the stream.
            if (_held.Count < MostHeld) _held.Enqueue(message);
            else _overflown = true;
            return false;
        }

        var hash = PayloadHash.Of(((ReadOnlyMemory<byte>)message.Payload).Span);
        if (_echoes.Count > 0)
        {
            if (now > _echoesUntil) _echoes.Clear();
            else if (TakeFrom(_echoes, hash)) return false;
        }

        Remember(hash);
        return true;
    }

    /// <summary>The stream goes so far, which was asked when there was no gap.</summary>
    public void Mark(StreamExtent extent, TimeSpan now)
    {
        if (IsOpen) return;
        _checkpoints.Enqueue(new Checkpoint(extent.Last, extent.Added, _toldBefore + _told.Count, now));
        while (_checkpoints.Count > 1 && now - _checkpoints.ElementAt(1).Time > 2 * Overlap) _checkpoints.Dequeue();
        Forget(_checkpoints.Peek().Told);
    }

    /// <summary>There is a gap. If there is one already, it goes on.</summary>
    /// <param name="since">What was published before has come.</param>
    public void Open(TimeSpan since)
    {
        IsReading = false;
        _target = null;
        _held.Clear();
        _overflown = false;
        if (IsOpen) return;
        IsOpen = true;
        Backfilled = 0;
        _incomplete = false;
        _known.Clear();
        _base = _checkpoints.LastOrDefault(checkpoint => checkpoint.IsExact || since - checkpoint.Time > Overlap) ?? _checkpoints.FirstOrDefault();
        if (_base is null) return;

        // What was added before a younger checkpoint may be published only in the gap.
        if (!_base.IsExact && since - _base.Time <= Overlap) _incomplete = true;
        Forget(_base.Told);
        foreach (var hash in _told) AddTo(_known, hash);
        if (_toldBefore > _base.Told) _incomplete = true;
    }

    /// <summary>The subscription is back: the stream is to be asked how far it goes.</summary>
    /// <param name="to">By the server's clock, when it came back.</param>
    public void BeginReading(DateTimeOffset to)
    {
        IsReading = true;
        var earliest = (to - Overlap).ToUnixTimeMilliseconds();
        _echoesFrom = earliest > 0 ? (ulong)earliest : 0;
    }

    /// <summary>The stream goes so far; it is read up to there. Null: it cannot be read.</summary>
    public void SetTarget(StreamExtent? extent)
    {
        if (_base is null || extent is null)
        {
            _incomplete = true;
            _target = null;
            return;
        }

        _target = extent;
    }

    /// <summary>A page of the stream was read: which of its payloads were missed, in order.</summary>
    public List<byte[]> Read(IReadOnlyList<StreamEntry> page)
    {
        var missed = new List<byte[]>();
        foreach (var (id, payload) in page)
        {
            _base = _base! with { At = id, Added = _base.Added + 1 };
            if (payload is null) continue;
            var hash = PayloadHash.Of(payload);
            if (TakeFrom(_known, hash)) continue;
            missed.Add(payload);
            if (id.Milliseconds >= _echoesFrom) AddTo(_echoes, hash);
        }

        Backfilled += missed.Count;
        return missed;
    }

    /// <summary>A page was read that was not full, or cannot be read: whether another target is to be set, since too much came meanwhile.</summary>
    public bool EndReading(bool failed)
    {
        if (_target is { } target)
        {
            // What was added since the checkpoint must have been there to be read.
            var isWhole = target.Added is { } added && _base!.Added is { } counted
                ? added == counted
                : target.First is { } first && first.CompareTo(_base!.Start) <= 0;
            if (failed || !isWhole) _incomplete = true;
            _base = _base! with { At = target.Last, Start = target.Last, Added = target.Added };
        }

        _target = null;
        if (!_overflown || failed) return false;
        _overflown = false;
        _held.Clear();
        return true;
    }

    /// <summary>The gap is filled: what came meanwhile and was not in the stream, to be told next.</summary>
    public List<RedisMessage> Close(TimeSpan now)
    {
        IsOpen = IsReading = false;
        _known.Clear();
        _told.Clear();
        _toldBefore = 0;
        _checkpoints.Clear();
        if (_base is { } reached) _checkpoints.Enqueue(reached with { Told = 0, Time = now, IsExact = !_incomplete });
        _base = null;
        _echoesUntil = now + Overlap;
        var next = new List<RedisMessage>();
        foreach (var message in _held)
        {
            if (Take(message, now)) next.Add(message);
        }

        _held.Clear();
        return next;
    }

    private void Remember(ulong hash)
    {
        if (_checkpoints.Count == 0) return;
        _told.Enqueue(hash);
        if (_told.Count <= MostRemembered) return;
        _told.Dequeue();
        _toldBefore++;
    }

    /// <summary>What was told before the earliest checkpoint is of no interest any more.</summary>
    private void Forget(long before)
    {
        for (; _toldBefore < before && _told.Count > 0; _toldBefore++) _told.Dequeue();
    }

    private static void AddTo(Dictionary<ulong, int> bag, ulong hash) => CollectionsMarshal.GetValueRefOrAddDefault(bag, hash, out _)++;

    private static bool TakeFrom(Dictionary<ulong, int> bag, ulong hash)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(bag, hash);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count)) return false;
        if (--count == 0) bag.Remove(hash);
        return true;
    }

    /// <summary>A moment at which the stream had been added to so far, and so many messages had been told.</summary>
    private sealed record Checkpoint(StreamId At, long? Added, long Told, TimeSpan Time)
    {
        /// <summary>Where reading began.</summary>
        public StreamId Start { get; init; } = At;

        /// <summary>Whether everything before it has been told, from the stream itself.</summary>
        public bool IsExact { get; init; }
    }
}
