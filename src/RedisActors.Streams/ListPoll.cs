using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Streams;

/// <summary>
/// Takes elements from a list. Exactly once, that is in two steps, since a command that blocks can keep no token: it waits by moving the first
/// element to where it is (<c>BLMOVE key key LEFT LEFT</c>), and takes with <c>LPOP</c>.
/// </summary>
internal sealed class ListPoll(IActorRef redis, RedisListOptions options) : IPoll<RedisValue>
{
    private string Side => options.End == RedisListEnd.Left ? "LEFT" : "RIGHT";

    private string Letter => options.End == RedisListEnd.Left ? "L" : "R";

    public Task<IReadOnlyList<RedisValue>> NextAsync(CancellationToken stopping) =>
        options.Delivery == DeliveryMode.ExactlyOnce ? TakeOnceAsync(stopping) : TakeAsync(stopping);

    /// <summary>At the end where they were, in the order in which they were.</summary>
    public Task PutBackAsync(IReadOnlyList<RedisValue> elements) => Patiently.ExecuteAsync(
        redis,
        new RedisCommand($"{Letter}PUSH", [options.Key, .. elements.Reverse()])
        {
            Database = options.Database,
            Delivery = options.Delivery == DeliveryMode.ExactlyOnce ? DeliveryMode.ExactlyOnce : DeliveryMode.AtMostOnce,
        });

    private async Task<IReadOnlyList<RedisValue>> TakeOnceAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            // It is not given up: it may have taken something.
            var reply = await Patiently.ExecuteAsync(
                redis,
                new RedisCommand($"{Letter}POP", options.Key, options.MaxBatch) { Database = options.Database, Delivery = DeliveryMode.ExactlyOnce })
                .ConfigureAwait(false);
            if (!reply.Value.IsNull) return [.. reply.Value.AsArray().Select(element => element.AsRedisValue())];
            await Patiently.ExecuteUnlessAsync(
                redis,
                new RedisCommand("BLMOVE", options.Key, options.Key, Side, Side, 0) { Database = options.Database, Delivery = DeliveryMode.AtLeastOnce },
                stopping).ConfigureAwait(false);
        }

        return [];
    }

    /// <summary>The RedisActor puts back what the server took for a command that was given up.</summary>
    private async Task<IReadOnlyList<RedisValue>> TakeAsync(CancellationToken stopping)
    {
        var reply = await Patiently.ExecuteUnlessAsync(
            redis, new RedisCommand($"B{Letter}POP", options.Key, 0) { Database = options.Database, Delivery = options.Delivery }, stopping)
            .ConfigureAwait(false);
        return reply is null ? [] : [reply.Value.AsArray()[1].AsRedisValue()];
    }
}
