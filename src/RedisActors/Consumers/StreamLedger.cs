namespace RedisActors.Consumers;

/// <summary>What a consumer asks of its stream next.</summary>
internal abstract record StreamStep
{
    /// <summary>Make the group, and the stream, where they are missing.</summary>
    public sealed record CreateGroup : StreamStep;

    /// <summary>Read entries that no consumer of the group was given yet; wait for them for so long, or not at all.</summary>
    public sealed record ReadNew(int Count, TimeSpan Block) : StreamStep;

    /// <summary>Look which entries this consumer was given and has not acknowledged, behind an id.</summary>
    public sealed record LookForOwn(string Behind, int Count) : StreamStep;

    /// <summary>Look which entries any consumer was given that has shown no interest since, behind an id.</summary>
    public sealed record LookForIdle(string Behind, int Count) : StreamStep;

    /// <summary>Take these entries, which were handed out equally often, those excepted that somebody has taken since.</summary>
    public sealed record Claim(IReadOnlyList<PendingEntry> Entries) : StreamStep;

    /// <summary>Show interest in these entries, so that nobody takes them; those excepted that somebody has taken since.</summary>
    public sealed record Renew(IReadOnlyList<PendingEntry> Entries) : StreamStep;
}

/// <summary>An entry that a consumer was given and has not acknowledged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Consumer">Whose it is.</param>
/// <param name="Idle">For how long it has been handed out, or that consumer has shown no interest in it, in milliseconds.</param>
/// <param name="Deliveries">How often it was handed out.</param>
internal readonly record struct PendingEntry(string Id, string Consumer, long Idle, int Deliveries);

/// <summary>An entry that is in the consumer's hand.</summary>
internal sealed class HeldEntry(RedisStreamEntry entry)
{
    /// <summary>The entry, with the number of its deliveries so far.</summary>
    public RedisStreamEntry Entry { get; set; } = entry;

    public HeldState State { get; set; }

    /// <summary>When the handler has to have answered, or when it is handed over again; in milliseconds.</summary>
    public long Due { get; set; }

    /// <summary>Why it failed last.</summary>
    public string Reason { get; set; } = string.Empty;

    /// <summary>The last pass at which the server said that it is this consumer's.</summary>
    public int OwnAsOf { get; set; }
}

internal enum HeldState
{
    /// <summary>The handler has it.</summary>
    Handling,

    /// <summary>It failed, and is handed over again.</summary>
    Retrying,

    /// <summary>It failed for good, and goes to the dead letters.</summary>
    Failed,

    /// <summary>It is done, and is to be acknowledged.</summary>
    Done,
}

/// <summary>
/// What a consumer has in hand, and what it does next: no actor, no clock, no Redis. One step at a time is under way, so that what a step
/// finds cannot have changed hands within this consumer meanwhile.
/// </summary>
/// <remarks>
/// At the start, three times within <see cref="RedisStreamConsumerOptions.ClaimIdle"/> and whenever a reply was lost, the consumer looks
/// through what the server says is its own: what it has in hand it renews; what it does not know of, it was given by a reply that was lost, or
/// before it was restarted, and takes it. Then it looks for what others have left.
/// </remarks>
internal sealed class StreamLedger(RedisStreamConsumerOptions options)
{
    private const int PageSize = 100;
    private const string Beginning = "-";
    private const int PassesPerIdleTime = 3;
    private const int MostAcknowledgedAtOnce = 1000;

    /// <summary>In milliseconds.</summary>
    private const int SmallReadInterval = 50;

    private static readonly TimeSpan LongestBlock = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, HeldEntry> _held = [];
    private readonly HashSet<string> _acknowledgedDuringPass = [];
    private readonly List<string> _done = [];
    private readonly List<PendingEntry> _toClaim = [];
    private readonly List<PendingEntry> _toRenew = [];
    private readonly long _passInterval = (long)(options.ClaimIdle / PassesPerIdleTime).TotalMilliseconds;
    private readonly int _leastRoom = Math.Max(1, options.MaxInHand / 2);
    private bool _hasGroup;
    private bool _hasMore = true;
    private long _smallReadDue;
    private int _passes;
    private Pass _pass = Pass.Own;
    private string? _behind = Beginning;

    private enum Pass
    {
        None,
        Own,
        Idle,
    }

    /// <summary>Whether it reads no more.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Entries with the handler, or waiting to be handed over again.</summary>
    public int InHand { get; private set; }

    /// <summary>Whether the handler has nothing, and the server knows of all that is done.</summary>
    public bool IsIdle => _done.Count == 0 && _held.Values.All(held => held.State == HeldState.Retrying);

    /// <summary>Entries that are done and that the server has not been told of.</summary>
    public int Unacknowledged => _done.Count;

