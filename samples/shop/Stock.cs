using Microsoft.Extensions.Options;
using RedisActors;
using RedisActors.Hosting;
using StackExchange.Redis;

namespace Shop;

/// <summary>How many of each item are left: a hash.</summary>
public sealed class Stock(RedisClient redis, IOptions<List<Product>> catalogue)
{
    /// <summary>All of it or nothing, and never below zero. Returns the item of which there is too little; or nothing.</summary>
    public const string Take =
        """
        for i = 1, #ARGV, 2 do
          if tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '0') < tonumber(ARGV[i + 1]) then return ARGV[i] end
        end
        for i = 1, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], -ARGV[i + 1]) end
        return ''
        """;

    private const string Key = "stock";

    /// <summary>Takes what an order needs: once, also if it is asked for again under the same order.</summary>
    /// <returns>The item of which there is too little; null: it is taken.</returns>
    public async Task<string?> TakeAsync(string order, IReadOnlyDictionary<string, long> lines, CancellationToken aborted = default)
    {
        RedisValue[] arguments = [.. lines.SelectMany(line => new RedisValue[] { line.Key, line.Value })];
        var take = new RedisScript(Take, [Key], arguments) { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = $"stock:{order}" };
        return (await redis.ExecuteAsync(take, aborted)).Value.AsString() is { Length: > 0 } missing ? missing : null;
    }

    public async Task<IEnumerable<Product>> ListAsync(CancellationToken aborted = default)
    {
        var left = (await redis.ExecuteAsync(new RedisCommand("HGETALL", Key), aborted)).Value.AsDictionary();
        return catalogue.Value.Select(product => product with
        {
            Stock = left.TryGetValue(product.Id, out var number) ? number.AsInt64() : 0,
        });
    }

    /// <summary>What the page about a product shows. It takes its time, as what comes from elsewhere does, so it is cached.</summary>
    public async ValueTask<string> DescribeAsync(string id)
    {
        await Task.Delay(50);
        return catalogue.Value.FirstOrDefault(product => product.Id == id) is { } product ? $"{product.Name}, {product.Price} €" : "No such product";
    }

    /// <summary>Fills the shelves, where they are new, however long Redis is away.</summary>
    public Task FillAsync(CancellationToken aborted) => Task.WhenAll(catalogue.Value.Select(product =>
        redis.ExecuteAsync(
            new RedisCommand("HSETNX", Key, product.Id, product.Stock)
            {
                Delivery = DeliveryMode.AtLeastOnce,
                Timeout = Timeout.InfiniteTimeSpan,
            },
            aborted)));
}

public sealed record Product
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public decimal Price { get; init; }

    public long Stock { get; init; }
}

/// <summary>
/// The shop opens. Redis need not be there yet. The multiplexer is made now, and not by the first customers, who would all wait for it.
/// </summary>
public sealed class Opening(Stock stock, IConnectionMultiplexer multiplexer) : BackgroundService
{
    public IConnectionMultiplexer Multiplexer => multiplexer;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => stock.FillAsync(stoppingToken);
}
