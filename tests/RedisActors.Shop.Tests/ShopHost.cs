using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using RedisActors.Testing;

namespace RedisActors.Shop.Tests;

/// <summary>The shop in this process, over a Redis server of its own.</summary>
internal sealed class ShopHost : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory;

    private ShopHost(RedisServer redis, WebApplicationFactory<Program> factory)
    {
        Redis = redis;
        _factory = factory;
        Http = factory.CreateClient();
    }

    public RedisServer Redis { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _factory.Services;

    /// <param name="settings">Settings of the application, beside its <c>appsettings.json</c>.</param>
    /// <param name="services">Services, beside its own.</param>
    /// <param name="redisIsAway">Whether its Redis is away when it opens.</param>
    public static async Task<ShopHost> OpenAsync(
        IReadOnlyDictionary<string, string>? settings = null, Action<IServiceCollection>? services = null, bool redisIsAway = false)
    {
        var redis = await RedisServer.StartAsync();
        if (redisIsAway) redis.Kill();
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(web =>
        {
            web.UseSetting("ConnectionStrings:redis", redis.Endpoint);
            web.UseSetting("Logging:LogLevel:Default", "None");
            foreach (var (key, value) in settings ?? new Dictionary<string, string>()) web.UseSetting(key, value);
            if (services is not null) web.ConfigureServices(services);
        });
        var shop = new ShopHost(redis, factory);
        if (redisIsAway) return shop;
        await Eventually.HoldsAsync("the shop is open", async () => (await shop.StockAsync("poster")) > 0);
        return shop;
    }

    public Task<HttpResponseMessage> AddAsync(string customer, string item) => Http.PostAsync($"carts/{customer}/{item}", null);

    /// <summary>Places an order for what is in the cart.</summary>
    public async Task<HttpStatusCode> OrderAsync(string customer, string? id = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"orders/{customer}");
        if (id is not null) request.Headers.Add("Idempotency-Key", id);
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>What the server has, by a connection of the test's own.</summary>
    public async Task<long> NumberAsync(params string[] command) =>
        long.Parse((await Redis.ExecuteAsync(command)).Text is { Length: > 0 } text ? text : "0");

    public Task<long> StockAsync(string item) => NumberAsync("HGET", "stock", item);

    public async Task<long> OrdersAsync() => (await Redis.ExecuteAsync("XLEN", "orders")).AsInt64();

    public Task<long> FulfilledAsync() => NumberAsync("GET", "fulfilled");

    public Task<Health> HealthAsync(string tag = "ready") => Health.ReadAsync(Http, tag);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _factory.DisposeAsync();
        await Redis.DisposeAsync();
    }
}

/// <summary>What a health endpoint of the shop answers.</summary>
internal sealed record Health(HttpStatusCode Code, string Status, IReadOnlyDictionary<string, string> Data)
{
    public static async Task<Health> ReadAsync(HttpClient http, string tag)
    {
        using var answer = await http.GetAsync($"health/{tag}");
        var report = await answer.Content.ReadFromJsonAsync<Report>();
        var data = report!.Checks[$"redis-{tag}"].Data.ToDictionary(entry => entry.Key, entry => $"{entry.Value}");
        return new Health(answer.StatusCode, report.Status, data);
    }

    private sealed record Report(string Status, Dictionary<string, Check> Checks);

    private sealed record Check(string Description, Dictionary<string, object> Data);
}
