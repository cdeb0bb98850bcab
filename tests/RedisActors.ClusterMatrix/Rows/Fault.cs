namespace RedisActors.ClusterMatrix;

/// <summary>What happens to the node that serves, or to Redis.</summary>
/// <param name="Name">As on the command line and in the table.</param>
/// <param name="InjectAsync">Does it, and returns when it is over.</param>
internal sealed record Fault(string Name, Func<RowCluster, Task> InjectAsync)
{
    /// <summary>With the one that sends.</summary>
    public int Nodes { get; private init; } = 3;

    /// <summary>Whether only a network of its own can have it.</summary>
    public bool NeedsNetwork { get; private init; }

    /// <summary>Whether the node does not come back.</summary>
    public bool StaysAway { get; private init; }

    private static readonly TimeSpan UntilDowned = TimeSpan.FromSeconds(15);
    private static readonly (int, int)[] Split = [(2, 1), (2, 4), (2, 5), (3, 1), (3, 4), (3, 5)];

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("killed", cluster => DoAsync(() => cluster.Kill(RowCluster.Serving))) { StaysAway = true },
        new("restarted", cluster => DoAsync(() =>
        {
            cluster.Kill(RowCluster.Serving);
            cluster.StartNode(RowCluster.Serving);
        })),
        new("leaves", cluster => cluster.LeaveAsync(RowCluster.Serving)),
        new("stopped-10s", cluster => StopAsync(cluster, TimeSpan.FromSeconds(10))),

        // What another node has applied is forgotten by then, also what it got only when the node that was stopped had been removed.
        new("stopped-90s", cluster => StopAsync(cluster, TimeSpan.FromSeconds(90))),
        new("cut-from-nodes", cluster => cluster.CutAsync(cluster.ToNodes, UntilDowned)) { NeedsNetwork = true },
        new("cut-from-redis", cluster => cluster.CutAsync(RowCluster.ToRedis, UntilDowned)) { NeedsNetwork = true },
        new("cut-from-both", cluster => cluster.CutAsync(cluster.ToNodes.Concat(RowCluster.ToRedis), UntilDowned)) { NeedsNetwork = true },
        new("split-2-3", cluster => cluster.CutAsync(Split, UntilDowned)) { NeedsNetwork = true, Nodes = 5 },
        new("flapping", FlapAsync) { NeedsNetwork = true },
        new("reset", ResetAsync) { NeedsNetwork = true },
        new("redis-killed", async cluster =>
        {
            cluster.Server.Kill();
            await Task.Delay(TimeSpan.FromSeconds(3));
            await cluster.Server.StartAgainAsync();
        }),
    ];

    public static Fault Named(string name) => All.Single(fault => fault.Name == name);

    private static Task DoAsync(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static async Task StopAsync(RowCluster cluster, TimeSpan time)
    {
        cluster.Suspend(RowCluster.Serving);
        await Task.Delay(time);
        cluster.Resume(RowCluster.Serving);
    }

    private static async Task FlapAsync(RowCluster cluster)
    {
        for (var second = 0; second < 15; second += 2)
        {
            await cluster.CutAsync(cluster.ToNodes, TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task ResetAsync(RowCluster cluster)
    {
        // Akka.Remote connects again after five seconds.
        var sockets = 0;
        for (var second = 0; second < 15; second += 2)
        {
            sockets += await cluster.ResetAsync();
            await Task.Delay(TimeSpan.FromSeconds(2));
        }

        cluster.Note($"sockets reset: {sockets}");
        if (sockets == 0) throw new SkippedException("ss -K closed no socket; the kernel has to permit it (CONFIG_INET_DIAG_DESTROY)");
    }
}

/// <summary>The machine cannot make this fault.</summary>
internal sealed class SkippedException(string why) : Exception(why);
