namespace RedisActors.Commands;

/// <summary>
/// How many exactly-once commands share a request: as many as the server runs in the time for which a request may hold up its other
/// clients, going by what the last ones took.
/// </summary>
/// <param name="settings">The bounds.</param>
internal sealed class GroupSize(GroupSettings settings)
{
    /// <summary>With fewer there would be no group of which to learn that they are fast again.</summary>
    private const int Fewest = 2;

    private volatile int _count = settings.MaxCount;

    /// <summary>How many commands; one: there are no groups.</summary>
    public int Count => _count;

    /// <summary>How many requests are under way before the next commands gather.</summary>
    public int Requests => settings.Requests;

    /// <summary>How many bytes of commands, by estimate.</summary>
    public long MaxBytes => settings.MaxBytes;

    /// <summary>The server took so long for a group. From any thread.</summary>
    public void Took(int commands, TimeSpan time)
    {
        var count = _count;
        if (count < Fewest) return;
        var inTime = settings.MaxTime.Ticks * commands / Math.Max(1, time.Ticks);
        _count = (int)Math.Min(settings.MaxCount, Math.Clamp(inTime, Fewest, count * 2L));
    }

    /// <summary>The server refuses groups over this link.</summary>
    public void NoMore() => _count = 1;

    /// <summary>There is another link.</summary>
    public void Reset() => _count = settings.MaxCount;
}
