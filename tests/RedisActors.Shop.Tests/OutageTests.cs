using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using RedisActors.Testing;
using Xunit.Abstractions;

namespace RedisActors.Shop.Tests;

/// <summary>Redis is killed again and again while customers order.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private const int Kills = 5;
    private const int CustomersPerSecond = 100;
    private const int Stock = 1_000_000;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.6);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1.6);

    /// <summary>What a busy machine takes.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(0.4);

    private readonly ConcurrentQueue<HttpStatusCode> _answers = new();
    private readonly ConcurrentQueue<string> _placed = new();
    private readonly ConcurrentQueue<(TimeSpan From, TimeSpan To, HttpStatusCode Code)> _readiness = new();
    private readonly List<(TimeSpan From, TimeSpan To)> _outages = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    [Fact]
    public async Task Five_kills_under_200_requests_a_second_lose_and_double_nothing_and_readiness_tells_the_truth()
    {
        await using var shop = await ShopHost.OpenAsync(new Dictionary<string, string>
        {
            ["Health:Grace"] = Grace.ToString(),
            ["Catalogue:0:Stock"] = $"{Stock}",
        });
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(shop, stop.Token);
        var customers = CustomersAsync(shop, stop.Token);
        for (var kill = 0; kill < Kills; kill++)
        {
            await OrdersGoOnAsync();
            var from = _clock.Elapsed;
            shop.Redis.Kill();
            await Task.Delay(Away);
            _outages.Add((from, _clock.Elapsed));
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

    /// <summary>A new customer every 10 ms, whatever became of those before: one fills a cart, and orders.</summary>
    private async Task CustomersAsync(ShopHost shop, CancellationToken stop)
    {
        var start = _clock.Elapsed;
        List<Task> all = [];
        while (!stop.IsCancellationRequested)
        {
            while (all.Count < (_clock.Elapsed - start).TotalSeconds * CustomersPerSecond) all.Add(CustomerAsync(shop, $"customer-{all.Count}"));
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

    private void ReadinessToldTheTruth()
    {
        foreach (var (from, to) in _outages)
        {
            Assert.All(
                _readiness.Where(look => look.From >= from && look.To < from + Grace),
                look => Assert.Equal(HttpStatusCode.OK, look.Code));
            var beyond = _readiness.Where(look => look.From > from + Grace + Slack && look.To < to).ToArray();
            Assert.NotEmpty(beyond);
            Assert.All(beyond, look => Assert.Equal(HttpStatusCode.ServiceUnavailable, look.Code));
        }

        // At no other time.
        var unready = _readiness.Where(look => look.Code != HttpStatusCode.OK);
        Assert.All(unready, look => Assert.Contains(_outages, outage => look.To >= outage.From + Grace && look.From < outage.To + (2 * Slack)));
    }
}
