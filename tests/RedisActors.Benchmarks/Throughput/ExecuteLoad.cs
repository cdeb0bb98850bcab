using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>RedisActors from outside actors: each command is awaited by <c>ExecuteAsync</c>.</summary>
internal sealed class ExecuteLoad : TaskLoad
{
    private readonly IActorRef _redis;

    public ExecuteLoad(IActorRef redis, int inFlight)
        : base(inFlight)
    {
        _redis = redis;
        Begin();
    }

    protected override async Task FillAsync(int place)
    {
        RedisValue key = Work.KeyOf(place);
        while (!Stopped)
        {
            var set = await _redis.ExecuteAsync(new RedisCommand("SET", key, Work.Value));
            if (set.Value.AsRedisValue() != Work.Ok) throw new InvalidOperationException("SET was not done.");
            Count(place);
            var get = await _redis.ExecuteAsync(new RedisCommand("GET", key));
            if (get.Value.AsRedisValue() != Work.Value) throw new InvalidOperationException("GET gave another value.");
            Count(place);
        }
    }
}
