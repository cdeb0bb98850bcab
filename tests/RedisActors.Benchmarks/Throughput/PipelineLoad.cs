using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// StackExchange.Redis with nothing around it: one producer, which waits for the oldest reply, checks it and sends the next command. It is
/// what a library on top of that client has to be measured by.
/// </summary>
internal sealed class PipelineLoad : ILoad
{
    private readonly IReadOnlyList<IDatabase> _databases;
    private readonly RedisValue _value;
    private readonly RedisKey[] _keys;
    private readonly LatencyRecorder? _latency;
    private readonly Task _producer;
    private long _answered;
    private volatile bool _stopped;

    public PipelineLoad(IReadOnlyList<IDatabase> databases, LoadShape shape)
    {
        _databases = databases;
        _value = shape.Work.Value;
        _latency = shape.Latency;
        _keys = [.. Enumerable.Range(0, shape.InFlight).Select(place => (RedisKey)Work.KeyOf(place))];
        _producer = Task.Run(ProduceAsync);
    }

    public long Answered => Volatile.Read(ref _answered);

    public Task StopAsync()
    {
        _stopped = true;
        return _producer;
    }

    private async Task ProduceAsync()
    {
        var set = new Task<bool>[_keys.Length];
        var get = new Task<RedisValue>[_keys.Length];
        for (var place = 0; place < _keys.Length; place++) set[place] = DatabaseOf(place).StringSetAsync(_keys[place], _value);
        while (!_stopped)
        {
            for (var place = 0; place < _keys.Length; place++)
            {
                if (!await set[place]) throw new InvalidOperationException("SET was not done.");
                Count(place);
                get[place] = DatabaseOf(place).StringGetAsync(_keys[place]);
            }

            for (var place = 0; place < _keys.Length; place++)
            {
                if (await get[place] != _value) throw new InvalidOperationException("GET gave another value.");
                Count(place);
                set[place] = DatabaseOf(place).StringSetAsync(_keys[place], _value);
            }
        }

        await Task.WhenAll(set);
    }

    private IDatabase DatabaseOf(int place) => _databases[place % _databases.Count];

    private void Count(int place)
    {
        Volatile.Write(ref _answered, _answered + 1);
        _latency?.Answered(place);
    }
}
