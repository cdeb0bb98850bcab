using System.Diagnostics;
using Akka.Actor;

namespace RedisActors.Tests.Lists;

/// <summary>
/// Appends growing numbers to lists, so many commands in flight at any time, and keeps what was answered when. What a list holds in
/// the end says what was lost, what ran twice and what ran out of order: see <see cref="ListCheck"/>.
/// </summary>
internal sealed class ListLoad(IActorRef redis, IReadOnlyList<string> keys, int window = 500) : IAsyncDisposable
{
    private readonly SemaphoreSlim _room = new(window);
    private readonly CancellationTokenSource _enough = new();
    private readonly List<Append> _appends = [];
    private Task? _sending;

    /// <summary>What was sent so far, in order. Whole after <see cref="StopAsync"/> only.</summary>
    public IReadOnlyList<Append> Appends => _appends;

    public ListLoad Start()
    {
        _sending = Task.Run(SendAsync);
        return this;
    }

    /// <summary>Sends nothing more, and returns when everything is answered.</summary>
    public async Task StopAsync()
    {
        await _enough.CancelAsync();
        if (_sending is not null) await _sending;
        await Task.WhenAll(_appends.Select(append => append.Reply));
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        if (_sending is not null) await _sending;
        _enough.Dispose();
        _room.Dispose();
    }

    private async Task SendAsync()
    {
        for (var number = 1L; !_enough.IsCancellationRequested; number++)
        {
            foreach (var key in keys)
            {
                try
                {
                    await _room.WaitAsync(_enough.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }

                _appends.Add(new Append(key, number, Stopwatch.GetTimestamp(), AppendAsync(key, number)));
            }
        }
    }

    private async Task<Answer> AppendAsync(string key, long number)
    {
        try
        {
            var reply = await redis.Ask<RedisReply>(new RedisCommand("RPUSH", key, number), TimeSpan.FromSeconds(90));
            return new Answer(reply.Outcome, reply.Value.AsInt64(), Stopwatch.GetTimestamp());
        }
        catch (RedisOutcomeException failure)
        {
            return new Answer(failure.Outcome, 0, Stopwatch.GetTimestamp(), failure.Message);
        }
        finally
        {
            _room.Release();
        }
    }
}

/// <summary>One number that was sent to a list.</summary>
internal sealed record Append(string Key, long Number, long SentAt, Task<Answer> Reply)
{
    public Answer Answer => Reply.Result;
}

/// <summary>What became of it, and when.</summary>
internal sealed record Answer(Outcome Outcome, long Length, long At, string? Problem = null);
