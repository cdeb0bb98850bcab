using System.Globalization;
using System.Reflection;
using Garnet;

namespace RedisActors.Samples.EmbeddedServer;

/// <summary>A Garnet server that keeps its data in a folder: whoever starts it there again, after it was stopped, finds them.</summary>
internal static class GarnetProcess
{
    /// <summary>Serves until the end; says on standard output when it begins to, and everything else on standard error.</summary>
    public static void Run(int port, string folder, string memory, Lifetime life)
    {
        var output = Console.Out;
        Console.SetOut(Console.Error);
        using var server = new GarnetServer(
        [
            "--bind", "127.0.0.1",
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "-q",

            // The script of exactly-once: its writes go to the log as one transaction.
            "--lua", "--lua-transaction-mode",

            // Each write goes to the log on disk, and the start replays it.
            "--aof", "--aof-memory", "8m", "--aof-page-size", "2m", "--recover", "--checkpointdir", folder,

            // Without a storage tier, Garnet drops the oldest keys when they no longer fit into memory, and says nothing.
            "--memory", memory, "--page", "1m", "--index", "1m", "--storage-tier", "--logdir", folder,

            // The default needs libaio on Linux.
            "--device-type", "RandomAccess",
        ]);
        server.Start();
        output.WriteLine($"Garnet {Version} serves at 127.0.0.1:{port}");
        life.WaitForEnd();
    }

    private static string? Version =>
        typeof(GarnetServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
}
