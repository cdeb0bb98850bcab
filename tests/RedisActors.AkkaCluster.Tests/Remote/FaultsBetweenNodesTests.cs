using RedisActors.Testing;
using Xunit.Abstractions;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>What becomes of 500 commands in flight when nodes are stopped for a while and connections between them break.</summary>
public sealed class FaultsBetweenNodesTests(ITestOutputHelper output) : LoadAcrossNodesSpec(output)
{
    /// <summary>Nodes that do not take each other for dead, however long they hear nothing.</summary>
    private const string Patient =
        $"{ByRole}\nakka.cluster.failure-detector.acceptable-heartbeat-pause = 60s\n"
        + "akka.remote.watch-failure-detector.acceptable-heartbeat-pause = 60s";

    /// <summary>What the node has when it wakes has been executed by the other one, whose tokens have expired by then.</summary>
    [Fact]
    public async Task Exactly_once_is_once_when_a_node_is_stopped_for_longer_than_tokens_are_kept()
    {
        const string Settings = $"{ByRole}\nredis-actors.default {{ command-timeout = 3s, exactly-once.keep = 3500ms }}";
        var front = Start("web", Settings);
        using var stopped = StartProcess("redis", $"{Settings}\nredis-actors.default.client-name = stopped");
        var other = Start("redis", Settings);
        await WhenUpAsync(3, front, other);
        StartLoad(front, "front", DeliveryMode.ExactlyOnce);
        await Eventually.HoldsAsync("the node has commands", async () =>
            (await Server.ExecuteAsync("CLIENT", "LIST")).Text!.Split('\n').Any(line => line.Contains("name=stopped") && line.Contains("cmd=evalsha")));
        await AppliedAsync(2000);

        stopped.Suspend();
        await Eventually.HoldsAsync("the node is removed", () => front.Cluster.State.Members.Count == 2);
        await AppliedAsync(2000);
        await TokensAreForgottenAsync();
        stopped.Resume();

        // It learns that it was removed, and ends; or it has removed the others before that. By then its commands are over in any case.
        await Task.WhenAny(stopped.Exited, Task.Delay(TimeSpan.FromSeconds(10)));
        await AccountAsync();
    }

    /// <summary>Longer than it may start commands without having heard from the other node; nobody has taken over.</summary>
    [Fact]
    public async Task Nothing_is_lost_or_unknown_when_a_node_is_stopped_and_stays_a_member()
    {
        var front = Start("web", Patient);
        using var stopped = StartProcess("redis", Patient);
        await WhenUpAsync(2, front);
        StartLoad(front, "front", DeliveryMode.ExactlyOnce);
        await AppliedAsync(2000);

        for (var i = 0; i < 2; i++)
        {
            stopped.Suspend();
            await Task.Delay(TimeSpan.FromSeconds(6));
            stopped.Resume();
            await AppliedAsync(5000);
        }

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    [Theory]
    [InlineData(DeliveryMode.AtMostOnce)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task Nothing_is_lost_or_unknown_when_the_connection_between_two_nodes_breaks(DeliveryMode delivery)
    {
        var front = Start("web", Patient);
        var serving = Start("redis", Patient);
        await WhenUpAsync(front, serving);
        StartLoad(front, "front", delivery);

        for (var i = 0; i < 5; i++)
        {
            await AppliedAsync(2000);
            (i % 2 == 0 ? front : serving).Disconnect();
        }

        await AppliedAsync(2000);
        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    [Fact]
    public async Task A_node_that_has_lost_only_its_own_Redis_gives_its_commands_to_one_that_has_it()
    {
        await using var proxy = FaultProxy.Start(Server);
        const string Settings = $"{ByRole}\nredis-actors.default {{ command-timeout = 8s, heartbeat {{ interval = 100ms, timeout = 300ms }} }}";
        var front = Start("web", Settings);
        var lonely = Start("redis", $"{Settings}\nredis-actors.default.endpoint = \"{proxy.Endpoint}\"");
        var other = Start("redis", Settings);
        await WhenUpAsync(front, lonely, other);
        StartLoad(front, "front", DeliveryMode.ExactlyOnce);
        await Eventually.HoldsAsync("both have commands", async () =>
            (await Server.ExecuteAsync("CLIENT", "LIST")).Text!.Split('\n').Count(line => line.Contains("name=node-") && line.Contains("cmd=evalsha")) == 2);

        proxy.Refuse();
        proxy.Cut();
        await AppliedAsync(30_000);
        proxy.Accept();

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    /// <summary>All tokens that the server has at this moment have expired.</summary>
    private async Task TokensAreForgottenAsync()
    {
        var tokens = (await Server.ExecuteAsync("KEYS", "redisactors:*")).Items.Select(key => key.Text!).ToHashSet();
        await Eventually.HoldsAsync("the tokens of before have expired", async () =>
            !(await Server.ExecuteAsync("KEYS", "redisactors:*")).Items.Any(key => tokens.Contains(key.Text!)));
    }
}
