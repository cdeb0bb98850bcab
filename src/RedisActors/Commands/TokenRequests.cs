namespace RedisActors.Commands;

/// <summary>
/// How many requests with exactly-once commands are under way. Of each it is enough to know where it ends in the queue of what is in
/// flight, for that is answered in order. What is handed over in one go counts as one request.
/// </summary>
/// <param name="inFlight">What is in flight.</param>
/// <param name="many">How many are many.</param>
internal sealed class TokenRequests(InFlightQueue inFlight, int many)
{
    private readonly long[] _ends = new long[many];
    private int _next;
    private bool _open;
    private long _end;

    /// <summary>Whether so many are under way that the next commands gather.</summary>
    public bool AreMany => inFlight.Removed < _ends[_next];

    /// <summary>An exactly-once command was handed over.</summary>
    public void Add()
    {
        _open = true;
        _end = inFlight.Added;
    }

    /// <summary>What was handed over in one go is complete.</summary>
    public void End()
    {
        if (!_open) return;
        _open = false;
        _ends[_next] = _end;
        _next = (_next + 1) % many;
    }

    /// <summary>Asks for a signal when they are not many any more.</summary>
    public void SignalWhenLess() => inFlight.SignalWhen((int)(inFlight.Added - _ends[_next]));
}
