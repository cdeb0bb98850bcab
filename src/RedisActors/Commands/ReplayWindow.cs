namespace RedisActors.Commands;

/// <summary>
/// How many stashed commands may be in flight after a reconnect: few at first, twice as many each time half of them are
/// answered, so that a server that has just come back is not knocked over by all that waited for it.
/// </summary>
/// <param name="initial">The window on a new link.</param>
/// <param name="max">The largest window.</param>
internal sealed class ReplayWindow(int initial, int max)
{
    private int? _grown;
    private bool _isOpen;

    public int Size => _isOpen ? int.MaxValue : _grown ?? initial;

    /// <summary>How few may be left in flight until the window is filled up again.</summary>
    public int RefillAt => Size / 2;

    /// <summary>A new link: small again.</summary>
    public void Reset()
    {
        _grown = null;
        _isOpen = false;
    }

    /// <summary>Nothing is left of what waited: what is stashed from now on is not paced.</summary>
    public void Open() => _isOpen = true;

    /// <summary>The server has answered at this pace.</summary>
    public void Grow() => _grown = (int)Math.Min(max, (_grown ?? initial) * 2L);
}
