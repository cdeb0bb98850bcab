namespace RedisActors.Benchmarks.Herd;

/// <summary>Records when each of a number of connections became ready.</summary>
internal sealed class ReadyTimes(int connections)
{
    private readonly Lock _lock = new();
    private List<long> _times = [];
    private TaskCompletionSource<IReadOnlyList<long>> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Begin()
    {
        lock (_lock)
        {
            _times = [];
            _all = new TaskCompletionSource<IReadOnlyList<long>>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Add(long time)
    {
        lock (_lock)
        {
            _times.Add(time);
            if (_times.Count == connections) _all.SetResult(_times);
        }
    }

    /// <summary>Returns when all are ready.</summary>
    public Task<IReadOnlyList<long>> AllAsync(TimeSpan patience)
    {
        lock (_lock) return _all.Task.WaitAsync(patience);
    }
}
