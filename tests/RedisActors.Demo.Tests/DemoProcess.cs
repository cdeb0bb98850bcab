using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RedisActors.Demo.Tests;

/// <summary>A demo in a process of its own, with a folder of its own for temporary files.</summary>
internal sealed class DemoProcess : IDisposable
{
    private const int SignalTerminate = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _clock = new(Patience);

    private readonly string _temporary;
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private DemoProcess(Process process, string temporary)
    {
        _process = process;
        _temporary = temporary;
    }

    public int ExitCode => _process.ExitCode;

    /// <summary>The folders of the demo's server.</summary>
    public string[] Folders => Directory.GetDirectories(_temporary, "redis-actors-*");

    /// <summary>The port of the server, which the demo's first line ends with.</summary>
    public int Port => int.Parse(_lines[0].Split(':')[^1], CultureInfo.InvariantCulture);

    public static DemoProcess Start(params string[] arguments) => Start(arguments, _ => { });

    public static DemoProcess StartWithEmptyPath(params string[] arguments) =>
        Start(arguments, start => start.Environment["PATH"] = string.Empty);

    /// <summary>Reads until a line holds the text, and returns that line.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (await ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        }

        throw new InvalidOperationException($"The demo ended and never said '{text}'.");
    }

    /// <summary>Waits for the demo to end and returns all its lines, those read before included.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        while (await ReadLineAsync() is not null)
        {
        }

        await _process.WaitForExitAsync(_clock.Token);
        return _lines;
    }

    /// <summary>Returns when no folder of a server is left.</summary>
    public async Task UntilFoldersAreGoneAsync()
    {
        while (Folders.Length > 0) await Task.Delay(10, _clock.Token);
    }

    public void Terminate() => Assert.Equal(0, SendSignal(_process.Id, SignalTerminate));

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        _clock.Dispose();
        if (Directory.Exists(_temporary)) Directory.Delete(_temporary, recursive: true);
    }

    private static DemoProcess Start(string[] arguments, Action<ProcessStartInfo> configure)
    {
        var temporary = Directory.CreateTempSubdirectory("redis-actors-demo-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.Environment["TMPDIR"] = temporary;

        // Otherwise the runtime of a killed process leaves its diagnostics' sockets in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.ArgumentList.Add(typeof(DemoOptions).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        configure(start);
        return new DemoProcess(Process.Start(start)!, temporary);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int processId, int signal);

    private async Task<string?> ReadLineAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync(_clock.Token);
        if (line is not null) _lines.Add(line);
        return line;
    }
}
