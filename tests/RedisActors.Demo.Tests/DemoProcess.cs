using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RedisActors.Demo.Tests;

internal sealed class DemoProcess : IDisposable
{
    private const int SignalTerminate = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _clock = new(Patience);

    private readonly Process _process;
    private readonly List<string> _lines = [];

    private DemoProcess(Process process)
    {
        _process = process;
    }

    public int ExitCode => _process.ExitCode;

    /// <summary>The port of the server, as the demo's first line tells it.</summary>
    public int Port => int.Parse(_lines[0].Split(':')[^1], CultureInfo.InvariantCulture);

    public static DemoProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };

        // Otherwise the runtime of a killed process leaves its diagnostics' sockets in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.ArgumentList.Add(typeof(DemoOptions).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new DemoProcess(Process.Start(start)!);
    }

    /// <summary>Reads until a line holds the text.</summary>
    public async Task ReadUntilAsync(string text)
    {
        while (await ReadLineAsync() is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"The demo ended and never said '{text}'.");
    }

    /// <summary>All lines, those read before included, when the demo has ended.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        while (await ReadLineAsync() is not null)
        {
        }

        await _process.WaitForExitAsync(_clock.Token);
        return _lines;
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
