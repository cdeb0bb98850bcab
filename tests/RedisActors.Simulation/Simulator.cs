namespace RedisActors.Simulation;

/// <summary>A seed that shows a violation.</summary>
internal sealed record Finding(int Seed, string Violation);

/// <summary>Runs many seeds, on all processors.</summary>
internal static class Simulator
{
    /// <summary>The first seed, counted from <paramref name="from"/>, that shows a violation; null when none of them does.</summary>
    public static Finding? Search(int from, int seeds, Mutation mutation = Mutation.None)
    {
        Finding? found = null;
        var limit = new Lock();
        Parallel.For(from, from + seeds, (seed, loop) =>
        {
            if (loop.ShouldExitCurrentIteration || SimulatedRun.Go(seed, mutation) is not { } violation) return;
            loop.Break();
            lock (limit)
            {
                if (found is null || seed < found.Seed) found = new Finding(seed, violation);
            }
        });
        return found;
    }

    /// <summary>What happens in one run, step by step.</summary>
    public static List<string> Trace(int seed, Mutation mutation = Mutation.None)
    {
        var lines = new List<string>();
        SimulatedRun.Go(seed, mutation, lines.Add);
        return lines;
    }
}
