namespace RedisActors.Testing;

/// <summary>What senders were told about the commands on one counter.</summary>
public sealed class LedgerCounter
{
    private readonly CommandLedger _ledger;
    private readonly ToldValues _values = new();
    private long _sent;
    private long _applied;
    private long _appliedWithoutValue;
    private long _rejected;
    private long _notSent;
    private long _unknown;
    private long _answeredAgain;

    internal LedgerCounter(string key, CommandLedger ledger)
    {
        Key = key;
        _ledger = ledger;
    }

    public string Key { get; }

    public long Applied => Interlocked.Read(ref _applied);

    /// <summary>Commands sent and not yet answered, at this moment.</summary>
    public long Unanswered =>
        Interlocked.Read(ref _sent) - Applied - Interlocked.Read(ref _rejected) - Interlocked.Read(ref _notSent)
        - Interlocked.Read(ref _unknown);

    /// <summary>A command is being sent; call this before, and tell what it returns what became of it.</summary>
    public LedgerEntry Sent()
    {
        Interlocked.Increment(ref _sent);
        return new LedgerEntry(this);
    }

    /// <summary>Holds what senders were told against the counter's value on the server.</summary>
    /// <remarks>
    /// If a sender was told more often than the server counted, something was lost. Where senders were told the counter's value
    /// as well, more is seen: each value belongs to one command, so one that was told twice, or that the server has not reached,
    /// is a loss which a command of unknown fate could otherwise hide.
    /// </remarks>
    public LedgerSummary Compare(long server)
    {
        var sums = Sums();
        var lost = Math.Max(0, sums.Applied - server);
        if (Interlocked.Read(ref _appliedWithoutValue) == 0) lost = Math.Max(lost, _values.CountRepeatedOrAbove(server));
        return sums with
        {
            Server = server,
            Lost = lost,
            Duplicated = Math.Max(0, server - (sums.Applied - lost) - sums.Unknown - sums.Unanswered),
        };
    }

    /// <summary>What senders were told so far, held against nothing.</summary>
    public LedgerSummary Sums() => new()
    {
        Sent = Interlocked.Read(ref _sent),
        Applied = Applied,
        Rejected = Interlocked.Read(ref _rejected),
        NotSent = Interlocked.Read(ref _notSent),
        Unknown = Interlocked.Read(ref _unknown),
        Unanswered = Unanswered,
        AnsweredAgain = Interlocked.Read(ref _answeredAgain),
    };

    internal void CountApplied(LedgerEntry entry)
    {
        Interlocked.Increment(ref _applied);
        _ledger.Answered(entry, applied: true);
    }

    internal void CountAppliedWithoutValue() => Interlocked.Increment(ref _appliedWithoutValue);

    internal void CountRejected(LedgerEntry entry)
    {
        Interlocked.Increment(ref _rejected);
        _ledger.Answered(entry, applied: false);
    }

    internal void CountNotSent(LedgerEntry entry)
    {
        Interlocked.Increment(ref _notSent);
        _ledger.Answered(entry, applied: false);
    }

    internal void CountUnknown(LedgerEntry entry)
    {
        Interlocked.Increment(ref _unknown);
        _ledger.Answered(entry, applied: false);
    }

    internal void CountAnsweredAgain() => Interlocked.Increment(ref _answeredAgain);

    internal void CountValue(long value) => _values.Add(value);
}
