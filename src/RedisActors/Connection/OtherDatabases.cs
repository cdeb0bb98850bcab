using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// Requests for other databases than the link's own. The client switches between databases by itself and does not look at the
/// server's answer; where that is a refusal, a request would run in another database. So each database is tried out once, over a
/// connection that is closed again, before the client hears of it. Meanwhile everything waits, so that the order is kept.
/// </summary>
/// <param name="gate">Held by whoever calls <see cref="HandOver"/>.</param>
/// <param name="send">Gives a request to the client.</param>
/// <param name="client">Knows its databases.</param>
/// <param name="verify">Throws <see cref="RedisLinkException"/> where the server does not let this client into a database.</param>
internal sealed class OtherDatabases(
    Lock gate, Func<LinkRequest, IDatabase?, Task<RedisResult>> send, IConnectionMultiplexer client, Func<int, Task> verify)
{
    private readonly Dictionary<int, IDatabase> _verified = [];
    private readonly Queue<Held> _held = new();
    private bool _holds;

    /// <summary>Whether requests wait for a database to be tried out; then all go this way.</summary>
    public bool Holds => _holds;

    public Task<RedisResult> HandOver(LinkRequest request, int? database)
    {
        if (!_holds)
        {
            if (database is not { } number) return send(request, null);
            if (_verified.TryGetValue(number, out var verified)) return send(request, verified);
            _holds = true;
            _ = VerifyAsync(number);
        }

        var held = new Held(request, database, new TaskCompletionSource<RedisResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        _held.Enqueue(held);
        return held.Reply.Task;
    }

    /// <summary>The link is lost: what waits is not sent.</summary>
    public void Close()
    {
        lock (gate)
        {
            while (_held.TryDequeue(out var held)) held.Reply.TrySetCanceled();
        }
    }

    private async Task VerifyAsync(int number)
    {
        string? refusal = null;
        try
        {
            await verify(number).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            refusal = error.Message;
        }

        lock (gate)
        {
            if (refusal is null) _verified[number] = client.GetDatabase(number);
            Release(number, refusal);
        }
    }

    /// <summary>Sends what waited, up to the first request for another database that has not been tried out.</summary>
    private void Release(int number, string? refusal)
    {
        while (_held.TryPeek(out var held))
        {
            IDatabase? database = null;
            if (held.Database == number && refusal is not null)
            {
                held.Reply.TrySetException(new RedisCommandException(refusal));
            }
            else if (held.Database is { } other && !_verified.TryGetValue(other, out database))
            {
                _ = VerifyAsync(other);
                return;
            }
            else
            {
                Forward(send(held.Request, database), held.Reply);
            }

            _held.Dequeue();
        }

        _holds = false;
    }

    private static void Forward(Task<RedisResult> reply, TaskCompletionSource<RedisResult> to) => reply.ContinueWith(
        static (done, state) => ((TaskCompletionSource<RedisResult>)state!).TrySetFromTask(done),
        to,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private readonly record struct Held(LinkRequest Request, int? Database, TaskCompletionSource<RedisResult> Reply);
}
