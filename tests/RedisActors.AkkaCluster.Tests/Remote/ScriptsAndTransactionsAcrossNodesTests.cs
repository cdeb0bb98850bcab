using Akka.Actor;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>Transactions and scripts go to the RedisActor of another node, as commands do, and to the next when that node is killed.</summary>
public sealed class ScriptsAndTransactionsAcrossNodesTests : AkkaClusterSpec
{
    private const int InFlight = 60;

    [Fact]
    public async Task A_transaction_whose_node_is_killed_runs_once() => await RunOnceAsync((one, other) =>
        new RedisTransaction(new RedisCommand("INCR", one), new RedisCommand("INCR", other)));

    [Fact]
    public async Task A_transaction_with_conditions_whose_node_is_killed_runs_once() => await RunOnceAsync((one, other) =>
        new RedisTransaction(new RedisCommand("INCR", one), new RedisCommand("INCR", other)) { Conditions = [RedisCondition.KeyNotExists("closed")] });

    [Fact]
    public async Task A_script_whose_node_is_killed_runs_once() => await RunOnceAsync((one, other) =>
        new RedisScript("return {redis.call('INCR', KEYS[1]), redis.call('INCR', KEYS[2])}", [one, other]));

    [Fact]
    public async Task A_condition_that_does_not_hold_and_an_error_come_back_as_they_are()
    {
        var front = Start("web", ByRole);
        var one = Start("redis", ByRole);
        await WhenUpAsync(2, front, one);

        var reply = await AskAsync(front, new RedisTransaction(new RedisCommand("INCR", "a")) { Conditions = [RedisCondition.KeyExists("none")] });
        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(front, new RedisScript("\nerror('mine')", ["a"]) { State = 7 }));

        Assert.False(reply.Committed);
        Assert.Contains("user_script:2: mine", error.ServerError);
        Assert.Equal(7, Assert.IsType<RedisScript>(error.Command).State);
    }

    private async Task RunOnceAsync(Func<string, string, RedisCommand> command)
    {
        var front = Start("web", ByRole);
        var one = Start("redis", ByRole);
        using var killed = StartProcess("redis", ByRole);
        await WhenUpAsync(3, front, one);
        var asked = AskMany();
        await Task.WhenAll(asked);

        killed.Kill();
        await Eventually.HoldsAsync("the node is removed", async () =>
        {
            asked.AddRange(AskMany());
            await Task.WhenAny(asked.TakeLast(InFlight));
            return front.Cluster.State.Members.Count == 2;
        });

        var told = (await Task.WhenAll(asked)).GroupBy(reply => reply.Value.AsArray()[0].AsInt64());
        Assert.Equal(asked.Count / InFlight, told.Count());
        for (var number = 0; number < InFlight; number++)
        {
            Assert.Equal($"{asked.Count / InFlight}", (await Server.ExecuteAsync("GET", $"{{{number}}}:1")).Text);
            Assert.Equal($"{asked.Count / InFlight}", (await Server.ExecuteAsync("GET", $"{{{number}}}:2")).Text);
        }

        List<Task<RedisReply>> AskMany() => [.. Enumerable.Range(0, InFlight).Select(number => AskAsync(
            front,
            command($"{{{number}}}:1", $"{{{number}}}:2") with { Delivery = DeliveryMode.ExactlyOnce, Timeout = Eventually.Patience }))];
    }
}
