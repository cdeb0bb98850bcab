using System.Collections.Concurrent;
using System.Diagnostics;
using RedisActors.Testing;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary>The ledger of calls that several callers make one after the other, while the server is killed and started again under them.</summary>
internal sealed class Calls
{
    private const int Callers = 4;
    private const int EnoughCalls = 100;

    private readonly ConcurrentQueue<(int Number, long Since, long Until)> _acknowledged = [];
    private readonly ConcurrentQueue<(Exception Error, long Since, long Until)> _failed = [];
    private int _made;
    private long _killed;
    private long _back;
    private long _settled;

    /// <summary>The numbers of the calls that had returned without an error when the server was killed.</summary>
    public IReadOnlyCollection<int> Before => [.. _acknowledged.Where(call => call.Until < _killed).Select(call => call.Number)];

    /// <summary>Of those that began when it was back and everything had settled.</summary>
    public IReadOnlyCollection<int> After => [.. _acknowledged.Where(call => call.Since > _settled).Select(call => call.Number)];

    /// <summary>Of the others that returned without an error.</summary>
    public IReadOnlyCollection<int> Meanwhile => [.. _acknowledged.Select(call => call.Number).Except(Before).Except(After)];

    public IReadOnlyCollection<Exception> Failed => [.. _failed.Select(call => call.Error)];

    public TimeSpan Longest =>
        _acknowledged.Select(call => (call.Since, call.Until)).Concat(_failed.Select(call => (call.Since, call.Until)))
            .Max(call => Stopwatch.GetElapsedTime(call.Since, call.Until));

    /// <summary>From the moment when the server answered again to that of the first call that returned without an error.</summary>
    public TimeSpan BackAfter => Stopwatch.GetElapsedTime(_back, _acknowledged.Select(call => call.Until).Where(until => until > _back).Min());

    /// <param name="server">The server.</param>
    /// <param name="call">Makes the call of a number.</param>
    /// <param name="settles">Completes when everything has settled after the server is back; null: at once.</param>
    /// <param name="away">How long the server is away; null: half a second.</param>
    public static async Task<Calls> ThroughOutageAsync(RedisServer server, Func<int, Task> call, Func<Task>? settles = null, TimeSpan? away = null)
    {
        var calls = new Calls();
        using var end = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => calls.CallAsync(call, end.Token))).ToArray();
        await Eventually.HoldsAsync(() => calls._acknowledged.Count >= EnoughCalls);
        calls._killed = Stopwatch.GetTimestamp();
        server.Kill();
        await Task.Delay(away ?? TimeSpan.FromMilliseconds(500));
        await server.StartAgainAsync();
        calls._back = Stopwatch.GetTimestamp();
        if (settles is not null) await settles();
        calls._settled = Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync(() => calls._acknowledged.Count(answered => answered.Since > calls._settled) >= EnoughCalls);
        await end.CancelAsync();
        await Task.WhenAll(callers);
        return calls;
    }

    public override string ToString()
    {
        var kinds = _failed.GroupBy(call => Kind(call.Error)).Select(kind => $"{kind.Count()} {kind.Key}");
        return $"{_acknowledged.Count + _failed.Count} calls, {_failed.Count} failed ({string.Join(", ", kinds)}), " +
            $"longest {Longest.TotalMilliseconds:0} ms, back after {BackAfter.TotalMilliseconds:0} ms";
    }

    private static string Kind(Exception error) => error.InnerException is { } inner ? $"{error.GetType().Name}<{Kind(inner)}>" : error.GetType().Name;

    private async Task CallAsync(Func<int, Task> call, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _made);
            var since = Stopwatch.GetTimestamp();
            try
            {
                await call(number);
                _acknowledged.Enqueue((number, since, Stopwatch.GetTimestamp()));
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                _failed.Enqueue((error, since, Stopwatch.GetTimestamp()));
            }
        }
    }
}
