namespace RedisActors.Sessions;

/// <summary>Where a session leads: sessions with the same place can stand in for each other.</summary>
/// <param name="Database">The number of the logical database.</param>
/// <param name="Lane">In a Redis Cluster, the lane of the shard; 0 elsewhere.</param>
internal readonly record struct SessionPlace(int Database, int Lane);

/// <summary>Somebody who needs a session for a while.</summary>
internal interface ISessionUser
{
    /// <summary>Where the session has to lead.</summary>
    SessionPlace Place { get; }

    /// <summary>Until when it waits for one, in milliseconds of the caller's clock; <see cref="long.MaxValue"/> is for ever.</summary>
    long Deadline { get; }
}

/// <summary>One session: its number, from 1 and unique among those that are open, and where it leads.</summary>
internal sealed class Session(int number, SessionPlace place)
{
    public int Number => number;

    public SessionPlace Place => place;

    /// <summary>Who has it; null: nobody.</summary>
    public ISessionUser? User { get; set; }

    /// <summary>Since when nobody has it.</summary>
    public long IdleSince { get; set; }

    /// <summary>It was told to close, and has not ended yet.</summary>
    public bool IsClosing { get; set; }
}

/// <summary>What a <see cref="SessionPool"/> decides, and its owner does.</summary>
internal interface ISessionPoolOwner
{
    /// <summary>Opens a session. When it has ended, the pool wants to know (<see cref="SessionPool.Ended"/>).</summary>
    void Open(Session session);

    /// <summary>Closes a session that nobody has.</summary>
    void Close(Session session);

    /// <summary>Gives a session to a user, who gives it back (<see cref="SessionPool.Release"/>).</summary>
    void Grant(Session session, ISessionUser user);
}

/// <summary>
/// Lends sessions, each to one user at a time: a free one that leads to the right place, or a new one while there are fewer than the
/// maximum, or the place of an idle one that leads elsewhere. Whoever comes when there is none waits in order. No actor, no clock.
/// </summary>
internal sealed class SessionPool(int max, long idleTimeout, ISessionPoolOwner owner)
{
    private readonly List<Session> _sessions = [];
    private readonly LinkedList<ISessionUser> _queue = [];

    /// <summary>How many sessions there are, those that are closing included.</summary>
    public int Count => _sessions.Count;

    /// <summary>How many users wait for a session.</summary>
    public int Waiting => _queue.Count;

    public IReadOnlyList<Session> Sessions => _sessions;

    /// <summary>Somebody needs a session.</summary>
    public void Request(ISessionUser user, long now)
    {
        _queue.AddLast(user);
        Serve(now);
    }

    /// <summary>Gives a session to somebody who does not wait for one: true where one is free, or may be opened, and nobody waits.</summary>
    public bool TryTake(ISessionUser user, long now)
    {
        if (_queue.Count > 0) return false;
        var session = _sessions.Find(session => IsFree(session) && session.Place == user.Place) ?? TryOpen(user.Place, now);
        if (session is null) return false;
        session.User = user;
        owner.Grant(session, user);
        return true;
    }

    /// <summary>A user does not wait for a session any more, if it did.</summary>
    public void Withdraw(ISessionUser user) => _queue.Remove(user);

    /// <summary>A user gives its session back.</summary>
    public void Release(Session session, long now)
    {
        session.User = null;
        session.IdleSince = now;
        Serve(now);
        CloseIdle(now);
    }

    /// <summary>A user gives its session back, and nobody is to have it any more: it leads to the wrong server.</summary>
    public void Retire(Session session, long now)
    {
        session.User = null;
        Close(session);
        Serve(now);
    }

    /// <summary>A session has ended. Who had it, if anybody, has none any more.</summary>
    public void Ended(Session session, long now)
    {
        _sessions.Remove(session);
        session.User = null;
        Serve(now);
    }

    /// <summary>Takes those whose time to wait is over.</summary>
    public IReadOnlyList<ISessionUser> Expire(long now)
    {
        List<ISessionUser>? expired = null;
        for (var node = _queue.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Deadline <= now)
            {
                (expired ??= []).Add(node.Value);
                _queue.Remove(node);
            }

            node = next;
        }

        return expired ?? [];
    }

    /// <summary>Closes what nobody has had for the idle time.</summary>
    public void CloseIdle(long now)
    {
        foreach (var session in _sessions)
        {
            if (IsFree(session) && now - session.IdleSince >= idleTimeout) Close(session);
        }
    }

    /// <summary>
    /// In order; only who needs a place that has a free session goes ahead of those for whom there is none yet, since it takes
    /// nothing away from them that they could have now.
    /// </summary>
    private void Serve(long now)
    {
        var ahead = 0;
        var granted = new List<Session>();
        for (var node = _queue.First; node is not null;)
        {
            var next = node.Next;
            if (SessionFor(node.Value.Place, ahead, now) is { } session)
            {
                _queue.Remove(node);
                session.User = node.Value;
                granted.Add(session);
            }
            else ahead++;

            node = next;
        }

        // Now that the queue is as it should be: a user may give its session back at once.
        foreach (var session in granted) owner.Grant(session, session.User!);
    }

    /// <param name="place">Where it has to lead.</param>
    /// <param name="ahead">How many wait in front.</param>
    /// <param name="now">The time.</param>
    private Session? SessionFor(SessionPlace place, int ahead, long now)
    {
        if (_sessions.Find(session => IsFree(session) && session.Place == place) is { } free) return free;
        if (TryOpen(place, now) is { } opened) return opened;

        // The end of one that leads elsewhere makes room, one for each that waits.
        if (_sessions.Count(session => session.IsClosing) <= ahead && _sessions.Where(IsFree).MinBy(session => session.IdleSince) is { } elsewhere) Close(elsewhere);
        return null;
    }

    private Session? TryOpen(SessionPlace place, long now)
    {
        if (_sessions.Count >= max) return null;
        var opened = new Session(FreeNumber(), place) { IdleSince = now };
        _sessions.Add(opened);
        owner.Open(opened);
        return opened;
    }

    private static bool IsFree(Session session) => session.User is null && !session.IsClosing;

    private void Close(Session session)
    {
        session.IsClosing = true;
        owner.Close(session);
    }

    private int FreeNumber()
    {
        var number = 1;
        while (_sessions.Exists(session => session.Number == number)) number++;
        return number;
    }
}
