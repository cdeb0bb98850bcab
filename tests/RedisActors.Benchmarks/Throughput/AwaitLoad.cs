using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>RedisActors from outside actors: each command is awaited.</summary>
internal sealed class AwaitLoad : TaskLoad
{
    private readonly IReadOnlyList<IActorRef> _redis;
    private readonly Func<IActorRef, RedisCommand, Task<RedisReply>> _send;
    private readonly RedisValue _value;

    /// <param name="redis">The connections.</param>
    /// <param name="shape">How much, and of what.</param>
    /// <param name="send">Sends a command, and gives its reply.</param>
    public AwaitLoad(IReadOnlyList<IActorRef> redis, LoadShape shape, Func<IActorRef, RedisCommand, Task<RedisReply>> send)
        : base(shape)
    {
        _redis = redis;
        _send = send;
        _value = shape.Work.Value;
        Begin();
    }

    protected override async Task FillAsync(int place)
    {
        var redis = _redis[place % _redis.Count];
        RedisValue key = Work.KeyOf(place);
        while (!Stopped)
        {
            var set = await _send(redis, new RedisCommand("SET", key, _value));
            if (set.Value.AsRedisValue() != Work.Ok) throw new InvalidOperationException("SET was not done.");
            Count(place);
            var get = await _send(redis, new RedisCommand("GET", key));
            if (get.Value.AsRedisValue() != _value) throw new InvalidOperationException("GET gave another value.");
            Count(place);
        }
    }
}
