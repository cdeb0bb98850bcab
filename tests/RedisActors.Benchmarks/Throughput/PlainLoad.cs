using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>StackExchange.Redis as usually used: its typed method for each command, awaited.</summary>
internal sealed class PlainLoad : TaskLoad
{
    private readonly IDatabase _database;

    public PlainLoad(IDatabase database, int inFlight)
        : base(inFlight)
    {
        _database = database;
        Begin();
    }

    protected override async Task FillAsync(int place)
    {
        RedisKey key = Work.KeyOf(place);
        while (!Stopped)
        {
            if (!await _database.StringSetAsync(key, Work.Value)) throw new InvalidOperationException("SET was not done.");
            Count(place);
            if (await _database.StringGetAsync(key) != Work.Value) throw new InvalidOperationException("GET gave another value.");
            Count(place);
        }
    }
}
