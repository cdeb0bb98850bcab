using RedisActors.Testing;
using RedisActors.Tests.Lists;

namespace RedisActors.Tests.RedisCluster;

public sealed class SlotMigrationTests() : ClusterSpec(replicasPerPrimary: 0)
{
    [Fact]
    public async Task Slots_that_move_back_and_forth_under_load_lose_nothing_double_nothing_and_keep_the_order()
    {
        const int Rounds = 6;
        var redis = Redis("delivery = exactly-once");
        string[] moving = await KeysOfAsync(Cluster.Nodes[0], 2);
        string[] resident = [.. await KeysOfAsync(Cluster.Nodes[1], 2), .. await KeysOfAsync(Cluster.Nodes[2], 2)];
        await AskAsync(redis, "PING");

        await using var load = new ListLoad(redis, [.. moving, .. resident]).Start();
        for (var round = 0; round < Rounds; round++)
        {
            var to = Cluster.Nodes[(round + 1) % 3];
            foreach (var key in moving) await Cluster.MoveSlotAsync(ClusterSlots.Of(key), to);
        }

        await load.StopAsync();

        await Check(load).NothingIsLostAsync();
    }
}
