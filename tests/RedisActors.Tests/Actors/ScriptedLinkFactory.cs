using System.Threading.Channels;
using RedisActors.Connection;

namespace RedisActors.Tests.Actors;

/// <summary>Connects, fails to connect or hangs, as the test says.</summary>
internal sealed class ScriptedLinkFactory : IRedisLinkFactory
{
    private readonly Channel<ScriptedAttempt> _attempts = Channel.CreateUnbounded<ScriptedAttempt>();

    /// <summary>When set, every attempt fails by itself with this reason.</summary>
    public string? Unreachable { get; set; }

    /// <summary>When set, every attempt succeeds by itself.</summary>
    public bool Accepts { get; set; }

    /// <summary>When set, the attempt is not even begun: <see cref="ConnectAsync"/> itself throws.</summary>
    public Exception? Throws { get; set; }

    public object ServerKey => this;

    public Task<IRedisLink> ConnectAsync(Action<string> onLost, CancellationToken cancellation)
    {
        if (Throws is { } error) throw error;
        var attempt = new ScriptedAttempt(onLost, cancellation);
        if (Unreachable is { } reason) attempt.Fail(reason);
        else if (Accepts) attempt.Succeed();
        _attempts.Writer.TryWrite(attempt);
        return attempt.Link;
    }

    /// <summary>Whether the server answers when it is looked for.</summary>
    public bool Answers { get; set; }

    /// <summary>How many times it was looked for.</summary>
    public int Looks { get; private set; }

    public Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        Looks++;
        return Task.FromResult(Answers);
    }

    /// <summary>The next connection attempt; it hangs until the test decides.</summary>
    public Task<ScriptedAttempt> NextAttemptAsync() => _attempts.Reader.ReadAsync().AsTask().WaitAsync(RedisSpec.Patience);

    /// <summary>Waits for the next attempt and lets it succeed.</summary>
    public async Task<ScriptedConnection> ConnectNextAsync(long clientId = 1)
    {
        var attempt = await NextAttemptAsync();
        return new ScriptedConnection(attempt, attempt.Succeed(clientId));
    }
}

/// <summary>One connection attempt.</summary>
internal sealed class ScriptedAttempt(Action<string> onLost, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<IRedisLink> _link = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<IRedisLink> Link => _link.Task;

    /// <summary>Whether nobody waits for it any more.</summary>
    public bool IsCancelled => cancellation.IsCancellationRequested;

    public ScriptedLink Succeed(long clientId = 1) => Succeed(new ScriptedLink(new ClientIdentity(clientId, $"10.0.0.1:{clientId}")));

    public ScriptedLink Succeed(ScriptedLink link)
    {
        link.Abandoned = onLost;
        _link.SetResult(link);
        return link;
    }

    public void Fail(string reason) => _link.SetException(new RedisLinkException(reason));

    public void Fail(Exception error) => _link.SetException(error);

    /// <summary>The established connection closes.</summary>
    public void Lose(string cause) => onLost(cause);
}

/// <summary>An attempt that succeeded, and its link.</summary>
internal sealed record ScriptedConnection(ScriptedAttempt Attempt, ScriptedLink Link)
{
    public void Lose(string cause = "the socket closed") => Attempt.Lose(cause);
}
