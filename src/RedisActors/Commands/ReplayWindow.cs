namespace RedisActors.Commands;

/// <summary>
/// How many stashed commands may be in flight after a reconnect: few at first, twice as many each time half of them are
/// answered, so that a server that has just come back is not knocked over by all that waited for it.
/// </summary>
/// <param name="initial">The window on a new link.</param>
/// <param name="max">The largest window.</param>
internal sealed class ReplayWindow(int initial, int max)
{
    private int? _size;

    public int Size => _size ?? initial;

    /// <summary>How few may be left in flight until the window is filled up again.</summary>
    public int RefillAt => Size / 2;

    /// <summary>A new link: small again.</summary>
    public void Reset() => _size = null;

    /// <summary>Nothing is left of what waited: what is stashed from now on is not paced.</summary>
    public void Open() => _size = int.MaxValue;

    /// <summary>The server has answered at this pace.</summary>
    public void Grow()
    {
        if (Size < max) _size = (int)Math.Min(max, Size * 2L);
    }
}
