using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace RedisActors.Ecosystem.Tests.Services;

/// <summary>What a library is given.</summary>
public enum Client
{
    /// <summary>StackExchange.Redis' own multiplexer, as one connects it.</summary>
    Plain,

    /// <summary>That of the RedisActor, with the default delivery.</summary>
    Supervised,

    /// <summary>The same, exactly-once.</summary>
    ExactlyOnce,
}

/// <summary>
/// A library at work while its server is killed and comes back: who calls it, how many of the calls failed, and how long the longest took.
/// </summary>
internal sealed class OutageRun : IAsyncDisposable
{
    private const int CallsBefore = 100;
    private const int CallsAfter = 100;
    private const int LongestFailure = 300;

    private static readonly TimeSpan Away = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(20);

    private static readonly Regex Number = new("[0-9]+");

    private readonly Client _client;
    private readonly List<ActorSystem> _systems = [];
    private readonly List<IConnectionMultiplexer> _connections = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private long _calls;
    private long _longest;

    private OutageRun(RedisServer server, Client client)
    {
        Server = server;
        _client = client;
    }

    public RedisServer Server { get; }

    public IConnectionMultiplexer Multiplexer => _connections[0];

    /// <summary>How many calls have come back.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>What was thrown, in words.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public static async Task<OutageRun> StartAsync(Client client)
    {
        var run = new OutageRun(await RedisServer.StartAsync(), client);
        await run.ConnectAsync();
        return run;
    }

    /// <summary>The multiplexer of one more process, so to speak.</summary>
    public async Task<IConnectionMultiplexer> ConnectAsync()
    {
        _connections.Add(_client == Client.Plain ? await ConnectionMultiplexer.ConnectAsync(Server.Endpoint) : Supervised());
        return _connections[^1];
    }

    /// <summary>Calls something, and notes what became of it.</summary>
    /// <returns>Whether it succeeded.</returns>
    public async Task<bool> CallAsync(Func<Task> call)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await call();
            return true;
        }
        catch (Exception error)
        {
            _failures.Enqueue($"{error.GetType().Name}: {error.GetBaseException().Message.Split('\n')[0]}");
            return false;
        }
        finally
        {
            var took = Stopwatch.GetElapsedTime(begun).Ticks;
            for (var longest = Interlocked.Read(ref _longest); took > longest; longest = Interlocked.Read(ref _longest))
            {
                if (Interlocked.CompareExchange(ref _longest, took, longest) == longest) break;
            }

            Interlocked.Increment(ref _calls);
        }
    }

    /// <summary>Several callers call, each one after the other, while the server is killed and comes back half a second later.</summary>
    public async Task UnderLoadAsync(int callers, Func<int, Task> call)
    {
        using var stop = new CancellationTokenSource();
        var loops = Enumerable.Range(0, callers).Select(caller => Task.Run(() => LoopAsync(caller))).ToArray();
        await UntilCallsAsync(CallsBefore);
        await OutageAsync();
        await UntilCallsAsync(Calls + CallsAfter);
        await stop.CancelAsync();
        await Task.WhenAll(loops);

        async Task LoopAsync(int caller)
        {
            while (!stop.IsCancellationRequested)
            {
                if (!await CallAsync(() => call(caller))) await Task.Delay(AfterFailure);
            }
        }
    }

    /// <summary>kill -9, nothing for half a second, and a new start with the append-only file.</summary>
    public async Task OutageAsync()
    {
        Server.Kill();
        await Task.Delay(Away);
        await Server.StartAgainAsync();
    }

    /// <summary>Writes down what is measured.</summary>
    public void Report(ITestOutputHelper output, string library, string more = "")
    {
        var longest = TimeSpan.FromTicks(Interlocked.Read(ref _longest));
        var kinds = _failures.Select(failure => Number.Replace(failure, "#")).GroupBy(failure => failure[..Math.Min(failure.Length, LongestFailure)]);
        output.WriteLine(
            $"{library}, {_client}: {Calls} calls, {_failures.Count} failed, longest {longest.TotalSeconds:0.00} s; {more}");
        foreach (var kind in kinds.OrderByDescending(kind => kind.Count()).Take(3)) output.WriteLine($"  {kind.Count()} x {kind.Key}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        foreach (var system in _systems) await system.Terminate();
        await Server.DisposeAsync();
    }

    private IConnectionMultiplexer Supervised()
    {
        var system = ActorSystem.Create("ecosystem", ConfigurationFactory.ParseString($$"""
            akka.loglevel = WARNING
            redis-actors.default.endpoint = "{{Server.Endpoint}}"
            """));
        _systems.Add(system);
        return RedisExtension.Get(system).Multiplexer(_client == Client.ExactlyOnce ? DeliveryMode.ExactlyOnce : null);
    }

    private async Task UntilCallsAsync(long calls)
    {
        var clock = Stopwatch.StartNew();
        while (Calls < calls && clock.Elapsed < Patience) await Task.Delay(10);
    }
}
