using System.Diagnostics;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>StackExchange.Redis, whose backlog keeps commands while there is no connection, with a timeout that lets them wait.</summary>
internal sealed class PlainDrain : IDrainClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ConnectionMultiplexer _multiplexer;
    private readonly bool _executes;
    private readonly Work _work = new(3);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<RedisResult>[] _executed = [];
    private Task<bool>[] _sets = [];
    private Task<RedisValue>[] _gets = [];

    private PlainDrain(ConnectionMultiplexer multiplexer, bool executes)
    {
        _multiplexer = multiplexer;
        _executes = executes;
        multiplexer.ConnectionFailed += (_, failure) =>
        {
            if (failure.ConnectionType == ConnectionType.Interactive) _lost.TrySetResult();
        };
    }

    public static async Task<IDrainClient> ConnectAsync(RedisServer server, bool executes)
    {
        var configuration = ConfigurationOptions.Parse(server.Endpoint);
        configuration.AbortOnConnectFail = false;
        configuration.AsyncTimeout = (int)Patience.TotalMilliseconds;
        return new PlainDrain(await ConnectionMultiplexer.ConnectAsync(configuration), executes);
    }

    public ILoad Start(LoadShape shape)
    {
        IDatabase[] databases = [_multiplexer.GetDatabase()];
        return _executes ? new PlainExecuteLoad(databases, shape) : new PlainLoad(databases, shape);
    }

    public Task LostAsync() => _lost.Task.WaitAsync(Patience);

    public Task SendAsync(int commands)
    {
        var database = _multiplexer.GetDatabase();
        if (_executes)
        {
            var value = (byte[])_work.Value!;
            _executed = new Task<RedisResult>[commands];
            for (var i = 0; i < commands; i++)
            {
                RedisKey key = Work.KeyOf(i / 2);
                _executed[i] = i % 2 == 0 ? database.ExecuteAsync("SET", key, value) : database.ExecuteAsync("GET", key);
            }

            return Task.CompletedTask;
        }

        _sets = new Task<bool>[(commands + 1) / 2];
        _gets = new Task<RedisValue>[commands / 2];
        for (var i = 0; i < commands; i++)
        {
            RedisKey key = Work.KeyOf(i / 2);
            if (i % 2 == 0) _sets[i / 2] = database.StringSetAsync(key, _work.Value);
            else _gets[i / 2] = database.StringGetAsync(key);
        }

        return Task.CompletedTask;
    }

    public async Task<long> DrainedAsync()
    {
        await Task.WhenAll([.. _executed, .. _sets, .. _gets]).WaitAsync(Patience);
        var last = Stopwatch.GetTimestamp();
        var isCorrect = _sets.All(set => set.Result)
            && _gets.All(get => get.Result == _work.Value)
            && _executed.Index().All(one => (RedisValue)one.Item.Result == (one.Index % 2 == 0 ? Work.Ok : _work.Value));
        return isCorrect ? last : throw new InvalidOperationException("Another reply was expected.");
    }

    public ValueTask DisposeAsync() => _multiplexer.DisposeAsync();
}
