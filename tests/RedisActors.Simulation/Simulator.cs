namespace RedisActors.Simulation;

/// <summary>A seed that shows a violation.</summary>
internal sealed record Finding(int Seed, string Violation);

/// <summary>Runs many seeds, on threads of its own: one per processor, so that nobody who needs the thread pool has to wait.</summary>
internal static class Simulator
{
    /// <summary>The first seed, counted from <paramref name="from"/>, that shows a violation; null when none of them does.</summary>
    public static Finding? Search(int from, int seeds, Mutation mutation = Mutation.None) =>
        Search(from, seeds, seed => SimulatedRun.Go(seed, mutation));

    /// <summary>The same for runs of another kind.</summary>
    public static Finding? Search(int from, int seeds, Func<int, string?> go)
    {
        var limit = new Lock();
        Finding? found = null;
        var next = from - 1;
        var threads = new Thread[Environment.ProcessorCount];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true, Name = "simulation" };
            threads[i].Start();
        }

        foreach (var thread in threads) thread.Join();
        return found;

        // Seeds are taken in order, so whoever finds one has left no earlier one that nobody looks at.
        void Work()
        {
            while (Volatile.Read(ref found) is null && Interlocked.Increment(ref next) is var seed && seed - from < seeds)
            {
                if (go(seed) is not { } violation) continue;
                lock (limit)
                {
                    if (found is null || seed < found.Seed) Volatile.Write(ref found, new Finding(seed, violation));
                }
            }
        }
    }

    /// <summary>What happens in one run, step by step.</summary>
    public static List<string> Trace(int seed, Mutation mutation = Mutation.None)
    {
        var lines = new List<string>();
        SimulatedRun.Go(seed, mutation, lines.Add);
        return lines;
    }
}
