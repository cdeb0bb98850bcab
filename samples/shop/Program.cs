using System.Threading.RateLimiting;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using RedisActors;
using RedisActors.AspNetCore;
using RedisActors.Hosting;
using RedisRateLimiting;
using Shop;
using StackExchange.Redis;

// dotnet run --project samples/shop                    with a Redis at localhost:6379; the page is at the address it prints
// eng/demo --shop                                      with a Redis of its own that is killed again and again, and customers
var builder = WebApplication.CreateBuilder(args);

// One supervised connection for all: a RedisClient for commands, a multiplexer for the libraries that want one.
builder.Services.AddAkka("shop", akka => akka
    .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory())
    .WithRedisConnectionString("redis")
    .WithRedisHealthChecks(builder.Configuration.GetSection("Health").Bind)
    .WithActors((system, registry) => system.StartFulfilment(registry)));
builder.Services.AddRedisClient();
builder.Services.AddRedisMultiplexer(delivery: DeliveryMode.ExactlyOnce);

builder.Services.AddSingleton<Carts>().AddSingleton<Stock>().AddSingleton<Orders>().AddSingleton<News>();
builder.Services.Configure<List<Product>>(builder.Configuration.GetSection("Catalogue"));
builder.Services.AddHostedService<Opening>();
builder.Services.AddHealthChecks();
builder.Services.AddHybridCache();
builder.Services.AddStackExchangeRedisCache(_ => { });
builder.Services.AddOptions<RedisCacheOptions>().Configure<IServiceProvider>((cache, services) =>
    cache.ConnectionMultiplexerFactory = () => Task.FromResult(services.GetRequiredService<IConnectionMultiplexer>()));
builder.Services.AddRateLimiter(limiter =>
{
    limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
    limiter.AddPolicy("orders", http => RedisRateLimitPartition.GetFixedWindowRateLimiter(
        $"orders:{http.Request.RouteValues["customer"]}",
        _ => new RedisFixedWindowRateLimiterOptions
        {
            ConnectionMultiplexerFactory = () => http.RequestServices.GetRequiredService<IConnectionMultiplexer>(),
            PermitLimit = builder.Configuration.GetValue("Orders:PerMinute", 30),
            Window = TimeSpan.FromMinutes(1),
        }));
});
builder.AddTelemetry();

var app = builder.Build();
app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Outcomes.AnswerAsync, SuppressDiagnosticsCallback = _ => true });
app.UseRateLimiter();
app.UseDefaultFiles().UseStaticFiles();

app.MapGet("/products", (Stock stock, CancellationToken aborted) => stock.ListAsync(aborted));
app.MapGet("/products/{id}", (string id, Stock stock, HybridCache cache, CancellationToken aborted) =>
    cache.GetOrCreateAsync($"product:{id}", _ => stock.DescribeAsync(id), cancellationToken: aborted));
app.MapGet("/carts/{customer}", (string customer, Carts carts, CancellationToken aborted) => carts.GetAsync(customer, aborted));
app.MapPost("/carts/{customer}/{item}", (string customer, string item, Carts carts, CancellationToken aborted) =>
    carts.AddAsync(customer, item, 1, aborted));
app.MapPost("/orders/{customer}", (string customer, HttpRequest request, Orders orders, CancellationToken aborted) =>
    orders.PlaceAsync(customer, request.Headers["Idempotency-Key"].FirstOrDefault() ?? Guid.NewGuid().ToString("N"), aborted))
    .RequireRateLimiting("orders");
app.MapGet("/bestsellers", (Orders orders, CancellationToken aborted) => orders.BestsellersAsync(aborted));
app.MapGet("/news", (News news, CancellationToken aborted) => TypedResults.ServerSentEvents(news.ReadAsync(aborted)));

app.MapShopHealth();

// In Development only: elsewhere it wants a policy, and the shop has no logins.
app.MapRedisActors("/redis");

await app.RunAsync();
