namespace RedisActors.Connection;

/// <summary>Takes the first of several attempts that succeeds, and clears up after the others.</summary>
internal static class FirstSuccess
{
    /// <summary>How long one that is preferred may still take when a later one has succeeded.</summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the first address of a name may take until the next is tried as well.</summary>
    private static readonly TimeSpan UntilNextAddress = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// After how long an address is asked once more while the earlier attempt stays open: a packet that a broken network swallowed
    /// is sent again by TCP only after ever longer waits, and a new connection finds at once that the network works again.
    /// </summary>
    private static readonly TimeSpan UntilOnceMore = TimeSpan.FromMilliseconds(250);

    private const int MostOpen = 12;

    /// <summary>
    /// The result of the first in their order that succeeds; one that takes its time holds up those behind it for a moment only.
    /// Throws when all have failed: <see cref="MisconfiguredException"/> if that is what every one of them says, since another one
    /// may still come to help; otherwise <see cref="RedisLinkException"/>. Other results are disposed of.
    /// </summary>
    public static async Task<T> FirstAsync<T>(IReadOnlyList<Task<T>> attempts, CancellationToken cancellation)
        where T : IDisposable
    {
        Task<T>? taken = null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await foreach (var _ in Task.WhenEach(attempts).WithCancellation(patience.Token).ConfigureAwait(false))
            {
                var preferred = attempts.FirstOrDefault(attempt => !attempt.IsFaulted && !attempt.IsCanceled);
                if (preferred is { IsCompletedSuccessfully: true }) return await (taken = preferred).ConfigureAwait(false);
                if (attempts.Any(attempt => attempt.IsCompletedSuccessfully)) patience.CancelAfter(Courtesy);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            taken = attempts.First(attempt => attempt.IsCompletedSuccessfully);
            return await taken.ConfigureAwait(false);
        }
        finally
        {
            foreach (var attempt in attempts.Where(attempt => attempt != taken)) Discard(attempt);
        }

        cancellation.ThrowIfCancellationRequested();
        throw Failure([.. attempts.Select(attempt => attempt.Exception?.InnerException).OfType<Exception>()]);
    }

    /// <summary>
    /// Asks the addresses of one name: the next when one fails or takes its time, and all of them again while none answers. The
    /// first that succeeds is taken; when each has failed, so has this.
    /// </summary>
    public static async Task<T> AskAsync<T>(
        IReadOnlyList<ServerAddress> servers, Func<ServerAddress, CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        var open = new List<Question<T>>();
        var failures = new Dictionary<ServerAddress, Exception>();
        try
        {
            for (var asked = 1; ; asked++)
            {
                if (open.Count == MostOpen) Close(open, 0);
                open.Add(new Question<T>(servers[(asked - 1) % servers.Count], ask, cancellation));
                var next = Task.Delay(asked < servers.Count ? UntilNextAddress : UntilOnceMore, cancellation);
                while (true)
                {
                    await Task.WhenAny(open.Select(question => (Task)question.Answer).Append(next)).ConfigureAwait(false);
                    cancellation.ThrowIfCancellationRequested();
                    var done = open.FindIndex(question => question.Answer.IsCompleted);
                    if (done < 0) break;
                    var (server, answer) = (open[done].Server, open[done].Answer);
                    if (answer.IsCompletedSuccessfully)
                    {
                        open[done].End.Dispose();
                        open.RemoveAt(done);
                        return await answer.ConfigureAwait(false);
                    }

                    Close(open, done);
                    failures[server] = answer.Exception?.InnerException ?? new TaskCanceledException(answer);
                    if (failures.Count == servers.Count) throw Failure([.. failures.Values]);
                    if (asked < servers.Count) break;
                }
            }
        }
        finally
        {
            while (open.Count > 0) Close(open, 0);
        }

        static void Close(List<Question<T>> open, int index)
        {
            var question = open[index];
            open.RemoveAt(index);
            Discard(question.Answer);
            question.End.Cancel();
            question.End.Dispose();
        }
    }

    /// <summary>Disposes of a result that nobody waits for any more, and lets a failure go.</summary>
    public static void Discard<T>(Task<T> attempt) => Discard(attempt, static result => (result as IDisposable)?.Dispose());

    /// <summary>Ends a result that nobody waits for any more, and lets a failure go.</summary>
    public static void Discard<T>(Task<T> attempt, Action<T> end) => attempt.ContinueWith(
        done =>
        {
            if (done.IsCompletedSuccessfully) end(done.Result);
            else _ = done.Exception;
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Lets a failure go that nobody waits for any more.</summary>
    public static void Observe(Task attempt) => attempt.ContinueWith(
        static done => _ = done.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>What the failures of all come to.</summary>
    public static Exception Failure(IReadOnlyList<Exception> errors)
    {
        if (errors.FirstOrDefault(error => error is not RedisLinkException) is { } unexpected) return unexpected;
        var messages = string.Join("; ", errors.Select(error => error.Message).Distinct());
        return errors.Count > 0 && errors.All(error => error is MisconfiguredException)
            ? new MisconfiguredException(messages, errors[0])
            : new RedisLinkException(messages, errors.FirstOrDefault());
    }

    private sealed class Question<T>
    {
        public Question(ServerAddress server, Func<ServerAddress, CancellationToken, Task<T>> ask, CancellationToken cancellation)
        {
            Server = server;
            End = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Answer = ask(server, End.Token);
        }

        public ServerAddress Server { get; }

        public CancellationTokenSource End { get; }

        public Task<T> Answer { get; }
    }
}
