using RedisActors;
using RedisActors.Hosting;

namespace Shop;

/// <summary>A hash for each customer: how many of which item.</summary>
public sealed class Carts(RedisClient redis)
{
    /// <summary>Adds to what is there, once, whatever happens to the connection; returns how many there are now.</summary>
    public async Task<long> AddAsync(string customer, string item, int number, CancellationToken aborted = default)
    {
        var add = new RedisCommand("HINCRBY", KeyOf(customer), item, number) { Delivery = DeliveryMode.ExactlyOnce };
        return (await redis.ExecuteAsync(add, aborted)).Value.AsInt64();
    }

    public async Task<Dictionary<string, long>> GetAsync(string customer, CancellationToken aborted = default)
    {
        var cart = await redis.ExecuteAsync(new RedisCommand("HGETALL", KeyOf(customer)), aborted);
        return cart.Value.AsDictionary().ToDictionary(line => line.Key, line => line.Value.AsInt64());
    }

    internal static string KeyOf(string customer) => $"cart:{customer}";
}
