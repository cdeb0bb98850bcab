using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>RedisActors from outside actors: each command is awaited by <c>ExecuteAsync</c>.</summary>
internal sealed class ExecuteLoad : TaskLoad
{
    private readonly IReadOnlyList<IActorRef> _redis;
    private readonly RedisValue _value;

    public ExecuteLoad(IReadOnlyList<IActorRef> redis, LoadShape shape)
        : base(shape)
    {
        _redis = redis;
        _value = shape.Work.Value;
        Begin();
    }

    protected override async Task FillAsync(int place)
    {
        var redis = _redis[place % _redis.Count];
        RedisValue key = Work.KeyOf(place);
        while (!Stopped)
        {
            var set = await redis.ExecuteAsync(new RedisCommand("SET", key, _value));
            if (set.Value.AsRedisValue() != Work.Ok) throw new InvalidOperationException("SET was not done.");
            Count(place);
            var get = await redis.ExecuteAsync(new RedisCommand("GET", key));
            if (get.Value.AsRedisValue() != _value) throw new InvalidOperationException("GET gave another value.");
            Count(place);
        }
    }
}
