using RedisActors;
using RedisActors.Hosting;
using StackExchange.Redis;

namespace Shop;

/// <summary>Orders go to a stream, from which <see cref="Fulfilment"/> takes them.</summary>
public sealed class Orders(RedisClient redis, Carts carts, Stock stock)
{
    internal const string Stream = "orders";
    internal const string Bestsellers = "bestsellers";

    /// <summary>
    /// Places an order for what is in the cart. Asked for again with the same id, it is the same order: each step has the id as its
    /// idempotency key.
    /// </summary>
    public async Task<IResult> PlaceAsync(string customer, string id, CancellationToken aborted = default)
    {
        // Two windows of one customer, on two servers of the shop, do not order one cart twice.
        await using var held = await redis.LockAsync($"checkout:{customer}", cancellation: aborted);
        if (!(await redis.ExecuteAsync("GET", $"order:{id}")).IsNull) return Results.Ok(new Placed(id));
        var lines = await carts.GetAsync(customer, aborted);
        if (lines.Count == 0) return Results.Conflict("The cart is empty.");
        held.ThrowIfLost();

        // From here on nobody gives up because a browser is gone: the stock would be taken, and nothing ordered.
        if (await stock.TakeAsync(id, lines) is { } missing) return Results.Conflict($"There is not enough of {missing}.");
        await redis.ExecuteAsync(new RedisTransaction(
            new RedisCommand("XADD", Stream, "*", "id", id, "customer", customer, "lines", Write(lines)),
            new RedisCommand("SET", $"order:{id}", customer, "EX", 86_400),
            new RedisCommand("DEL", Carts.KeyOf(customer)))
        {
            Delivery = DeliveryMode.ExactlyOnce,
            IdempotencyKey = $"order:{id}:placed",
        });
        return Results.Ok(new Placed(id));
    }

    public async Task<Dictionary<string, double>> BestsellersAsync(CancellationToken aborted = default)
    {
        var best = await redis.ExecuteAsync(new RedisCommand("ZREVRANGE", Bestsellers, 0, 9, "WITHSCORES"), aborted);
        return best.Value.AsArray().Chunk(2).ToDictionary(pair => pair[0].AsString()!, pair => pair[1].AsDouble());
    }

    internal static IEnumerable<(string Item, long Number)> Read(string lines) =>
        lines.Split(';').Select(line => line.Split('=')).Select(line => (line[0], long.Parse(line[1])));

    private static RedisValue Write(Dictionary<string, long> lines) => string.Join(';', lines.Select(line => $"{line.Key}={line.Value}"));
}

public sealed record Placed(string Order);
