using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using RedisActors.Hosting;
using RedisActors.Testing;
using Xunit.Abstractions;

namespace RedisActors.Shop.Tests;

/// <summary>Redis is killed again and again while customers order.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private const int Kills = 5;
    private const int CustomersPerSecond = 100;
    private const int MostAtATime = 1_000;
    private const int Stock = 1_000_000;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.6);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1.6);

    private readonly ConcurrentQueue<HttpStatusCode> _answers = new();
    private readonly ConcurrentQueue<string> _placed = new();
    private readonly ConcurrentQueue<(TimeSpan From, TimeSpan To, HttpStatusCode Code)> _readiness = new();
    private readonly ConcurrentQueue<(TimeSpan At, RedisConnectionEvent State)> _states = new();
    private readonly List<(TimeSpan Killed, TimeSpan Started)> _outages = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    [Fact]
    public async Task Five_kills_under_200_requests_a_second_lose_and_double_nothing_and_readiness_tells_the_truth()
    {
        await using var shop = await ShopHost.OpenAsync(new Dictionary<string, string>
        {
            ["Health:Grace"] = Grace.ToString(),
            ["Catalogue:0:Stock"] = $"{Stock}",
        });
        shop.Services.GetRequiredService<RedisClient>().StateChanged += state => _states.Enqueue((_clock.Elapsed, state));
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(shop, stop.Token);
        var customers = CustomersAsync(shop, stop.Token);
        for (var kill = 0; kill < Kills; kill++)
        {
            await OrdersGoOnAsync();
            var killed = _clock.Elapsed;
            shop.Redis.Kill();
            await Task.Delay(Away);
            await Eventually.HoldsAsync("somebody has looked beyond the grace", () =>
                _states.Where(told => told.State is RedisLost && told.At > killed).Take(1).Any(lost => _readiness.Any(look => look.From > lost.At + Grace)));
            _outages.Add((killed, _clock.Elapsed));
            await shop.Redis.StartAgainAsync();
        }

        await OrdersGoOnAsync();
        await stop.CancelAsync();
        await customers;
        await watching;

        var placed = _placed.Count;
        output.WriteLine($"{_answers.Count} requests in {_clock.Elapsed.TotalSeconds:0.0} s, {placed} orders, {_readiness.Count} looks at the readiness");
        Assert.All(_answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.True(_answers.Count > 200 * 8, $"only {_answers.Count} requests");
        await Eventually.HoldsAsync("all orders are fulfilled", async () => await shop.FulfilledAsync() >= placed);
        Assert.Equal(
            (placed, placed, placed, Stock - placed),
            (await shop.OrdersAsync(), await shop.FulfilledAsync(), await shop.NumberAsync("ZSCORE", "bestsellers", "book"), await shop.StockAsync("book")));
        var entries = (await shop.Redis.ExecuteAsync("XRANGE", "orders", "-", "+")).Items.Select(entry => entry.Items[1].Items[1].Text);
        Assert.Equal(_placed.Order(), entries.Order());
        ReadinessToldTheTruth();
    }

    /// <summary>
    /// A new customer every 10 ms, whatever became of those before: one fills a cart, and orders. Fewer, where the machine is too busy for that.
    /// </summary>
    private async Task CustomersAsync(ShopHost shop, CancellationToken stop)
    {
        var start = _clock.Elapsed;
        List<Task> all = [];
        while (!stop.IsCancellationRequested)
        {
            while (all.Count < (_clock.Elapsed - start).TotalSeconds * CustomersPerSecond && all.Count < _placed.Count + MostAtATime)
            {
                all.Add(CustomerAsync(shop, $"customer-{all.Count}"));
            }

            await Task.Delay(5, CancellationToken.None);
        }

        await Task.WhenAll(all);
    }

    private async Task CustomerAsync(ShopHost shop, string customer)
    {
        using var added = await shop.AddAsync(customer, "book");
        _answers.Enqueue(added.StatusCode);
        var ordered = await shop.OrderAsync(customer, $"{customer}-order");
        _answers.Enqueue(ordered);
        if (ordered == HttpStatusCode.OK) _placed.Enqueue($"{customer}-order");
    }

    private async Task WatchAsync(ShopHost shop, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var from = _clock.Elapsed;
            var health = await shop.HealthAsync();
            _readiness.Enqueue((from, _clock.Elapsed, health.Code));
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>What was placed in the outage is done, and more is.</summary>
    private async Task OrdersGoOnAsync()
    {
        var target = _placed.Count + CustomersPerSecond;
        await Eventually.HoldsAsync("orders go on, and the shop is ready", () => _placed.Count > target && _readiness.LastOrDefault().Code == HttpStatusCode.OK);
    }

    /// <summary>
    /// A look falls between two times of ours, and what it is compared with is as well: when the server was killed and started again, and when the
    /// application heard of that. So this needs no leeway for a busy machine.
    /// </summary>
    private void ReadinessToldTheTruth()
    {
        var outages = _outages.Select(outage =>
        {
            var lost = _states.First(told => told.State is RedisLost && told.At > outage.Killed).At;
            var ready = _states.First(told => told.State is RedisReady && told.At > lost).At;
            return (outage.Killed, Lost: lost, outage.Started, Ready: ready);
        }).ToArray();
        foreach (var outage in outages)
        {
            Assert.InRange(outage.Lost, outage.Killed, outage.Killed + Away);
            var beyond = _readiness.Where(look => look.From > outage.Lost + Grace && look.To < outage.Started).ToArray();
            Assert.NotEmpty(beyond);
            Assert.All(beyond, look => Assert.Equal(HttpStatusCode.ServiceUnavailable, look.Code));
        }

        // And at no other time.
        Assert.All(
            _readiness.Where(look => look.Code != HttpStatusCode.OK),
            look => Assert.Contains(outages, outage => look.To >= outage.Killed + Grace && look.From <= outage.Ready));
    }
}
