namespace RedisActors.Connection;

/// <summary>
/// Asks anew each quarter of a second while the earlier questions stay open: a packet that a broken network swallowed is sent
/// again by TCP only after ever longer waits, and a new connection finds the network mended at once.
/// </summary>
internal static class HedgedProbe
{
    private const int MostQuestions = 12;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>What the first of the questions comes to that comes to anything.</summary>
    public static async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        var open = new Queue<Question<T>>();
        try
        {
            while (true)
            {
                if (open.Count == MostQuestions) open.Dequeue().Dispose();
                open.Enqueue(new Question<T>(ask, cancellation));
                var next = Task.Delay(Interval, cancellation);
                var first = await Task.WhenAny(open.Select(question => (Task)question.Answer).Append(next)).ConfigureAwait(false);
                if (first is Task<T> answer) return await answer.ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            foreach (var question in open) question.Dispose();
        }
    }

    private sealed class Question<T> : IDisposable
    {
        private readonly CancellationTokenSource _end;

        public Question(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
        {
            _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Answer = ask(_end.Token);
        }

        public Task<T> Answer { get; }

        public void Dispose()
        {
            FirstSuccess.Observe(Answer);
            _end.Cancel();
            _end.Dispose();
        }
    }
}
