using Akka.Actor;
using RedisActors.Testing;
using static RedisActors.Samples.AkkaCluster.Progress;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>
/// Shard entities on nodes 2 and 3, and 500 requests under way to them from node 1, while a node is killed, started again, and leaves. Each
/// request is applied once, and answered with its own place in the list.
/// </summary>
internal static class ShardedCarts
{
    private const int UnderWay = 500;

    public static async Task<int> RunAsync()
    {
        await using var server = await PrivateServer.StartAsync();
        Say($"{server.Name} serves at {server.Endpoint}");
        var settings = new SampleSettings(LoopbackPorts.PickFree(), server.Endpoint, "sharding");
        int[] ports = [LoopbackPorts.PickFree(), LoopbackPorts.PickFree()];
        var node = SampleNode.Start(settings.SeedPort, settings);
        var others = new NodesElsewhere();
        foreach (var port in ports) others.Start(port, settings);
        await HoldsAsync("three nodes are up", () => node.MembersUp == 3);

        var answers = new CartAnswers();
        var carts = CartEntity.StartProxy(node.System);
        node.System.ActorOf(Props.Create(() => new CartClient(carts, answers, UnderWay)), "client");
        await AnsweredAsync(answers, 5000);

        Say($"the node at port {ports[0]} is killed");
        others.TryKill(ports[0]);
        await HoldsAsync("it is no longer a member", () => node.MembersUp == 2);
        await AnsweredAsync(answers, 5000);
        others.Start(ports[0], settings);
        await HoldsAsync("three nodes are up", () => node.MembersUp == 3);
        await AnsweredAsync(answers, 5000);

        Say($"the node at port {ports[1]} leaves");
        await others.StopAsync(ports[1]);
        await AnsweredAsync(answers, 5000);

        answers.Stopped = true;
        await HoldsAsync("every request is answered", () => answers.UnderWay == 0);
        var (lost, doubled, wrong) = (answers.Places.Count, 0, 0);
        for (var cart = 0; cart < CartClient.Carts; cart++)
        {
            var items = (await server.ExecuteAsync("LRANGE", CartEntity.KeyOf($"{cart}"), "0", "-1")).Items.Select(item => item.Text!).ToList();
            lost -= items.Distinct().Count();
            doubled += items.Count - items.Distinct().Count();
            for (var i = 0; i < items.Count; i++)
            {
                if (answers.Places.GetValueOrDefault(items[i]) != ($"{cart}", i + 1)) wrong++;
            }
        }

        await others.StopAsync(ports[0]);
        await node.LeaveAsync();
        Console.WriteLine(
            $"requests answered {answers.Places.Count}, repeated {answers.Repeated}, lost {lost}, applied twice {doubled}, answered wrongly {wrong}");
        return (lost, doubled, wrong) == (0, 0, 0) ? 0 : 1;
    }

    private static Task AnsweredAsync(CartAnswers answers, int more)
    {
        var enough = answers.Places.Count + more;
        return HoldsAsync($"{more} more requests are answered", () => answers.Places.Count >= enough);
    }
}
