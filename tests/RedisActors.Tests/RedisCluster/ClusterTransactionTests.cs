using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.RedisCluster;

/// <summary>Transactions and scripts go to the node of their slot, and with it.</summary>
public sealed class ClusterTransactionTests() : ClusterSpec(replicasPerPrimary: 0)
{
    private const string Both = "return {redis.call('INCR', KEYS[1]), redis.call('INCR', KEYS[2])}";

    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task A_slot_that_moves_takes_its_transactions_and_scripts_along(DeliveryMode delivery)
    {
        var redis = Redis();
        var key = await Cluster.KeyOfNodeAsync(Cluster.Nodes[0]);
        var (one, other) = ($"1:{key}", $"2:{key}");
        var transaction = new RedisTransaction(new RedisCommand("INCR", one), new RedisCommand("INCR", other)) { Delivery = delivery };
        var conditional = transaction with { Conditions = [RedisCondition.KeyExists(one)] };
        var script = new RedisScript(Both, [one, other]) { Delivery = delivery };

        Assert.Equal("1 1", await NumbersAsync(redis, transaction));
        Assert.Equal("2 2", await NumbersAsync(redis, conditional));
        Assert.Equal("3 3", await NumbersAsync(redis, script));
        await Cluster.MoveSlotAsync(ClusterSlots.Of(one), Cluster.Nodes[1]);
        Assert.Equal("4 4", await NumbersAsync(redis, transaction));
        Assert.Equal("5 5", await NumbersAsync(redis, conditional));
        Assert.Equal("6 6", await NumbersAsync(redis, script));

        Assert.Equal("6", (await Cluster.Nodes[1].ExecuteAsync("GET", one)).Text);
    }

    [Theory]
    [InlineData(DeliveryMode.WhenSafe, false)]
    [InlineData(DeliveryMode.WhenSafe, true)]
    [InlineData(DeliveryMode.ExactlyOnce, false)]
    public async Task Keys_in_several_slots_are_refused_before_anything_is_sent(DeliveryMode delivery, bool conditional)
    {
        var redis = Redis();
        var one = await Cluster.KeyOfNodeAsync(Cluster.Nodes[0]);
        var other = await Cluster.KeyOfNodeAsync(Cluster.Nodes[1]);
        var transaction = new RedisTransaction(new RedisCommand("INCR", one), new RedisCommand("INCR", other))
        {
            Delivery = delivery,
            Conditions = conditional ? [RedisCondition.KeyNotExists(one)] : [],
        };

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.Ask<RedisReply>(transaction, Patience));

        Assert.Equal(Outcome.NotSent, error.Outcome);
        Assert.Contains("different hash slots", error.Message);
    }

    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task While_a_slot_is_on_its_way_a_transaction_waits_and_runs_once(DeliveryMode delivery)
    {
        var redis = Redis();
        var key = await Cluster.KeyOfNodeAsync(Cluster.Nodes[0]);
        var (one, other) = ($"1:{key}", $"2:{key}");
        await AskAsync(redis, "SET", one, 5);
        var move = await Cluster.BeginMoveAsync(ClusterSlots.Of(one), Cluster.Nodes[2]);

        var transaction = NumbersAsync(redis, new RedisTransaction(new RedisCommand("INCR", one), new RedisCommand("INCR", other)) { Delivery = delivery });
        await AskAsync(redis, "PING");
        await move.CompleteAsync();

        Assert.Equal("6 1", await transaction);
    }

    private async Task<string> NumbersAsync(IActorRef redis, RedisCommand command) =>
        string.Join(" ", (await redis.Ask<RedisReply>(command, Patience)).Value.AsArray().Select(number => number.AsString()));
}
