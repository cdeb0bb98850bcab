using RedisActors.AkkaCluster.Tests.Leases;
using RedisActors.AkkaCluster.Tests.Remote;

namespace RedisActors.AkkaCluster.Tests;

/// <summary>
/// Run as a program, this assembly is a contender for a lease, or a node of an Akka cluster: what becomes of a process that is stopped
/// for a while, or killed, can only be seen from another process.
/// </summary>
internal static class Program
{
    public static Task Main(string[] arguments) => arguments switch
    {
        ["node", var seed, var role, var settings] => NodeProcess.RunAsync(seed, role, settings),
        ["contender", var name, var endpoint, var folder] => ContenderProcess.RunAsync(name, endpoint, folder),
        _ => throw new ArgumentException("node SEED ROLE SETTINGS | contender NAME ENDPOINT FOLDER", nameof(arguments)),
    };
}
