using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>StackExchange.Redis as usually used: its typed method for each command, awaited.</summary>
internal sealed class PlainLoad : TaskLoad
{
    private readonly IReadOnlyList<IDatabase> _databases;
    private readonly RedisValue _value;

    public PlainLoad(IReadOnlyList<IDatabase> databases, LoadShape shape)
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
        while (!Stopped)
        {
            if (!await database.StringSetAsync(key, _value)) throw new InvalidOperationException("SET was not done.");
            Count(place);
            if (await database.StringGetAsync(key) != _value) throw new InvalidOperationException("GET gave another value.");
            Count(place);
        }
    }
}
