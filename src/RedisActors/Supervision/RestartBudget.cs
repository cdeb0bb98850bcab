namespace RedisActors.Supervision;

/// <summary>How many times a connection may be restarted within a sliding stretch of time.</summary>
/// <param name="maxRestarts">The number of restarts; null is without limit.</param>
/// <param name="within">The stretch of time they are counted in.</param>
internal sealed class RestartBudget(int? maxRestarts, TimeSpan within)
{
    private readonly Queue<TimeSpan> _spent = new();

    /// <summary>Nothing is spent any more.</summary>
    public void BeginAnew() => _spent.Clear();

    /// <summary>Takes one restart from the budget, at this time; false when there is none left.</summary>
    public bool TrySpend(TimeSpan now)
    {
        if (maxRestarts is not { } limit) return true;
        while (_spent.TryPeek(out var oldest) && now - oldest >= within) _spent.Dequeue();
        if (_spent.Count >= limit) return false;
        _spent.Enqueue(now);
        return true;
    }
}
