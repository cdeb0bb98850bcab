using Akka.Actor;
using RedisActors.Testing;
using Xunit.Abstractions;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>
/// Commands of two nodes that have no connection of their own, 500 of each in flight, while Redis is killed and nodes that serve leave or
/// are lost: what their senders are told, against what the server has.
/// </summary>
public sealed class OutcomeAcrossNodesTests(ITestOutputHelper output) : AkkaClusterSpec
{
    private const int InFlight = 500;
    private const string ByRole = "redis-actors.akka-cluster { served-by = role, role = redis, identify-interval = 100ms }";
    private const string BySingleton = "redis-actors.akka-cluster { served-by = singleton, role = redis, identify-interval = 100ms }";

    private readonly CommandLedger _ledger = new();
    private readonly LoadState _state = new();

    [Theory]
    [InlineData(ByRole)]
    [InlineData(BySingleton)]
    public async Task Exactly_once_loses_and_doubles_nothing_when_Redis_is_killed(string settings)
    {
        var (front, _, _) = await StartAsync(settings);
        StartLoad(front, "front", DeliveryMode.ExactlyOnce);
        await AppliedAsync(2000);

        Server.Kill();
        await Server.StartAgainAsync();
        await AppliedAsync(2000);

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    [Theory]
    [InlineData(ByRole)]
    [InlineData(BySingleton)]
    public async Task Exactly_once_loses_and_doubles_nothing_when_a_node_is_lost_that_has_commands(string settings)
    {
        var (front, one, other) = await StartAsync(settings);
        StartLoad(front, "front", DeliveryMode.ExactlyOnce);
        await AppliedAsync(2000);

        // It lives on, cut off: what it has it still executes.
        var serving = await ServingAsync(one, other);
        await CutOffAsync(serving);
        await AppliedAsync(2000);

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    [Theory]
    [InlineData(ByRole)]
    [InlineData(BySingleton)]
    public async Task Any_delivery_loses_nothing_when_a_node_leaves(string settings)
    {
        var (front, one, other) = await StartAsync(settings);
        StartLoad(front, "front", DeliveryMode.AtMostOnce);
        await AppliedAsync(2000);

        var serving = await ServingAsync(one, other);
        await serving.LeaveAsync();
        await AppliedAsync(2000);

        var account = await AccountAsync();
        Assert.Equal(0, account.NotSent + account.Unknown + account.Rejected);
    }

    [Fact]
    public async Task What_may_not_be_asked_again_ends_as_unknown_when_its_node_is_lost()
    {
        var (front, one, other) = await StartAsync(BySingleton);
        StartLoad(front, "front", DeliveryMode.AtMostOnce);
        await AppliedAsync(2000);

        await CutOffAsync(await ServingAsync(one, other));
        await AppliedAsync(2000);

        var account = await AccountAsync();
        Assert.InRange(account.Unknown, 1, InFlight);
        Assert.Equal(0, account.NotSent + account.Rejected);
    }

    [Fact]
    public async Task All_at_once_on_the_nodes_of_a_role()
    {
        var (front, one, other) = await StartAsync(ByRole);
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

    private void StartLoad(Node node, string name, DeliveryMode delivery) =>
        node.System.ActorOf(Props.Create(() => new Load(name, node.Redis, delivery, InFlight, _ledger, _state)), name);

    private async Task<(Node Front, Node One, Node Other)> StartAsync(string settings)
    {
        settings = $"{settings}\n{Node.CanBeCutOff}";
        var front = Start("web", settings);
        var one = Start("redis", settings);
        var other = Start("redis", settings);
        await WhenUpAsync(front, one, other);
        return (front, one, other);
    }

    private async Task AppliedAsync(long more)
    {
        var enough = _ledger.Counters.Sum(counter => counter.Applied) + more;
        await Eventually.HoldsAsync(
            $"{more} more commands are applied", () => _ledger.Counters.Sum(counter => counter.Applied) >= enough);
    }

    /// <summary>Lets all commands end and holds what senders were told against the server.</summary>
    private async Task<LedgerSummary> AccountAsync()
    {
        _state.Stop();
        await Eventually.HoldsAsync("all commands are answered", () => _ledger.Unanswered == 0);
        var counts = new Dictionary<string, long>();
        foreach (var counter in _ledger.Counters)
        {
            var value = await Server.ExecuteAsync("GET", counter.Key);
            counts[counter.Key] = long.TryParse(value.Text, out var number) ? number : 0;
        }

        var account = _ledger.Compare(counts);
        output.WriteLine(account.ToString());
        Assert.True(account.IsClean, account.ToString());
        return account;
    }
}
