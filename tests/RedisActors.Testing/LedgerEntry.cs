using System.Diagnostics;

namespace RedisActors.Testing;

/// <summary>
/// One command that was sent; created by <see cref="LedgerCounter.Sent"/>, and told its outcome once. Best carried as the command's state.
/// </summary>
public sealed class LedgerEntry
{
    private readonly LedgerCounter _counter;
    private int _answered;

    internal LedgerEntry(LedgerCounter counter)
    {
        _counter = counter;
        SentAt = Stopwatch.GetTimestamp();
    }

    /// <summary>The <see cref="Stopwatch"/> time stamp at which it was sent.</summary>
    public long SentAt { get; }

    /// <summary>The sender was told that the command was applied, and the value of the counter after it.</summary>
    public void Applied(long value)
    {
        if (!First()) return;

        _counter.CountValue(value);
        _counter.CountApplied(this);
    }

    /// <summary>The sender was told that the command was applied; its value is unknown or meaningless.</summary>
    public void Applied()
    {
        if (!First()) return;

        _counter.CountAppliedWithoutValue();
        _counter.CountApplied(this);
    }

    /// <summary>The sender was told that the server refused the command.</summary>
    public void Rejected()
    {
        if (First()) _counter.CountRejected(this);
    }

    /// <summary>The sender was told that the command never ran and never will.</summary>
    public void NotSent()
    {
        if (First()) _counter.CountNotSent(this);
    }

    /// <summary>The sender was told that the outcome is unknown.</summary>
    public void Unknown()
    {
        if (First()) _counter.CountUnknown(this);
    }

    /// <summary>The sender was told an outcome other than <see cref="Outcome.Applied"/>.</summary>
    public void Failed(Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Rejected:
                Rejected();
                break;
            case Outcome.NotSent:
                NotSent();
                break;
            default:
                Unknown();
                break;
        }
    }

    private bool First()
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0) return true;

        _counter.CountAnsweredAgain();
        return false;
    }
}
