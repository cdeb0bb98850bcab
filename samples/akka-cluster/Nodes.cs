using System.Diagnostics;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>Where nodes 2 and 3 live.</summary>
internal interface INodes
{
    void Start(int port, string redis, string servedBy);

    /// <summary>The node leaves the cluster in good order; returns when it has ended.</summary>
    Task StopAsync(int port);

    /// <summary>The node ends in this moment, and has said goodbye to nobody. False where that cannot be done.</summary>
    bool TryKill(int port);
}

/// <summary>In this process, each an actor system of its own.</summary>
internal sealed class NodesHere : INodes
{
    private readonly Dictionary<int, SampleNode> _nodes = [];

    public void Start(int port, string redis, string servedBy) => _nodes[port] = SampleNode.Start(port, redis, servedBy);

    public Task StopAsync(int port) => _nodes[port].LeaveAsync();

    public bool TryKill(int port) => false;
}

/// <summary>Each in a process of its own: this program once more.</summary>
internal sealed class NodesElsewhere : INodes
{
    private readonly Dictionary<int, Process> _processes = [];

    public void Start(int port, string redis, string servedBy) => _processes[port] = Process.Start(new ProcessStartInfo(
        Environment.ProcessPath!,
        [
            .. IsDotnet ? new[] { "exec", typeof(NodesElsewhere).Assembly.Location } : [],
            "node", $"{port}", redis, servedBy,
        ])
    {
        RedirectStandardInput = true,
    })!;

    public async Task StopAsync(int port)
    {
        // The end of its input is the sign to leave; it comes too when this process is killed.
        using var process = _processes[port];
        process.StandardInput.Close();
        await process.WaitForExitAsync();
    }

    public bool TryKill(int port)
    {
        using var process = _processes[port];
        process.Kill();
        return true;
    }

    private static bool IsDotnet => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
}

/// <summary>The program of one of those processes.</summary>
internal static class ChildNode
{
    public static async Task<int> RunAsync(int port, string redis, string servedBy)
    {
        var node = SampleNode.Start(port, redis, servedBy);
        await Console.In.ReadToEndAsync();
        await node.LeaveAsync();
        return 0;
    }
}
