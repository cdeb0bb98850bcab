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

    /// <summary>Commands that are currently sent and not yet answered.</summary>
    public long Unanswered =>
        Interlocked.Read(ref _sent) - Applied - Interlocked.Read(ref _rejected) - Interlocked.Read(ref _notSent)
        - Interlocked.Read(ref _unknown);

    /// <summary>Call this before sending a command, and report the command's outcome to the returned entry.</summary>
    public LedgerEntry Sent()
    {
        Interlocked.Increment(ref _sent);
        return new LedgerEntry(this);
    }

    /// <summary>Compares what senders were told with the counter's value on the server.</summary>
    /// <remarks>
    /// If senders were told more often than the server counted, something was lost. If senders were also told the counter's value, more
    /// is visible: each value belongs to one command, so a value that was told twice, or that the server has not reached, is a loss that
    /// a command with an unknown outcome could otherwise hide.
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

    /// <summary>What senders have been told so far, without comparison.</summary>
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
