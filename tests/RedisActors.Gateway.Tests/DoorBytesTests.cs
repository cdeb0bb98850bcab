using Akka.Actor;
using RedisActors.Multiplexer;

namespace RedisActors.Gateway.Tests;

/// <summary>What the front door of the multiplexer and the gateway allocates for a request.</summary>
public sealed class DoorBytesTests
{
    private const int Requests = 10_000;

    /// <summary>GET k: the command with its array of arguments, the place of its reply, and its part of a batch.</summary>
    private const int Most = 320;

    [Fact]
    public async Task A_request_costs_its_command_and_the_place_of_its_reply()
    {
        var system = (ExtendedActorSystem)ActorSystem.Create("bytes", "akka { loglevel = OFF, stdout-loglevel = OFF }");
        var door = new FrontDoor(new DoorSettings(ActorRefs.Nobody, system, TimeSpan.FromSeconds(5)));
        var sixteen = Enumerable.Repeat("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", 16).SelectMany(System.Text.Encoding.ASCII.GetBytes).ToArray();
        for (var i = 0; i < 100; i++) door.Receive(sixteen);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Requests; i += 16) door.Receive(sixteen);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Requests;

        await system.Terminate();
        Assert.InRange(each, 1, Most);
    }
}
