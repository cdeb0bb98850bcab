using System.Diagnostics;

namespace RedisActors.Testing;

/// <summary>The recovery from one fault; see <see cref="CommandLedger.AwaitRecovery"/>.</summary>
public sealed class LedgerRecovery
{
    private readonly long _sentSince;
    private readonly TaskCompletionSource<TimeSpan> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LedgerRecovery(string fault, long since, long sentSince)
    {
        Fault = fault;
        Since = since;
        _sentSince = sentSince;
    }

    public string Fault { get; }

    /// <summary>The <see cref="Stopwatch"/> time stamp at which the server was back.</summary>
    public long Since { get; }

    /// <summary>Completes with the time it took.</summary>
    public Task<TimeSpan> Done => _done.Task;

    /// <summary>The time it took, or has taken so far.</summary>
    public TimeSpan Elapsed => _done.Task.IsCompletedSuccessfully ? _done.Task.Result : Stopwatch.GetElapsedTime(Since);

    internal bool Applied(long sentAt, long now)
    {
        if (now < Since || sentAt < _sentSince) return false;

        _done.TrySetResult(Stopwatch.GetElapsedTime(Since, now));
        return true;
    }
}
