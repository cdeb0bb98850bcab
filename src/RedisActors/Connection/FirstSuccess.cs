namespace RedisActors.Connection;

/// <summary>Looks at several servers that are under way at the same time.</summary>
internal static class FirstSuccess
{
    /// <summary>How long one that is preferred may still take when a later one has succeeded.</summary>
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The result of the first in their order that succeeds. One that takes its time holds up those behind it for a moment only.
    /// Throws when all have failed: <see cref="MisconfiguredException"/> if that is what every one of them says, since another one
    /// may still come to help; otherwise <see cref="RedisLinkException"/>.
    /// </summary>
    public static async Task<T> FirstAsync<T>(IReadOnlyList<Task<T>> looks, CancellationToken cancellation)
    {
        try
        {
            Task? courtesy = null;
            while (true)
            {
                var preferred = looks.FirstOrDefault(look => !look.IsFaulted && !look.IsCanceled);
                if (preferred is null) break;
                if (preferred.IsCompletedSuccessfully) return await preferred.ConfigureAwait(false);

                var succeeded = looks.FirstOrDefault(look => look.IsCompletedSuccessfully);
                if (succeeded is not null)
                {
                    courtesy ??= Task.Delay(Courtesy, cancellation);
                    if (courtesy.IsCompleted) return await succeeded.ConfigureAwait(false);
                }

                var pending = looks.Where(look => !look.IsCompleted).Cast<Task>();
                await Task.WhenAny(courtesy is null ? pending : pending.Append(courtesy)).ConfigureAwait(false);
            }

            cancellation.ThrowIfCancellationRequested();
            throw Failure([.. looks.Select(look => look.Exception?.InnerException).OfType<Exception>()]);
        }
        finally
        {
            foreach (var look in looks) Observe(look);
        }
    }

    /// <summary>Disposes of a result that nobody waits for any more, and lets a failure go.</summary>
    public static void Discard<T>(Task<T> look) => look.ContinueWith(
        static done =>
        {
            if (done.IsCompletedSuccessfully) (done.Result as IDisposable)?.Dispose();
            else _ = done.Exception;
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Lets a failure go that nobody waits for any more.</summary>
    public static void Observe(Task look) => look.ContinueWith(
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
}
