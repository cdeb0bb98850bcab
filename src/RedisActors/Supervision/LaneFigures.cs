namespace RedisActors.Supervision;

/// <summary>
/// What a command actor holds, for its supervisor to tell with its events. Written by the one and read by the other at any time, so
/// it is a glance and no account.
/// </summary>
internal sealed class LaneFigures
{
    private volatile int _stashed;
    private volatile int _returned;

    /// <summary>How many commands wait for a connection.</summary>
    public int Stashed
    {
        get => _stashed;
        set => _stashed = value;
    }

    /// <summary>How many of them were sent before, on the connection that was lost.</summary>
    public int Returned
    {
        get => _returned;
        set => _returned = value;
    }
}
