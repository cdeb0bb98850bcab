using Akka.Actor;
using RedisActors.Testing;
using Xunit.Abstractions;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>
/// Nodes without a connection of their own keep 500 commands in flight while Redis is killed and nodes that serve leave or are lost. What
/// their senders are told is compared with what the server has.
/// </summary>
public abstract class OutcomeAcrossNodesSpec(string servedBy, ITestOutputHelper output) : LoadAcrossNodesSpec(output)
{
    [Fact]
    public async Task Exactly_once_loses_and_duplicates_nothing_when_Redis_is_killed()
    {
        var (front, _, _) = await StartAsync();
        StartLoad(front, "front", DeliveryMode.ExactlyOnce);
        await AppliedAsync(2000);

        Server.Kill();
        await Server.StartAgainAsync();
        await AppliedAsync(2000);

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    [Fact]
    public async Task Exactly_once_loses_and_duplicates_nothing_when_a_node_with_commands_is_lost()
    {
        var (front, one, other) = await StartAsync();
        StartLoad(front, "front", DeliveryMode.ExactlyOnce);
        await AppliedAsync(2000);

        // Cut off, it lives on and executes the commands it has.
        var serving = await ServingAsync(one, other);
        await CutOffAsync(serving);
        await AppliedAsync(2000);

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    [Fact]
    public async Task Any_delivery_loses_nothing_when_a_node_leaves()
    {
        var (front, one, other) = await StartAsync();
        StartLoad(front, "front", DeliveryMode.AtMostOnce);
        await AppliedAsync(2000);

        var serving = await ServingAsync(one, other);
        await serving.LeaveAsync();
        await AppliedAsync(2000);

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    [Fact]
    public async Task A_command_that_may_not_be_sent_again_ends_as_unknown_when_its_node_is_lost()
    {
        var (front, one, other) = await StartAsync();
        StartLoad(front, "front", DeliveryMode.AtMostOnce);
        await AppliedAsync(2000);

        await CutOffAsync(await ServingAsync(one, other));
        await AppliedAsync(2000);

        var account = await AccountAsync();
        Assert.InRange(account.Unknown, 1, InFlight);
        Assert.Equal(0, account.NotSent + account.Rejected);
    }

    private protected async Task<(Node Front, Node One, Node Other)> StartAsync()
    {
        var settings = $$"""
            redis-actors.akka-cluster { served-by = {{servedBy}}, role = redis, identify-interval = 100ms }
            {{Node.CanBeCutOff}}
            """;
        var front = Start("web", settings);
        var one = Start("redis", settings);
        var other = Start("redis", settings);
        await WhenUpAsync(front, one, other);
        return (front, one, other);
    }
}

/// <summary>Served by every node of a role.</summary>
public sealed class OutcomeAcrossNodesOfARoleTests(ITestOutputHelper output) : OutcomeAcrossNodesSpec("role", output)
{
    [Fact]
    public async Task Exactly_once_survives_the_loss_of_Redis_and_of_a_node_at_once()
    {
        var (front, one, other) = await StartAsync();
        StartLoad(front, "front", DeliveryMode.ExactlyOnce);
        StartLoad(one, "one", DeliveryMode.ExactlyOnce);
        await AppliedAsync(4000);

        await CutOffAsync(other);
        Server.Kill();
        await Server.StartAgainAsync();
        await AppliedAsync(4000);

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }
}

/// <summary>Served by one node at a time.</summary>
public sealed class OutcomeAcrossNodesWithASingletonTests(ITestOutputHelper output) : OutcomeAcrossNodesSpec("singleton", output);
