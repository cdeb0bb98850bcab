namespace RedisActors.Streams;

/// <summary>
/// An entry of a consumer group, to be answered with <see cref="Acknowledge"/> when it is done, or with <see cref="Fail"/>; whichever comes
/// first holds. Both may be called on any thread, in any order of the entries, also after the source has been stopped.
/// </summary>
public sealed class CommittableStreamEntry
{
    private readonly Action<string, string?> _answer;
    private int _isAnswered;

    internal CommittableStreamEntry(RedisStreamEntry entry, Action<string, string?> answer) => (Entry, _answer) = (entry, answer);

    /// <summary>The entry. <see cref="RedisStreamEntry.Token"/> makes a write for it once and for all.</summary>
    public RedisStreamEntry Entry { get; }

    /// <summary>
    /// It is done, and does not come again. The server is told a moment later, together with others (<c>XACK</c>); the source's
    /// <see cref="RedisSourceControl.Completion"/> says when it has been told of all.
    /// </summary>
    public void Acknowledge() => Answer(null);

    /// <summary>It could not be handled. It comes again, or goes to the dead letters.</summary>
    /// <param name="reason">Why, in one line; it is kept with a dead letter.</param>
    /// <exception cref="ArgumentNullException">There is no reason.</exception>
    public void Fail(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        Answer(reason);
    }

    private void Answer(string? reason)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0) _answer(Entry.Id, reason);
    }
}
