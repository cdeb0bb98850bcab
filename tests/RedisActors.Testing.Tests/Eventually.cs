using System.Diagnostics;

namespace RedisActors.Testing.Tests;

internal static class Eventually
{
    /// <summary>Returns when the condition holds; fails when it has not come to hold after 20 seconds.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "The condition did not come to hold within 20 s.");
            await Task.Delay(5);
        }
    }

    public static Task HoldsAsync(Func<bool> condition) => HoldsAsync(() => Task.FromResult(condition()));
}
