using System.Diagnostics;

namespace RedisActors.Testing;

/// <summary>The append-only file of a server that was killed.</summary>
/// <remarks>
/// A kill -9 may truncate the server's last write in the middle of a transaction, such as the one that wraps a script's writes. Redis
/// 7.0.15 then loads the file without that transaction but leaves its beginning in the file, and executes it at the load after the next
/// one: a counter is one too high, through the server's own fault. <c>redis-check-aof --fix</c> removes the truncated transaction completely.
/// </remarks>
internal static class AppendOnlyFile
{
    private const string Program = "redis-check-aof";

    /// <summary>Removes a truncated transaction from the file in a server's folder, if the file exists.</summary>
    public static async Task RepairAsync(string serverFolder)
    {
        var manifest = Path.Combine(serverFolder, "appendonlydir", "appendonly.aof.manifest");
        if (!File.Exists(manifest) || Programs.Find(Program) is not { } program) return;

        using var check = Process.Start(new ProcessStartInfo(program, ["--fix", manifest])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{Program} did not start.");
        await AgreeAsync(check.StandardInput).ConfigureAwait(false);
        var output = check.StandardOutput.ReadToEndAsync();
        var errors = check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync().ConfigureAwait(false);
        if (check.ExitCode == 0) return;

        throw new InvalidOperationException($"{Program}: {await output.ConfigureAwait(false)} {await errors.ConfigureAwait(false)}");
    }

    private static async Task AgreeAsync(StreamWriter input)
    {
        try
        {
            await input.WriteLineAsync("y").ConfigureAwait(false);
            input.Close();
        }
        catch (IOException)
        {
            // The program asks nothing about an intact file, so it may exit before it reads the answer.
        }
    }
}
