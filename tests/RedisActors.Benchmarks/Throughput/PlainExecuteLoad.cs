using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>StackExchange.Redis sending commands by name, as RedisActors does.</summary>
internal sealed class PlainExecuteLoad : TaskLoad
{
    private readonly IDatabase _database;

    public PlainExecuteLoad(IDatabase database, int inFlight)
        : base(inFlight)
    {
        _database = database;
        Begin();
    }

    protected override async Task FillAsync(int place)
    {
        RedisKey key = Work.KeyOf(place);
        var value = (byte[])Work.Value!;
        while (!Stopped)
        {
            var set = await _database.ExecuteAsync("SET", key, value);
            if ((RedisValue)set != Work.Ok) throw new InvalidOperationException("SET was not done.");
            Count(place);
            var get = await _database.ExecuteAsync("GET", key);
            if ((RedisValue)get != Work.Value) throw new InvalidOperationException("GET gave another value.");
            Count(place);
        }
    }
}
