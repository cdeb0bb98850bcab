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
    public static Task<(int Code, string Said)> RunAsync(string program, IEnumerable<string> arguments, string input = "") =>
        Programs.RunAsync(program, arguments, Patience, input: input);

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
