using Akka.Actor;
using RedisActors.AkkaCluster.Tests.Sharding;
using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>A node in a process of its own, which can be killed.</summary>
internal sealed class NodeProcess : IDisposable
{
    private readonly GuardedProcess _process;

    private NodeProcess(GuardedProcess process) => _process = process;

    /// <summary>Starts a node that joins another one.</summary>
    public static NodeProcess Start(Node seed, string role, string settings)
    {
        var folder = Directory.CreateTempSubdirectory("redis-actors-node-").FullName;
        string[] command =
        [
            Environment.ProcessPath!, "exec", typeof(NodeProcess).Assembly.Location, "node", seed.Address.ToString(), role, settings,
        ];
        return new NodeProcess(GuardedProcess.Start(folder, Path.Combine(folder, "output"), command));
    }

    /// <summary>The program: the seed's address, role, settings. Runs until it is killed.</summary>
    public static Task RunAsync(string seed, string role, string settings)
    {
        var node = Node.Start("node-process", role, settings);
        node.Cluster.Join(Address.Parse(seed));
        if (role == Carts.Role) Carts.Start(node.System);
        return node.System.WhenTerminated;
    }

    /// <summary>Completes when it has ended.</summary>
    public Task Exited => _process.Exited;

    public void Kill() => _process.Kill();

    public void Suspend() => Signals.Send(_process.Id, Signals.Suspend);

    public void Resume() => Signals.Send(_process.Id, Signals.Resume);

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
