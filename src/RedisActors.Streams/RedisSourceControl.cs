namespace RedisActors.Streams;

/// <summary>What a source of <see cref="RedisSource"/> materialises: ends it in good order.</summary>
public sealed class RedisSourceControl
{
    private readonly SourceEnd _end;

    internal RedisSourceControl(SourceEnd end) => _end = end;

    /// <summary>
    /// Completes when the source has ended and everything that belongs to its end is done; fails with what the source failed with. A stream
    /// that is completed or cancelled further down ends the source too.
    /// </summary>
    public Task Completion => _end.Completion;

    /// <summary>
    /// Ends the source: it asks for no more, and completes. What it had taken and not emitted, the method that made the source says. Calling
    /// it again does nothing more.
    /// </summary>
    /// <returns><see cref="Completion"/>.</returns>
    public Task StopAsync() => _end.StopAsync();
}

/// <summary>What a subscription of <see cref="RedisSource"/> materialises: tells when it has begun, and ends it in good order.</summary>
public sealed class RedisSubscriptionControl
{
    private readonly SourceEnd _end;
    private readonly Task<RedisSubscribed> _subscribed;

    internal RedisSubscriptionControl(SourceEnd end, Task<RedisSubscribed> subscribed) => (_end, _subscribed) = (end, subscribed);

    /// <summary>
    /// Completes when the server has confirmed the subscription: what is published from then on is emitted. Fails, with what the source failed
    /// with, when there is no subscription to be had; is cancelled when the source ends before.
    /// </summary>
    public Task<RedisSubscribed> Subscribed => _subscribed;

    /// <summary><inheritdoc cref="RedisSourceControl.Completion" path="/summary/node()"/></summary>
    public Task Completion => _end.Completion;

    /// <summary>Unsubscribes. What has come by then is still emitted, and then the source completes. Calling it again does nothing more.</summary>
    /// <returns><see cref="Completion"/>.</returns>
    public Task StopAsync() => _end.StopAsync();
}

/// <summary>The end of a source, between its control and its stage: asked for by one and brought about by the other, on any thread.</summary>
internal sealed class SourceEnd
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _ended.Task;

    public Task StopAsync()
    {
        _asked.TrySetResult();
        return Completion;
    }

    /// <summary>Acts when the end is asked for; at once, if it was.</summary>
    public void WhenAsked(Action act) => _asked.Task.ContinueWith(
        static (_, act) => ((Action)act!)(), act, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>The source has ended; with a failure, or in good order.</summary>
    public void Set(Exception? failure)
    {
        if (failure is null) _ended.TrySetResult();
        else if (_ended.TrySetException(failure)) _ = Completion.Exception; // nobody has to look at it
    }
}
