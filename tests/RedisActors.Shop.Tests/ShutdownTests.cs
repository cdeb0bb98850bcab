using System.Collections.Concurrent;
using System.Net;
using RedisActors.Testing;

namespace RedisActors.Shop.Tests;

/// <summary>The shop closes while customers order.</summary>
public sealed class ShutdownTests : IAsyncLifetime
{
    private const int Customers = 32;

    private readonly ConcurrentQueue<HttpStatusCode> _answers = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = Customers + 1 });
    private RedisServer _redis = null!;
    private int _items;
    private int _orders;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SIGTERM_under_load_ends_with_every_request_answered(bool redisIsAway)
    {
        using var shop = ShopProcess.Start(_redis.Endpoint);
        _http.BaseAddress = await shop.AddressAsync();

        // Somebody reads the news and does not leave by herself.
        using var news = await _http.GetAsync("news", HttpCompletionOption.ResponseHeadersRead);
        var customers = Enumerable.Range(0, Customers).Select(CustomerAsync).ToArray();
        await Eventually.HoldsAsync(() => Volatile.Read(ref _orders) > 200);

        if (redisIsAway) _redis.Kill();
        shop.Terminate();
        if (redisIsAway)
        {
            await Task.Delay(500);
            await _redis.StartAgainAsync();
        }

        await shop.EndAsync();
        await Task.WhenAll(customers);

        Assert.All(_answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal(_orders, (await _redis.ExecuteAsync("XLEN", "orders")).AsInt64());
        var taken = (2 * ShopProcess.Stock) - await LeftAsync("book") - await LeftAsync("mug");
        Assert.Equal(_orders, taken);
        Assert.Equal(_items - _orders, await InCartsAsync());
    }

    /// <summary>Fills a cart and orders, one request at a time, until the shop takes no more.</summary>
    private async Task CustomerAsync(int number)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                var customer = $"customer-{number}-{i}";
                if (await PostAsync($"carts/{customer}/{(number % 2 == 0 ? "book" : "mug")}")) Interlocked.Increment(ref _items);
                if (await PostAsync($"orders/{customer}")) Interlocked.Increment(ref _orders);
            }
        }
        catch (HttpRequestException)
        {
            // It does not listen any more.
        }
    }

    private async Task<bool> PostAsync(string path)
    {
        using var answer = await _http.PostAsync(path, null);
        _answers.Enqueue(answer.StatusCode);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private async Task<long> LeftAsync(string item) => long.Parse((await _redis.ExecuteAsync("HGET", "stock", item)).Text);

    private async Task<int> InCartsAsync() => (await _redis.ExecuteAsync("KEYS", "cart:*")).Items.Count;
}
