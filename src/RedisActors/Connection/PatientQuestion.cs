namespace RedisActors.Connection;

/// <summary>
/// Asks anew each quarter of a second while the earlier questions stay open: a packet that a broken network swallowed is sent again
/// by TCP only after ever longer waits, and a new connection finds the network mended at once.
/// </summary>
internal static class PatientQuestion
{
    private const int MostQuestions = 12;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>What the first of the questions comes to that comes to anything.</summary>
    public static async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var open = new List<Task<T>>();
        try
        {
            while (true)
            {
                if (open.Count < MostQuestions) open.Add(ask(enough.Token));
                var first = await Task.WhenAny([.. open, Task.Delay(Interval, enough.Token)]).ConfigureAwait(false);
                if (first is Task<T> answer) return await answer.ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await enough.CancelAsync().ConfigureAwait(false);
            foreach (var question in open) SideBySide.Observe(question);
        }
    }
}
