using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RedisActors.Testing;

/// <summary>Waits for what comes to hold by itself.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="condition">The condition; it is looked at every 5 ms.</param>
    /// <param name="what">What it is, for the error.</param>
    /// <exception cref="TimeoutException">It has not come to hold within 20 s.</exception>
    public static async Task HoldsAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var clock = Stopwatch.StartNew();
        while (!await condition().ConfigureAwait(false))
        {
            if (clock.Elapsed > Patience) throw new TimeoutException($"Not within {Patience.TotalSeconds} s: {what}");
            await Task.Delay(5).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, string)"/>
    public static Task HoldsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(() => Task.FromResult(condition()), what);
}
