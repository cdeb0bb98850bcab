using System.Diagnostics;
using RedisActors.Testing;

namespace RedisActors.Gateway.Tests;

/// <summary>A client in another language, run to its end.</summary>
internal static class ClientProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Lazy<string?> Python = new(() =>
        new[] { "/usr/bin/python3", Programs.Find("python3") }.OfType<string>().FirstOrDefault(HasRedis));

    /// <summary>A Python that has redis-py; null: there is none.</summary>
    public static string? PythonWithRedis => Python.Value;

    /// <summary>Runs a program; its output and its errors.</summary>
    public static async Task<(int Code, string Said)> RunAsync(string program, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var clock = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(clock.Token);
            var errors = process.StandardError.ReadToEndAsync(clock.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(clock.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static bool HasRedis(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import redis"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A test that needs redis-py, and is skipped with a line where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RedisPyFactAttribute : FactAttribute
{
    public RedisPyFactAttribute()
    {
        if (ClientProgram.PythonWithRedis is null) Skip = "There is no Python with redis-py (apt-get install python3-redis).";
    }
}
