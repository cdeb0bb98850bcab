namespace RedisActors.Commands;

/// <summary>
/// A link that is to be left: as soon as what is in flight has been answered, which it is soon by a server that answers, so that
/// nobody is told <see cref="Outcome.Unknown"/> of a command that was refused. A server that does not answer is not waited for long.
/// </summary>
internal sealed class LinkDeparture
{
    private long _deadline;

    /// <summary>Why the link is to be left; null when it is not.</summary>
    public string? Reason { get; private set; }

    /// <summary>The link is to be left.</summary>
    public void Begin(string reason, TimeSpan patience, long now)
    {
        Reason = reason;
        _deadline = now + (long)patience.TotalMilliseconds;
    }

    /// <summary>Whether the time has come.</summary>
    public bool IsDue(int inFlight, long now) => inFlight == 0 || now >= _deadline;

    /// <summary>The link is gone.</summary>
    public void End() => Reason = null;
}
