using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RedisActors.Testing;

/// <summary>
/// The program of <c>samples/embedded-server</c> (Garnet) as a child process on a loopback port, for samples that run where there is
/// no <c>redis-server</c>. It exits when its standard input closes, and so with its owner, however the owner ends.
/// </summary>
public sealed class EmbeddedServer : IPrivateServer
{
    private const string Program = "RedisActors.Samples.EmbeddedServer";
    private const int LastWords = 8;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly string[] _arguments;
    private readonly Queue<string> _errors = [];
    private Process? _process;
    private Process? _resumer;

    private EmbeddedServer(string[] arguments)
    {
        _arguments = arguments;
        Port = LoopbackPorts.PickFree();
    }

    public string Name { get; private set; } = "Garnet";

    public string Host => "127.0.0.1";

    public int Port { get; }

    public string Endpoint => $"{Host}:{Port}";

    /// <summary>The server's folder, removed by <see cref="DisposeAsync"/>.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("redis-actors-").FullName;

    public bool IsRunning => _process is { HasExited: false };

    public bool IsSuspended => _resumer is not null;

    /// <summary>After a kill -9, Garnet's log may contain a write without the idempotency key that the same script wrote.</summary>
    public bool SurvivesKill => false;

    public bool CanBeSuspended => !OperatingSystem.IsWindows();

    /// <summary>Starts a server and returns when it answers.</summary>
    /// <param name="arguments">More arguments, such as <c>--memory 1g</c>.</param>
    /// <exception cref="FileNotFoundException">The program has not been built.</exception>
    /// <exception cref="InvalidOperationException">The server did not start; the message quotes its last lines of output.</exception>
    public static async Task<EmbeddedServer> StartAsync(params string[] arguments)
    {
        // A port that was free a moment ago may be taken now.
        for (var attempt = 1; ; attempt++)
        {
            var server = new EmbeddedServer(arguments);
            try
            {
                await server.StartAgainAsync().ConfigureAwait(false);
                return server;
            }
            catch (InvalidOperationException) when (attempt < 3 && !server.IsRunning)
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }
            catch
            {
                await server.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Shuts the server down cleanly; everything it has replied to is then on disk.</summary>
    /// <exception cref="InvalidOperationException">It had to be killed, or exited with an error.</exception>
    public async Task EndAsync()
    {
        if (_process is not { HasExited: false } process) return;

        Resume();
        await process.StandardInput.WriteLineAsync("keep").ConfigureAwait(false);
        await EndWithInputAsync(process).ConfigureAwait(false);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{Name} at {Endpoint} did not shut down cleanly. {Errors()}");
    }

    /// <summary>Restarts the server after <see cref="EndAsync"/>: same port, same data.</summary>
    public async Task StartAgainAsync()
    {
        if (IsRunning) throw new InvalidOperationException("The server is running.");

        _process?.Dispose();
        _process = StartProcess();
        using var clock = new CancellationTokenSource(StartLimit);
        string? line;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync(clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{Name} did not start within {StartLimit.TotalSeconds} s. {Errors()}");
        }

        if (line is null) throw new InvalidOperationException($"{Name} did not start. {Errors()}");

        Name = line.Split(" serves ")[0];
        await WaitUntilAnswersAsync(StartLimit).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A suspended process does not notice that its owner is gone. So a shell stands by and resumes it when the operating system closes the
    /// pipe from the owner.
    /// </remarks>
    public void Suspend()
    {
        var pid = _process!.Id.ToString(CultureInfo.InvariantCulture);
        const string Resumer = "trap '' HUP INT QUIT TERM; kill -STOP $1 && echo suspended; read -r word; kill -CONT $1";
        _resumer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Resumer, "resumer", pid])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        if (_resumer.StandardOutput.ReadLine() is null) throw new InvalidOperationException($"{Name} could not be suspended.");
    }

    public void Resume()
    {
        if (_resumer is null) return;

        _resumer.StandardInput.Close();
        _resumer.WaitForExit();
        _resumer.Dispose();
        _resumer = null;
    }

    public async Task WaitUntilAnswersAsync(TimeSpan timeout)
    {
        using var clock = new CancellationTokenSource(timeout);
        while (!await RedisProbe.AnswersAsync(Host, Port, TimeSpan.FromSeconds(1)).ConfigureAwait(false))
        {
            if (!IsRunning) throw new InvalidOperationException($"{Name} at {Endpoint} ended by itself. {Errors()}");
            if (clock.IsCancellationRequested)
            {
                throw new InvalidOperationException($"{Name} at {Endpoint} did not answer within {timeout.TotalSeconds} s. {Errors()}");
            }

            await Task.Delay(2, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public async Task<int> KillClientsAsync()
    {
        await using var probe = await RedisProbe.ConnectAsync(Host, Port).ConfigureAwait(false);
        (await probe.ExecuteAsync("CLIENT", "SETNAME", RedisServerClient.ProbeName).ConfigureAwait(false)).OrThrow();
        return await RedisServerClient.KillAllAsync(probe).ConfigureAwait(false);
    }

    public async Task<ProbeReply> ExecuteAsync(params string[] words)
    {
        await using var probe = await RedisProbe.ConnectAsync(Host, Port).ConfigureAwait(false);
        return await probe.ExecuteAsync(words).ConfigureAwait(false);
    }

    /// <summary>Ends the server, suspended or not, and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        Resume();
        if (_process is { } process)
        {
            await EndWithInputAsync(process).ConfigureAwait(false);
            process.Dispose();
            _process = null;
        }

        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private static async Task EndWithInputAsync(Process process)
    {
        using var clock = new CancellationTokenSource(StopLimit);
        try
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(clock.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private Process StartProcess()
    {
        var start = new ProcessStartInfo(DotnetPath())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            ArgumentList =
            {
                ProgramPath(),
                "--port", Port.ToString(CultureInfo.InvariantCulture),
                "--folder", Folder,
                "--owned",
            },
        };

        foreach (var argument in _arguments) start.ArgumentList.Add(argument);

        // Otherwise the runtime of a killed process leaves its diagnostics' sockets in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The program is in a sibling of this one's folder: <c>artifacts/bin/PROJECT/CONFIGURATION</c>.</summary>
    private static string ProgramPath()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(here.Parent!.Parent!.FullName, Program, here.Name, $"{Program}.dll");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"The embedded server has not been built: there is no {path}.");
    }

    /// <summary>The dotnet of the runtime that runs this.</summary>
    private static string DotnetPath() => Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private void KeepError(string? line)
    {
        if (line is null) return;

        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > LastWords) _errors.Dequeue();
        }
    }

    private string Errors()
    {
        lock (_errors) return $"Its last words: {string.Join(" | ", _errors)}";
    }
}
