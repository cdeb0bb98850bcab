namespace RedisActors.Connection;

/// <summary>
/// Brings the replies of one link to their requests, in the order in which these were handed over, by one thread at a time.
/// </summary>
/// <remarks>
/// Redis answers a connection in order. So there is one loop: it waits for the reply at the front, and then takes whatever else
/// has come, without a continuation, a work item or an allocation for each.
/// </remarks>
/// <param name="handOver">
/// Gives a request to the client, one at a time, so that the order here is the order of the replies; null: it was not given. Throws
/// nothing.
/// </param>
/// <param name="tell">Tells a request what its reply came to, which may be null or not completed. Throws nothing.</param>
/// <param name="ended">Told once, after <see cref="End"/>, when every request has been told.</param>
internal sealed class ReplyPump(
    Func<LinkRequest, Task?> handOver, Action<LinkRequest, Task?> tell, Action ended)
{
    private const int FirstCapacity = 256;

    private readonly Lock _gate = new();

    // What was handed over, and what the loop has taken of it.
    private Entry[] _arriving = new Entry[FirstCapacity];
    private int _arrived;
    private Entry[] _taken = new Entry[FirstCapacity];
    private int _next;
    private int _end;

    private bool _running;
    private bool _ending;
    private bool _hasEnded;

    // What the loop waits for, and the right to go on, which whoever resets it has.
    private Entry _front;
    private bool _waiting;
    private Action? _resume;

    /// <summary>Whether every request has been told, and no more are taken.</summary>
    public bool HasEnded => Volatile.Read(ref _hasEnded);

    /// <summary>Hands a request over and waits for its reply. False: this has ended, and the request was not touched.</summary>
    public bool Add(LinkRequest request)
    {
        lock (_gate)
        {
            if (_hasEnded) return false;
            if (_arrived == _arriving.Length) Array.Resize(ref _arriving, _arrived * 2);
            _arriving[_arrived++] = new Entry(request, handOver(request));
            if (_running) return true;
            _running = true;
        }

        Run();
        return true;
    }

    /// <summary>The link is lost: this ends when the requests that were handed over have been told.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ending = true;
            if (_running || _hasEnded) return;
            _hasEnded = true;
        }

        ended();
    }

    /// <summary>
    /// Waits for the client no longer: requests are told what is known, whether their replies are completed or not. False: the
    /// loop is not waiting at this moment.
    /// </summary>
    public bool GiveUp()
    {
        if (!Interlocked.Exchange(ref _waiting, false)) return false;
        TellFront();
        while (TryTake(out var entry)) tell(entry.Request, entry.Reply);
        return true;
    }

    private void Run()
    {
        while (TryTake(out var entry))
        {
            if (entry.Reply is { IsCompleted: false } reply)
            {
                _front = entry;
                Volatile.Write(ref _waiting, true);
                reply.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_resume ??= Resume);
                return;
            }

            tell(entry.Request, entry.Reply);
        }
    }

    private void Resume()
    {
        if (!Interlocked.Exchange(ref _waiting, false)) return;
        TellFront();
        Run();
    }

    private void TellFront()
    {
        var front = _front;
        _front = default;
        tell(front.Request, front.Reply);
    }

    /// <summary>The next request. False: there is none, and whoever adds one has to run the loop.</summary>
    private bool TryTake(out Entry entry)
    {
        if (_next == _end && !TryTakeArrived())
        {
            entry = default;
            return false;
        }

        entry = _taken[_next];
        _taken[_next++] = default;
        return true;
    }

    private bool TryTakeArrived()
    {
        bool isLast;
        lock (_gate)
        {
            if (_arrived > 0)
            {
                (_taken, _arriving) = (_arriving, _taken);
                (_next, _end, _arrived) = (0, _arrived, 0);
                return true;
            }

            _running = false;
            isLast = _hasEnded = _ending;
        }

        if (isLast) ended();
        return false;
    }

    private readonly record struct Entry(LinkRequest Request, Task? Reply);
}
