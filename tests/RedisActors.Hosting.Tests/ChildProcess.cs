using RedisActors.Testing;

namespace RedisActors.Hosting.Tests;

/// <summary>One of the programs of this assembly, in a process of its own.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const string OutputFile = "output";

    private readonly string _folder;
    private readonly GuardedProcess _process;

    private ChildProcess(string folder, GuardedProcess process)
    {
        _folder = folder;
        _process = process;
    }

    public string Output => File.ReadAllText(Path.Combine(_folder, OutputFile));

    public static ChildProcess Start(string program, string redis, string hocon = "")
    {
        var folder = Directory.CreateTempSubdirectory("redis-actors-program-").FullName;
        string[] command = [Environment.ProcessPath!, "exec", typeof(ChildProcess).Assembly.Location, program, redis, hocon];
        return new ChildProcess(folder, GuardedProcess.Start(folder, Path.Combine(folder, OutputFile), command));
    }

    /// <summary>Returns the rest of the line that begins with these words, when it has been written.</summary>
    public async Task<string> SaidAsync(string words)
    {
        string? line = null;
        await Until.HoldsAsync($"it says '{words}'", () =>
        {
            Assert.False(_process.Exited.IsCompleted && !Output.Contains(words), $"The program ended and never said '{words}'.\n{Output}");
            line = Output.Split('\n').SkipLast(1).FirstOrDefault(line => line.StartsWith(words, StringComparison.Ordinal));
            return Task.FromResult(line is not null);
        });
        return line![words.Length..].Trim();
    }

    public void Terminate() => Signals.Send(_process.Id, Signals.Terminate);

    /// <summary>Returns when the program has ended, with exit code 0.</summary>
    public async Task EndAsync()
    {
        var code = await _process.Exited.WaitAsync(Until.Patience);
        Assert.True(code == 0, $"The program ended with {code}.\n{Output}");
    }

    public void Dispose()
    {
        _process.Kill();

        // With the folder.
        _process.Dispose();
    }
}
