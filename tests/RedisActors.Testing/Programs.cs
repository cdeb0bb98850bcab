using System.Diagnostics;

namespace RedisActors.Testing;

/// <summary>Programs installed on this machine.</summary>
internal static class Programs
{
    /// <summary>The path of a program if it is on the <c>PATH</c>, otherwise <see langword="null"/>.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end: its exit code, and its output followed by its errors.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="patience">How long it may take; it is killed then, with its children.</param>
    /// <param name="folder">Where it runs; null: here.</param>
    /// <param name="input">What it reads.</param>
    /// <exception cref="OperationCanceledException">It has not ended in time.</exception>
    public static async Task<(int Code, string Said)> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan patience, string? folder = null, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder ?? string.Empty,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var clock = new CancellationTokenSource(patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(clock.Token);
            var errors = process.StandardError.ReadToEndAsync(clock.Token);
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
            await process.WaitForExitAsync(clock.Token).ConfigureAwait(false);
            return (process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
