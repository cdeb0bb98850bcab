using RedisActors.AkkaCluster.Tests.Leases;

namespace RedisActors.AkkaCluster.Tests;

/// <summary>
/// Run as a program, this assembly is one contender for a lease: what a process believes that was stopped for a while can only be seen
/// from another process.
/// </summary>
internal static class Program
{
    public static Task Main(string[] arguments) => ContenderProcess.RunAsync(arguments);
}
