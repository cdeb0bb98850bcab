using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>A contender in a process of its own, which can be suspended and resumed.</summary>
internal sealed class ContenderProcess : IDisposable
{
    private const string StopFile = "stop";
    private const string ErrorFile = "errors";
    private const string LedgerFile = "ledger";

    private readonly string _folder;
    private readonly GuardedProcess _process;

    private ContenderProcess(string folder, GuardedProcess process)
    {
        _folder = folder;
        _process = process;
    }

    public static ContenderProcess Start(string name, string endpoint)
    {
        var folder = Directory.CreateTempSubdirectory("redis-actors-contender-").FullName;
        string[] command = [Environment.ProcessPath!, "exec", typeof(ContenderProcess).Assembly.Location, "contender", name, endpoint, folder];
        return new ContenderProcess(folder, GuardedProcess.Start(folder, Path.Combine(folder, ErrorFile), command));
    }

    /// <summary>The program.</summary>
    public static async Task RunAsync(string name, string endpoint, string folder)
    {
        await using var system = new LeaseSystem(endpoint, LeaseSystem.Fast);
        await using var ledger = File.CreateText(Path.Combine(folder, LedgerFile));
        ledger.AutoFlush = true;
        await new LeaseContender(name, system.Lease(name), name.Length).RunAsync(
            held => ledger.WriteLine(held), () => File.Exists(Path.Combine(folder, StopFile)));
    }

    public void Suspend() => Signals.Send(_process.Id, Signals.Suspend);

    public void Resume() => Signals.Send(_process.Id, Signals.Resume);

    public int Holdings => Lines().Length;

    /// <summary>Lets it finish, and returns its holdings.</summary>
    public async Task<IEnumerable<Held>> FinishAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, StopFile), string.Empty);
        var code = await _process.Exited.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, $"The contender ended with {code}. {await File.ReadAllTextAsync(Path.Combine(_folder, ErrorFile))}");
        return Lines().Select(Held.Parse);
    }

    public void Dispose()
    {
        _process.Kill();

        // With the folder.
        _process.Dispose();
    }

    private string[] Lines()
    {
        var file = Path.Combine(_folder, LedgerFile);
        if (!File.Exists(file)) return [];
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
