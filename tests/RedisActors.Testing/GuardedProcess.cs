using System.Diagnostics;
using System.Globalization;

namespace RedisActors.Testing;

/// <summary>
/// A process that never outlives its owner, however the owner ends. A small guard shell runs between the two. Its standard input is a pipe
/// from the owner, which the operating system closes when the owner is gone, even after kill -9. The shell then kills the process and
/// removes its folder.
/// </summary>
/// <remarks>
/// Linux's own mechanism (<c>PR_SET_PDEATHSIG</c>) is tied to the thread that started the process, and a pool thread may end long before
/// its program does. So it only ties the process to the shell, which has a single thread. Both run in a session of their own, so that
/// Ctrl-C in the owner's terminal reaches only the owner.
/// </remarks>
internal sealed class GuardedProcess : IDisposable
{
    private const string Guard = """
        folder=$1; output=$2; shift 2
        trap '' HUP INT QUIT TERM PIPE
        exec 3<&0 2>>"$output"
        ( trap - TERM; exec "$@" ) </dev/null >>"$output" 3<&- &
        process=$!
        echo "$process"
        ( read -r word; kill -9 "$process" ) <&3 >/dev/null &
        guard=$!
        wait "$process"
        code=$?
        kill -9 "$guard"
        wait "$guard"
        echo "$code"
        read -r word <&3
        [ "$word" = keep ] || rm -rf "$folder"
        """;

    private const int Unknown = -1;

    private readonly Process _shell;
    private bool _disposed;

    private GuardedProcess(Process shell, int id)
    {
        _shell = shell;
        Id = id;
        Exited = ReadExitCodeAsync();
    }

    public int Id { get; }

    /// <summary>Completes with the exit code as soon as the process is gone; -1 if its guard is gone, so that the code is unknown.</summary>
    public Task<int> Exited { get; }

    /// <param name="folder">Removed with the process when the owner dies.</param>
    /// <param name="output">The file to which the process writes its standard output and error.</param>
    /// <param name="command">The program and its arguments.</param>
    public static GuardedProcess Start(string folder, string output, IEnumerable<string> command)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };

        string[] words =
        [
            .. Programs.Find("setsid") is { } setsid ? [setsid] : Array.Empty<string>(),
            "/bin/sh", "-c", Guard, "guard", folder, output,
            .. Programs.Find("setpriv") is { } setpriv ? [setpriv, "--pdeathsig", "KILL"] : Array.Empty<string>(),
            .. command,
        ];
        start.FileName = words[0];
        foreach (var word in words.AsSpan(1)) start.ArgumentList.Add(word);

        var shell = Process.Start(start)!;
        var line = shell.StandardOutput.ReadLine();
        return int.TryParse(line, CultureInfo.InvariantCulture, out var id)
            ? new GuardedProcess(shell, id)
            : throw new InvalidOperationException($"The process could not be started. {shell.StandardError.ReadToEnd()}");
    }

    /// <summary>Kills the process, if it still runs, without a chance to clean up, and returns when it is gone.</summary>
    public void Kill()
    {
        if (!Exited.IsCompleted || Exited.Result == Unknown) Signals.Send(Id, Signals.Kill);
        Exited.GetAwaiter().GetResult();
    }

    /// <summary>Releases the guard and keeps the folder; the process must be gone.</summary>
    public void Dismiss()
    {
        try
        {
            _shell.StandardInput.WriteLine("keep");
            _shell.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The guard is already gone.
        }

        Dispose();
    }

    /// <summary>Ends the process and removes the folder; once.</summary>
    public void Dispose()
    {
        if (_disposed) return;

        _disposed = true;
        try
        {
            _shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // As above.
        }

        _shell.WaitForExit();
        _shell.Dispose();
    }

    private async Task<int> ReadExitCodeAsync()
    {
        var line = await _shell.StandardOutput.ReadLineAsync().ConfigureAwait(false);
        return int.TryParse(line, CultureInfo.InvariantCulture, out var code) ? code : Unknown;
    }
}
