namespace RedisActors.Benchmarks.Throughput;

/// <summary>A load of tasks, one per slot of the window; each sends its next command when the previous one has been answered.</summary>
internal abstract class TaskLoad : ILoad
{
    private readonly long[] _answered;
    private readonly LatencyRecorder? _latency;
    private Task _places = Task.CompletedTask;
    private volatile bool _stopped;

    protected TaskLoad(LoadShape shape)
    {
        _answered = new long[shape.InFlight];
        _latency = shape.Latency;
    }

    public long Answered
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _answered.Length; i++) sum += Volatile.Read(ref _answered[i]);
            return sum;
        }
    }

    protected bool Stopped => _stopped;

    public Task StopAsync()
    {
        _stopped = true;
        return _places;
    }

    /// <summary>Starts the tasks; call it at the end of the constructor.</summary>
    protected void Begin() => _places = Task.WhenAll(Enumerable.Range(0, _answered.Length).Select(i => Task.Run(() => FillAsync(i))));

    /// <summary>Sends commands one after the other until <see cref="Stopped"/>, and counts each with <see cref="Count"/>.</summary>
    protected abstract Task FillAsync(int place);

    protected void Count(int place)
    {
        Volatile.Write(ref _answered[place], _answered[place] + 1);
        _latency?.Answered(place);
    }
}
