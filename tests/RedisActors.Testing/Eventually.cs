using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RedisActors.Testing;

/// <summary>Waits for what comes to hold by itself. What the condition throws, it throws; see <see cref="Until"/>.</summary>
public static class Eventually
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <summary>How long what several processes have to agree on may take.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="condition">The condition; it is looked at every 5 ms.</param>
    /// <param name="what">What it is, for the error.</param>
    /// <exception cref="TimeoutException">It has not come to hold within 20 s.</exception>
    public static Task HoldsAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(what, condition, Soon);

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, string)"/>
    public static Task HoldsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(() => Task.FromResult(condition()), what);

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="what">What it is, for the error.</param>
    /// <param name="condition">The condition; it is looked at every 5 ms.</param>
    /// <exception cref="TimeoutException">It has not come to hold within <see cref="Patience"/>.</exception>
    public static Task HoldsAsync(string what, Func<Task<bool>> condition) => HoldsAsync(what, condition, Patience);

    /// <inheritdoc cref="HoldsAsync(string, Func{Task{bool}})"/>
    public static Task HoldsAsync(string what, Func<bool> condition) => HoldsAsync(what, () => Task.FromResult(condition()));

    private static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition().ConfigureAwait(false))
        {
            if (clock.Elapsed > limit) throw new TimeoutException($"Not within {limit.TotalSeconds} s: {what}");
            await Task.Delay(5).ConfigureAwait(false);
        }
    }
}
