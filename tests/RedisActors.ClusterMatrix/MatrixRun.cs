using System.Text.Json;

namespace RedisActors.ClusterMatrix;

/// <summary>Runs rows, each in a process and a network of its own.</summary>
/// <param name="seconds">How long the load goes on before a fault, and after it.</param>
/// <param name="inFlight">How many commands are unanswered at a time.</param>
/// <param name="logs">A folder where what the nodes say is kept; null: nowhere.</param>
/// <param name="end">Ends it early; nothing is left then either.</param>
internal sealed class MatrixRun(int seconds, int inFlight, string? logs, CancellationToken end)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private string? _whyNoNetworks;

    /// <param name="faults">Their names.</param>
    /// <param name="ways">Their names.</param>
    /// <param name="atATime">How many rows run side by side.</param>
    public async Task<IReadOnlyList<RowResult>> RunAsync(IEnumerable<string> faults, IReadOnlyList<string> ways, int atATime)
    {
        await Network.RemoveLeftoversAsync();
        _whyNoNetworks = await Network.WhyNotAsync();
        if (_whyNoNetworks is not null) Console.Error.WriteLine($"No network namespaces here ({_whyNoNetworks}); all is on the loopback address.");

        using var turns = new SemaphoreSlim(atATime);
        var plans = faults.SelectMany(fault => ways.Select(way => (Fault.Named(fault), way)));
        return await Task.WhenAll(plans.Select(async (plan, number) =>
        {
            await turns.WaitAsync(end);
            try
            {
                var row = await RunRowAsync(number + 1, plan.Item1, plan.way);
                Console.Error.WriteLine(Say(row));
                return row;
            }
            finally
            {
                turns.Release();
            }
        }));
    }

    private async Task<RowResult> RunRowAsync(int number, Fault fault, string way)
    {
        var row = new RowResult(fault.Name, way);
        if (fault.NeedsNetwork && _whyNoNetworks is not null) return row with { Skipped = "it needs network namespaces" };
        Network? network = null;
        try
        {
            network = _whyNoNetworks is null ? await Network.CreateAsync(number, fault.Nodes) : null;
            var folder = logs is null
                ? Directory.CreateTempSubdirectory("redis-actors-matrix-")
                : Directory.CreateDirectory(Path.Combine(logs, $"{fault.Name}-{way}"));
            return await RunProcessAsync(new RowPlan(fault.Name, way, seconds, inFlight, folder.FullName, network?.Name))
                ?? row with { Failure = "the row's process failed" };
        }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException)
        {
            return row with { Failure = error.Message };
        }
        finally
        {
            if (network is not null) await Network.RemoveAsync(network.Name);
        }
    }

    /// <summary>The process and all that it starts are gone when this returns, whatever happens, and so is its folder.</summary>
    private async Task<RowResult?> RunProcessAsync(RowPlan plan)
    {
        var output = Path.Combine(plan.Folder, "row.log");
        string[] launcher = plan.Network is { } name ? new Network(name).Launcher(1) : [];
        var process = GuardedProcess.Start(
            plan.Folder, output, [.. launcher, .. RowCluster.Self, "row", JsonSerializer.Serialize(plan)]);
        try
        {
            await process.Exited.WaitAsync(Patience, end);
            return JsonSerializer.Deserialize<RowResult>(await File.ReadAllTextAsync(plan.ResultFile, end));
        }
        catch (FileNotFoundException)
        {
            Console.Error.WriteLine(string.Join('\n', File.ReadLines(output).TakeLast(20)));
            return null;
        }
        finally
        {
            process.Kill();
            if (logs is null) process.Dispose();
            else process.Dismiss();
        }
    }

    private static string Say(RowResult row) =>
        $"{row.Fault}, {row.Way}: " + (row switch
        {
            { Skipped: { } why } => $"skipped: {why}",
            { Failure: { } why } => $"failed: {why}",
            _ when MatrixTable.Broken(row).ToList() is { Count: > 0 } broken => $"{row.Seconds:F0} s; broken: {string.Join(", ", broken)}",
            _ => $"{row.Seconds:F0} s; all kept",
        }) + string.Concat(row.Notes.Concat(row.Violations.Take(3)).Select(note => $"; {note}"));
}
