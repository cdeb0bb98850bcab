using System.Diagnostics;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>What a run waits for, and says of itself.</summary>
internal static class Progress
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task HoldsAsync(string what, Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Patience) throw new TimeoutException($"Not within {Patience.TotalSeconds} s: {what}");
            await Task.Delay(20);
        }

        Say($"{what} ({clock.Elapsed.TotalSeconds:F1} s)");
    }

    public static void Say(string what) => Console.WriteLine($"{DateTime.Now:HH:mm:ss.fff} {what}");
}
