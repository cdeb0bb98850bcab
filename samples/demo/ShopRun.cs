using System.Diagnostics;
using System.Globalization;
using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>
/// The sample shop, open at a local address, while its Redis goes away again and again and customers order. At the end it says what became
/// of their orders.
/// </summary>
internal sealed class ShopRun : IDisposable
{
    private const string Shop = "RedisActors.Samples.Shop";
    private const int Stock = 100_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly DemoOptions _options;
    private readonly IPrivateServer _server;
    private readonly HttpClient _http = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _asked;
    private int _answered;
    private int _failed;
    private int _placed;

    private ShopRun(DemoOptions options, IPrivateServer server)
    {
        _options = options;
        _server = server;
        _http.BaseAddress = new Uri($"http://127.0.0.1:{LoopbackPorts.PickFree()}/");
    }

    /// <summary>Runs until the time is up or <paramref name="stop"/>. The exit code is 0 only if no order was lost or doubled.</summary>
    public static async Task<int> RunAsync(DemoOptions options, CancellationToken stop)
    {
        if (OperatingSystem.IsWindows())
        {
            Console.Error.WriteLine("The demo of the shop needs a Unix shell. Start the shop itself: dotnet run --project samples/shop");
            return 1;
        }

        await using var server = await PrivateServer.StartAsync(options.Server);
        using var run = new ShopRun(options, server);
        return await run.RunAsync(stop);
    }

    public void Dispose() => _http.Dispose();

    private async Task<int> RunAsync(CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("redis-actors-shop-").FullName;
        using var shop = StartShop(folder);
        try
        {
            if (!await OpensAsync(shop, Path.Combine(folder, "output"))) return 1;
            Say($"The shop is open at {_http.BaseAddress}");
            using var timeIsUp = CancellationTokenSource.CreateLinkedTokenSource(stop);
            timeIsUp.CancelAfter(_options.Duration);
            var faults = InjectFaultsAsync(timeIsUp.Token);
            var watching = WatchAsync(timeIsUp.Token);
            await CustomersAsync(timeIsUp.Token);
            await faults;
            await watching;
            return await CompareAsync();
        }
        finally
        {
            Signals.Send(shop.Id, Signals.Terminate);
            await Task.WhenAny(shop.Exited, Task.Delay(Patience, CancellationToken.None));
            shop.Kill();
        }
    }

    /// <summary>It is in a sibling of this program's folder.</summary>
    private GuardedProcess StartShop(string folder)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(here.Parent!.Parent!.FullName, Shop, here.Name);
        return GuardedProcess.Start(folder, Path.Combine(folder, "output"),
        [
            "dotnet", Path.Combine(program, $"{Shop}.dll"), "--contentRoot", program, "--urls", $"{_http.BaseAddress}",
            $"--ConnectionStrings:redis={_server.Endpoint}", $"--Catalogue:0:Stock={Stock}",
        ]);
    }

    private async Task<bool> OpensAsync(GuardedProcess shop, string output)
    {
        while (_clock.Elapsed < Patience && !shop.Exited.IsCompleted)
        {
            if (await ReadinessAsync() == "OK") return true;
            await Task.Delay(20, CancellationToken.None);
        }

        Console.Error.WriteLine($"The shop does not open.\n{await File.ReadAllTextAsync(output)}");
        return false;
    }

    private async Task<string> ReadinessAsync()
    {
        try
        {
            using var answer = await _http.GetAsync("health/ready");
            return $"{answer.StatusCode}";
        }
        catch (HttpRequestException)
        {
            return "no answer";
        }
    }

    /// <summary>So many a second, whatever became of those before: each puts a book into a cart, and orders it.</summary>
    private async Task CustomersAsync(CancellationToken stop)
    {
        var start = _clock.Elapsed;
        List<Task> customers = [];
        while (!stop.IsCancellationRequested)
        {
            while (customers.Count * 2 < (_clock.Elapsed - start).TotalSeconds * _options.Rate) customers.Add(CustomerAsync($"customer-{customers.Count}"));
            await Task.Delay(5, CancellationToken.None);
        }

        await Task.WhenAll(customers);
    }

    private async Task CustomerAsync(string customer)
    {
        if (await PostAsync($"carts/{customer}/book") && await PostAsync($"orders/{customer}")) Interlocked.Increment(ref _placed);
    }

    private async Task<bool> PostAsync(string path)
    {
        Interlocked.Increment(ref _asked);
        try
        {
            using var answer = await _http.PostAsync(path, null);
            if (answer.IsSuccessStatusCode) return true;
            Say($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            Say($"{path}: {error.Message}");
        }
        finally
        {
            Interlocked.Increment(ref _answered);
        }

        Interlocked.Increment(ref _failed);
        return false;
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Say($"{_answered} requests answered, {_asked - _answered} wait, {_failed} failed; {_placed} orders; ready: {await ReadinessAsync()}");
        }
    }

    private async Task InjectFaultsAsync(CancellationToken stop)
    {
        var plan = FaultPlan.Make(_options.Duration, _options.Faults, _server.CanBeSuspended);
        try
        {
            foreach (var fault in plan.Faults)
            {
                var wait = fault.At + TimeSpan.FromSeconds(1) - _clock.Elapsed;
                await Task.Delay(wait > FaultPlan.MinGap ? wait : FaultPlan.MinGap, stop);
                await InjectAsync(fault.Kind, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped in the middle of a fault: those who wait need the server.
        }
        finally
        {
            await BringBackAsync();
        }
    }

    private async Task InjectAsync(FaultKind kind, CancellationToken stop)
    {
        if (kind == FaultKind.ClientKill)
        {
            Say($"CLIENT KILL: the server closed {await _server.KillClientsAsync()} connections");
            return;
        }

        Say(kind == FaultKind.Stall ? "SIGSTOP: Redis replies to nothing" : _server.SurvivesKill ? "kill -9: Redis is gone" : "orderly stop: Redis is gone");
        if (kind == FaultKind.Stall) _server.Suspend();
        else await _server.EndAsync();
        await Task.Delay(kind.Away, stop);
        await BringBackAsync();
        Say("Redis is back");
    }

    private async Task BringBackAsync()
    {
        if (_server.IsSuspended) _server.Resume();
        if (!_server.IsRunning) await _server.StartAgainAsync();
    }

    /// <summary>What the customers were told, beside what the server has.</summary>
    private async Task<int> CompareAsync()
    {
        long orders = (await _server.ExecuteAsync("XLEN", "orders")).AsInt64(), fulfilled = 0;
        var limit = _clock.Elapsed + Patience;
        while (fulfilled < orders && _clock.Elapsed < limit)
        {
            await Task.Delay(20, CancellationToken.None);
            fulfilled = await NumberAsync("GET", "fulfilled");
        }

        var sold = Stock - await NumberAsync("HGET", "stock", "book");
        var lost = Math.Max(0, _placed - Math.Min(orders, Math.Min(fulfilled, sold)));
        var doubled = Math.Max(0, Math.Max(orders, Math.Max(fulfilled, sold)) - _placed);
        Console.WriteLine($"shop requests={_answered} failed={_failed} orders={_placed} fulfilled={fulfilled} lost={lost} doubled={doubled}");
        return _failed == 0 && lost == 0 && doubled == 0 && _placed > 0 ? 0 : 1;
    }

    private async Task<long> NumberAsync(params string[] command) =>
        (await _server.ExecuteAsync(command)).Text is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    private void Say(string text) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,6:0.0} s  {text}"));
}
