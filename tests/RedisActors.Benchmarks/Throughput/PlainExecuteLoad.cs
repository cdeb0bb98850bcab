using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>StackExchange.Redis sending commands by name, as RedisActors does.</summary>
internal sealed class PlainExecuteLoad : TaskLoad
{
    private readonly IReadOnlyList<IDatabase> _databases;
    private readonly RedisValue _value;

    public PlainExecuteLoad(IReadOnlyList<IDatabase> databases, LoadShape shape)
        : base(shape)
    {
        _databases = databases;
        _value = shape.Work.Value;
        Begin();
    }

    protected override async Task FillAsync(int place)
    {
        var database = _databases[place % _databases.Count];
        RedisKey key = Work.KeyOf(place);
        var value = (byte[])_value!;
        while (!Stopped)
        {
            var set = await database.ExecuteAsync("SET", key, value);
            if ((RedisValue)set != Work.Ok) throw new InvalidOperationException("SET was not done.");
            Count(place);
            var get = await database.ExecuteAsync("GET", key);
            if ((RedisValue)get != _value) throw new InvalidOperationException("GET gave another value.");
            Count(place);
        }
    }
}
