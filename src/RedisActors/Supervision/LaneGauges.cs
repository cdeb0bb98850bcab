namespace RedisActors.Supervision;

/// <summary>
/// What a command actor holds, for its supervisor to tell with its events, and for whoever measures. Read by others at any time, so
/// it is a glance and no account.
/// </summary>
/// <param name="inFlight">Asked how many commands are handed to a connection and not answered.</param>
/// <param name="stashed">Asked how many wait for one.</param>
internal sealed class LaneGauges(Func<int> inFlight, Func<int> stashed)
{
    private volatile int _returned;

    /// <summary>Nobody holds anything yet.</summary>
    public static LaneGauges None { get; } = new(static () => 0, static () => 0);

    public Func<int> InFlight => inFlight;

    public Func<int> Stashed => stashed;

    /// <summary>How many of those that wait were sent before, on the connection that was lost.</summary>
    public int Returned
    {
        get => _returned;
        set => _returned = value;
    }
}