    /// <summary>When <see cref="Next"/> may have something although nothing has happened, in milliseconds.</summary>
    public long PassDue { get; private set; }

    public long Acknowledged { get; private set; }

    public long Failed { get; private set; }

    public long TakenOver { get; private set; }

    public long DeadLettered { get; private set; }

    private int Room => IsStopping ? 0 : options.MaxInHand - InHand;

    /// <summary>What is to be asked now; null: nothing, until an entry is answered or time passes.</summary>
    public StreamStep? Next(long now)
    {
        if (!_hasGroup) return new StreamStep.CreateGroup();
        if (_pass == Pass.None && now >= PassDue) Begin(Pass.Own);
        while (_pass != Pass.None)
        {
            if (_toRenew.Count > 0) return new StreamStep.Renew([.. _toRenew]);
            if (_toClaim.Count > 0 && Room > 0)
            {
                return new StreamStep.Claim([.. _toClaim.TakeWhile(pending => pending.Deliveries == _toClaim[0].Deliveries).Take(Room)]);
            }

            // What there is no room for is found again by the next pass.
            _toClaim.Clear();
            if (_behind is not null && _pass == Pass.Own) return new StreamStep.LookForOwn(_behind, PageSize);
            if (_behind is not null && Room > 0) return new StreamStep.LookForIdle(_behind, PageSize);
            if (_pass == Pass.Own)
            {
                ForgetTaken();
                Begin(Pass.Idle);
            }
            else
            {
                (_pass, PassDue) = (Pass.None, now + _passInterval);
            }
        }

        // Read in batches, and not one by one as they are answered; but nobody is to wait for a batch.
        if (Room == 0 || (Room < _leastRoom && now < _smallReadDue)) return null;
        var untilPass = TimeSpan.FromMilliseconds(PassDue - now);
        return new StreamStep.ReadNew(Room, _hasMore ? TimeSpan.Zero : untilPass < LongestBlock ? untilPass : LongestBlock);
    }

    public void OnGroupThere() => _hasGroup = true;

    /// <summary>The server has no such group: its data are gone, or somebody has removed it.</summary>
    public void OnGroupMissing() => _hasGroup = false;

    /// <summary>A reply was lost that may have given entries to this consumer.</summary>
    public void OnReplyLost() => Begin(Pass.Own);

    /// <summary>One page of the pass that is under way.</summary>
    public void OnPage(IReadOnlyList<PendingEntry> page)
    {
        _behind = page.Count == PageSize ? $"({page[^1].Id}" : null;
        foreach (var pending in page)
        {
            if (_held.TryGetValue(pending.Id, out var held))
            {
                if (_pass != Pass.Own) continue;
                held.OwnAsOf = _passes;

                // The next pass comes early enough for those that were handed out a moment ago.
                if (pending.Idle >= _passInterval / 2) _toRenew.Add(pending);
            }
            else if (!_acknowledgedDuringPass.Contains(pending.Id))
            {
                _toClaim.Add(pending);
            }
        }
    }

    public void OnRenewed() => _toRenew.Clear();

    /// <summary>New entries, in the order of the stream. Returns what the handler gets.</summary>
    public IReadOnlyList<RedisStreamEntry> OnRead(StreamStep.ReadNew read, IReadOnlyList<RedisStreamEntry> entries, long now)
    {
        _hasMore = entries.Count == read.Count;
        _smallReadDue = now + SmallReadInterval;
        return Take(entries, now);
    }

    /// <summary>
    /// What could be had of the claimed entries; the others have been taken by another consumer, or are no longer in the stream. Returns what
    /// the handler gets.
    /// </summary>
    public IReadOnlyList<RedisStreamEntry> OnClaimed(StreamStep.Claim claim, IReadOnlyList<RedisStreamEntry> entries, long now)
    {
        _toClaim.RemoveRange(0, claim.Entries.Count);
        var byId = claim.Entries.ToDictionary(pending => pending.Id);
        TakenOver += entries.Count(entry => byId[entry.Id].Consumer != options.Consumer);
        return Take([.. entries.Select(entry => entry with { Deliveries = byId[entry.Id].Deliveries + 1 })], now);
    }

    /// <summary>The handler is done with an entry. It may have had it from the consumer before its restart.</summary>
    public void Acknowledge(string id)
    {
        if (_held.TryGetValue(id, out var held))
        {
            if (held.State == HeldState.Done) return;
            Leave(held, HeldState.Done);
        }

        _done.Add(id);
    }

    /// <summary>
    /// The handler gives an entry back that it has not begun with. That is no failure: the next pass finds it again, or whoever comes next does.
    /// </summary>
    public void LetGo(string id)
    {
        if (!_held.TryGetValue(id, out var held) || held.State != HeldState.Handling) return;
        InHand--;
        _held.Remove(id);
    }

