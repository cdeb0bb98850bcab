using System.Diagnostics;

namespace RedisActors.Testing.Tests;

internal static class Processes
{
    public static bool Exists(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
