using System.Globalization;

namespace RedisActors.Testing.Tests;

/// <summary>
/// Run as a program, this assembly owns a server until it is killed: what becomes of the server then can only be seen from
/// another process. It prints the server's process id, port and folder.
/// </summary>
internal static class Program
{
    public static async Task Main(string[] arguments)
    {
        var server = await RedisServer.StartAsync();
        if (arguments.Contains("suspended")) server.Suspend();
        if (arguments.Contains("killed")) server.Kill();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{server.ProcessId} {server.Port} {server.Folder}"));
        await Task.Delay(Timeout.Infinite);
    }
}
