using RedisActors.Connection;

namespace RedisActors.TestKit;

/// <summary>A connection to the server in memory. It keeps what <see cref="IRedisLink"/> promises.</summary>
internal sealed class MemoryLink(MemoryServer server, long id, Action<string> onLost) : IRedisLink
{
    private readonly Lock _lock = new();
    private readonly Queue<(LinkRequest Request, Verdict Verdict)> _untold = new();
    private Action<string>? _onLost = onLost;
    private string? _cause;
    private bool _telling;
    private bool _lossTold;

    public ClientIdentity Identity => new(id, $"test:{id}");

    public string Endpoint => "test-redis:6379";

    public ServerProduct? Product => new("TestRedis", "7.0.15");

    public ServerEviction Eviction => ServerEviction.None;

    public void Send(LinkRequest request)
    {
        lock (_lock)
        {
            if (_cause is { } cause)
            {
                _untold.Enqueue((request, new Verdict(told => told.Fail(new LinkFault(CertainlyNotSent: true, cause)))));
            }
            else
            {
                var verdict = server.Take(request);
                _untold.Enqueue((request, verdict));
                if (verdict.LosesLink is { } reason) Lose(reason);
            }
        }

        Pump();
    }

    public void Abandon(string cause)
    {
        lock (_lock)
        {
            if (_cause is null) Lose(cause);
        }

        Pump();
    }

    public bool TakeHeard() => false;

    public Task<bool> HostAcceptsAsync(CancellationToken cancellation) => server.AnswersAsync(cancellation);

    public void Dispose()
    {
        lock (_lock) _onLost = null;
        Abandon("the link was disposed of");
    }

    /// <summary>Tells what can be told, in order and by one thread at a time; and the loss when nothing is left.</summary>
    public void Pump()
    {
        while (true)
        {
            (LinkRequest Request, Verdict Verdict) next;
            Action<string>? onLost = null;
            lock (_lock)
            {
                if (_telling) return;
                if (_untold.TryPeek(out next) && !IsHeld(next.Request))
                {
                    _untold.Dequeue();
                }
                else
                {
                    if (_cause is null || _lossTold || _untold.Count > 0) return;
                    _lossTold = true;
                    (onLost, _onLost) = (_onLost, null);
                    next = default;
                }

                _telling = true;
            }

            try
            {
                if (next.Request is null) onLost?.Invoke(_cause!);
                else next.Verdict!.Tell(next.Request);
            }
            catch (Exception)
            {
                // What a request makes of its answer is its own affair.
            }
            finally
            {
                lock (_lock) _telling = false;
            }
        }
    }

    /// <summary>Only what senders wait for is held: the library's own questions show that the server is alive.</summary>
    private bool IsHeld(LinkRequest request) =>
        _cause is null && server.HoldsReplies && (request is Commands.PendingCommand or Commands.GroupRequest);

    /// <summary>Whoever has no reply yet gets none. The replies that were held are lost, and what they answer has run.</summary>
    private void Lose(string cause)
    {
        var isHolding = server.HoldsReplies;
        _cause = cause;
        server.Forget(this);
        if (!isHolding) return;
        var held = _untold.ToArray();
        _untold.Clear();
        foreach (var (request, _) in held)
        {
            _untold.Enqueue((request, new Verdict(told => told.Fail(new LinkFault(CertainlyNotSent: false, cause)))));
        }
    }
}
