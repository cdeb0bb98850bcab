using Akka.Actor;
using RedisActors.Testing;
using static RedisActors.Samples.AkkaCluster.Progress;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>Restarts the nodes that serve Redis to the others, one after the other, under load, and kills Redis in between.</summary>
internal static class RollingRestart
{
    private const int InFlight = 500;

    public static async Task<int> RunAsync(string servedBy, INodes others)
    {
        await using var server = await PrivateServer.StartAsync();
        Say($"{server.Name} serves at {server.Endpoint}");
        var ledger = new CommandLedger();
        var counter = ledger.Counter("orders");
        var settings = new SampleSettings(LoopbackPorts.PickFree(), server.Endpoint, servedBy);
        int[] ports = [LoopbackPorts.PickFree(), LoopbackPorts.PickFree()];
        var node = SampleNode.Start(settings.SeedPort, settings);
        foreach (var port in ports) others.Start(port, settings);
        await HoldsAsync("three nodes are up", () => node.MembersUp == 3);

        var sender = node.System.ActorOf(SampleSender.Props(node.Redis, counter, InFlight), "sender");
        await AppliedAsync(counter, 5000);
        foreach (var port in ports)
        {
            Say($"the node at port {port} is restarted");
            await others.StopAsync(port);
            await AppliedAsync(counter, 5000);
            await HoldsAsync("the node has left", () => node.MembersUp == 2);
            others.Start(port, settings);
            await HoldsAsync("three nodes are up", () => node.MembersUp == 3);

            Say($"{server.Name} is {(server.SurvivesKill ? "killed" : "stopped")} and started again");
            await server.EndAsync();
            await server.StartAgainAsync();
            await AppliedAsync(counter, 5000);
        }

        if (others.TryKill(ports[0]))
        {
            Say($"the node at port {ports[0]} is killed");
            await AppliedAsync(counter, 5000);
            await HoldsAsync("it is no longer a member", () => node.MembersUp == 2);
            others.Start(ports[0], settings);
            await HoldsAsync("three nodes are up", () => node.MembersUp == 3);
            await AppliedAsync(counter, 5000);
        }

        sender.Tell(SampleSender.Stop.Instance, ActorRefs.NoSender);
        await HoldsAsync("every command is answered", () => ledger.Unanswered == 0);
        var value = await server.ExecuteAsync("GET", counter.Key);
        var account = ledger.Compare(new Dictionary<string, long> { [counter.Key] = long.Parse(value.Text) });
        foreach (var port in ports) await others.StopAsync(port);
        await node.LeaveAsync();
        Console.WriteLine(account);
        return account.IsClean ? 0 : 1;
    }

    private static Task AppliedAsync(LedgerCounter counter, long more)
    {
        var enough = counter.Applied + more;
        return HoldsAsync($"{more} more commands are applied", () => counter.Applied >= enough);
    }
}
