namespace RedisActors.Hosting.Tests;

/// <summary>
/// Run as a program, this assembly is an application that uses Redis: how one ends on SIGTERM can only be seen from another process.
/// The arguments: which program, the Redis server, and HOCON of its own.
/// </summary>
internal static class Program
{
    public static Task Main(string[] arguments) => arguments switch
    {
        [WebProgram.Name, var redis, var hocon] => WebProgram.RunAsync(redis, hocon),
        [ConsoleProgram.Name, var redis, var hocon] => ConsoleProgram.RunAsync(redis, hocon),
        _ => throw new ArgumentException($"There is no such program: {string.Join(' ', arguments)}", nameof(arguments)),
    };
}