    /// <summary>The handler could not handle an entry, or has not answered in time. False: it is not the handler's.</summary>
    public bool Fail(string id, string reason, long now)
    {
        if (!_held.TryGetValue(id, out var held) || held.State != HeldState.Handling) return false;
        Failed++;
        Fail(held, reason, now);
        return true;
    }

    /// <summary>What the handler gets once more, since its time has come; and the time of the handler for others is up.</summary>
    public IReadOnlyList<RedisStreamEntry> OnTime(long now)
    {
        List<RedisStreamEntry>? again = null;
        foreach (var held in _held.Values)
        {
            if (now < held.Due) continue;
            if (held.State == HeldState.Handling)
            {
                Fail(held.Entry.Id, $"no answer of the handler within {options.HandlerTimeout}", now);
            }
            else if (held.State == HeldState.Retrying && !IsStopping)
            {
                held.Entry = held.Entry with { Deliveries = held.Entry.Deliveries + 1 };
                (held.State, held.Due) = (HeldState.Handling, now + (long)options.HandlerTimeout.TotalMilliseconds);
                (again ??= []).Add(held.Entry);
            }
        }

        return again ?? [];
    }

    /// <summary>An entry that goes to the dead letters now; null: there is none.</summary>
    public HeldEntry? TakeFailed(long now)
    {
        foreach (var held in _held.Values)
        {
            if (held.State != HeldState.Failed || now < held.Due) continue;
            held.Due = long.MaxValue;
            return held;
        }

        return null;
    }

    /// <summary>It is among the dead letters.</summary>
    public void OnDeadLettered(HeldEntry held)
    {
        DeadLettered++;
        held.State = HeldState.Done;
        _done.Add(held.Entry.Id);
    }

    /// <summary>It could not be added to the dead letters: later.</summary>
    public void OnNotDeadLettered(HeldEntry held, long now) => held.Due = now + (long)options.RetryAfter.TotalMilliseconds;

    /// <summary>What is to be acknowledged.</summary>
    public IReadOnlyList<string> TakeDone()
    {
        var ids = _done.Count <= MostAcknowledgedAtOnce ? [.. _done] : _done[..MostAcknowledgedAtOnce];
        _done.RemoveRange(0, ids.Count);
        return ids;
    }

    /// <summary>The server has been told.</summary>
    public void OnAcknowledged(IReadOnlyList<string> ids)
    {
        Acknowledged += ids.Count;
        foreach (var id in ids)
        {
            _held.Remove(id);
            if (_pass != Pass.None) _acknowledgedDuringPass.Add(id);
        }
    }

    /// <summary>The server may not have been told: again.</summary>
    public void OnNotAcknowledged(IReadOnlyList<string> ids) => _done.InsertRange(0, ids);

    private List<RedisStreamEntry> Take(IReadOnlyList<RedisStreamEntry> entries, long now)
    {
        var due = now + (long)options.HandlerTimeout.TotalMilliseconds;
        var taken = new List<RedisStreamEntry>(entries.Count);
        foreach (var entry in entries)
        {
            var held = new HeldEntry(entry) { Due = due, OwnAsOf = _passes };
            if (!_held.TryAdd(entry.Id, held)) continue;
            InHand++;
            if (entry.Deliveries <= options.MaxDeliveries) taken.Add(entry);
            else Fail(held, "whoever had it did not answer, time and again", now);
        }

        return taken;
    }

    private void Fail(HeldEntry held, string reason, long now)
    {
        held.Reason = reason;
        if (held.Entry.Deliveries < options.MaxDeliveries)
        {
            (held.State, held.Due) = (HeldState.Retrying, now + (long)options.RetryAfter.TotalMilliseconds);
            return;
        }

        Leave(held, HeldState.Failed);
        held.Due = now;
    }

    /// <summary>It is the handler's no more.</summary>
    private void Leave(HeldEntry held, HeldState state)
    {
        if (held.State is HeldState.Handling or HeldState.Retrying) InHand--;
        held.State = state;
    }

    /// <summary>
    /// What another consumer has taken, since this one was paused for too long, is that one's. Should the handler be done with it
    /// nevertheless, it is acknowledged.
    /// </summary>
    private void ForgetTaken()
    {
        foreach (var (id, held) in _held)
        {
            if (held.OwnAsOf == _passes || held.State is HeldState.Done or HeldState.Failed) continue;
            InHand--;
            _held.Remove(id);
        }
    }

    private void Begin(Pass pass)
    {
        if (pass == Pass.Own) _passes++;
        (_pass, _behind) = (pass, Beginning);
        _toClaim.Clear();
        _toRenew.Clear();
        _acknowledgedDuringPass.Clear();
    }
}
