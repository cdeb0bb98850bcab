using System.Net;
using RedisActors.Testing;

namespace RedisActors.Shop.Tests;

/// <summary>What the shop does on a good day.</summary>
public sealed class ShopTests : IAsyncLifetime
{
    private ShopHost _shop = null!;

    public async Task InitializeAsync() => _shop = await ShopHost.OpenAsync(new Dictionary<string, string> { ["Orders:PerMinute"] = "8" });

    public async Task DisposeAsync() => await _shop.DisposeAsync();

    [Fact]
    public async Task What_is_in_the_cart_is_ordered_fulfilled_and_counted()
    {
        using var reader = new StreamReader(await _shop.Http.GetStreamAsync("news"));
        Assert.Equal("data: The news of the shop", await reader.ReadLineAsync());
        await Eventually.HoldsAsync("the news are subscribed to", async () =>
            (await _shop.Redis.ExecuteAsync("PUBSUB", "CHANNELS", "news")).Items.Count == 1);
        await _shop.AddAsync("ada", "book");
        await _shop.AddAsync("ada", "book");
        await _shop.AddAsync("ada", "mug");
        Assert.Equal("""{"book":2,"mug":1}""", await _shop.Http.GetStringAsync("carts/ada"));

        Assert.Equal(HttpStatusCode.OK, await _shop.OrderAsync("ada"));

        Assert.Equal("{}", await _shop.Http.GetStringAsync("carts/ada"));
        Assert.Equal(HttpStatusCode.Conflict, await _shop.OrderAsync("ada"));
        await Eventually.HoldsAsync(async () => await _shop.FulfilledAsync() == 1);
        Assert.Equal("""{"book":2,"mug":1}""", await _shop.Http.GetStringAsync("bestsellers"));
        Assert.Equal((998, 499), (await _shop.StockAsync("book"), await _shop.StockAsync("mug")));
        Assert.Equal("", await reader.ReadLineAsync());
        Assert.Equal("data: ada: book=2;mug=1", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_request_that_is_repeated_is_the_same_order()
    {
        await _shop.AddAsync("ada", "book");
        Assert.Equal(HttpStatusCode.OK, await _shop.OrderAsync("ada", "one"));
        Assert.Equal(HttpStatusCode.OK, await _shop.OrderAsync("ada", "one"));

        Assert.Equal((1, 999), (await _shop.OrdersAsync(), await _shop.StockAsync("book")));
    }

    [Fact]
    public async Task Two_windows_of_one_customer_order_a_cart_once()
    {
        await _shop.AddAsync("ada", "book");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _shop.OrderAsync("ada")));

        Assert.Equal(1, answers.Count(answer => answer == HttpStatusCode.OK));
        Assert.Equal(5, answers.Count(answer => answer == HttpStatusCode.Conflict));
        Assert.Equal((1, 999), (await _shop.OrdersAsync(), await _shop.StockAsync("book")));
    }

    [Fact]
    public async Task Five_posters_go_to_five_of_twenty_customers()
    {
        var customers = Enumerable.Range(0, 20).Select(number => $"customer-{number}").ToArray();
        await Task.WhenAll(customers.Select(customer => _shop.AddAsync(customer, "poster")));

        var answers = await Task.WhenAll(customers.Select(customer => _shop.OrderAsync(customer)));

        Assert.Equal(5, answers.Count(answer => answer == HttpStatusCode.OK));
        Assert.Equal(15, answers.Count(answer => answer == HttpStatusCode.Conflict));
        Assert.Equal((5, 0), (await _shop.OrdersAsync(), await _shop.StockAsync("poster")));
    }

    [Fact]
    public async Task A_customer_places_so_many_orders_a_minute_and_another_one_is_not_held_up()
    {
        // A window may end in between.
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _shop.OrderAsync("ada")));

        Assert.InRange(answers.Count(answer => answer == HttpStatusCode.TooManyRequests), 4, 12);
        Assert.Equal(HttpStatusCode.Conflict, await _shop.OrderAsync("bob"));
    }

    [Fact]
    public async Task The_description_of_a_product_is_cached_in_Redis()
    {
        Assert.Equal("A book about actors, 30 €", await _shop.Http.GetStringAsync("products/book"));
        await Eventually.HoldsAsync(async () => (await _shop.Redis.ExecuteAsync("EXISTS", "product:book")).AsInt64() == 1);

        Assert.Equal("A book about actors, 30 €", await _shop.Http.GetStringAsync("products/book"));
    }

    [Fact]
    public async Task It_opens_while_Redis_is_away_and_the_first_customers_wait_for_it()
    {
        await using var shop = await ShopHost.OpenAsync(redisIsAway: true);
        Assert.Equal("Healthy", (await shop.HealthAsync("live")).Status);
        Assert.Equal("Degraded", (await shop.HealthAsync()).Status);
        var customers = Enumerable.Range(0, 100).Select(async number =>
        {
            using var added = await shop.AddAsync($"customer-{number}", "book");
            return await shop.OrderAsync($"customer-{number}");
        }).ToArray();
        await Eventually.HoldsAsync("they wait", async () => int.Parse((await shop.HealthAsync()).Data["stashed"]) >= 100);

        await shop.Redis.StartAgainAsync();

        Assert.All(await Task.WhenAll(customers), answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal((100, 900), (await shop.OrdersAsync(), await shop.StockAsync("book")));
    }

    [Fact]
    public async Task The_page_is_there_and_the_shop_is_alive_and_ready()
    {
        Assert.Contains("<h1>Shop</h1>", await _shop.Http.GetStringAsync(""));
        Assert.Equal("Healthy", (await _shop.HealthAsync("live")).Status);
        Assert.Equal("Healthy", (await _shop.HealthAsync()).Status);
    }
}
