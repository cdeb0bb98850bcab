using System.Diagnostics;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>Where nodes 2 and 3 live.</summary>
internal interface INodes
{
    void Start(int port, SampleSettings settings);

    /// <summary>The node leaves the Akka cluster in good order; returns when it has ended.</summary>
    Task StopAsync(int port);

    /// <summary>Kills the node, which says goodbye to nobody. False where that cannot be done.</summary>
    bool TryKill(int port);
}

/// <summary>In this process, each an actor system of its own.</summary>
internal sealed class NodesHere : INodes
{
    private readonly Dictionary<int, SampleNode> _nodes = [];

    public void Start(int port, SampleSettings settings) => _nodes[port] = SampleNode.Start(port, settings);

    public Task StopAsync(int port) => _nodes[port].LeaveAsync();

    public bool TryKill(int port) => false;
}

/// <summary>Each in a process of its own, which runs this same program.</summary>
internal sealed class NodesElsewhere : INodes
{
    private readonly Dictionary<int, Process> _processes = [];

    public void Start(int port, SampleSettings settings) => _processes[port] = Process.Start(new ProcessStartInfo(
        Environment.ProcessPath!,
        [
            .. IsDotnet ? new[] { "exec", typeof(NodesElsewhere).Assembly.Location } : [],
            "node", $"{port}", $"{settings.SeedPort}", settings.Redis, settings.ServedBy,
        ])
    {
        RedirectStandardInput = true,
    })!;

    public async Task StopAsync(int port)
    {
        // The end of its input tells the process to leave, also when this process is killed.
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

    /// <summary>The program of one of those processes.</summary>
    public static async Task<int> RunNodeAsync(int port, SampleSettings settings)
    {
        var node = SampleNode.Start(port, settings);
        await Console.In.ReadToEndAsync();
        await node.LeaveAsync();
        return 0;
    }

    private static bool IsDotnet => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
}
