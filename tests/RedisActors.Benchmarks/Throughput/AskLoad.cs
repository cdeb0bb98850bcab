using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>RedisActors from outside actors: each command is awaited by Akka's <c>Ask</c>.</summary>
internal sealed class AskLoad : TaskLoad
{
    private readonly IActorRef _redis;

    public AskLoad(IActorRef redis, int inFlight)
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
            var set = await _redis.Ask<RedisReply>(new RedisCommand("SET", key, Work.Value));
            if (set.Value.AsRedisValue() != Work.Ok) throw new InvalidOperationException("SET was not done.");
            Count(place);
            var get = await _redis.Ask<RedisReply>(new RedisCommand("GET", key));
            if (get.Value.AsRedisValue() != Work.Value) throw new InvalidOperationException("GET gave another value.");
            Count(place);
        }
    }
}
