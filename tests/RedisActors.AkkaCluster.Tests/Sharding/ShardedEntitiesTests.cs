using Akka.Actor;
using Akka.Cluster.Sharding;
using RedisActors.AkkaCluster.Tests.Remote;
using Xunit.Abstractions;

namespace RedisActors.AkkaCluster.Tests.Sharding;

/// <summary>
/// Clients repeat their requests to shard entities until these are answered, while entities move, passivate and die. Each cart is a list in
/// Redis, which shows a request that was lost, or applied twice, and whether its reply was the original one.
/// </summary>
public sealed class ShardedEntitiesTests(ITestOutputHelper output) : AkkaClusterSpec
{
    private const int InFlight = 200;

    private readonly CartLedger _ledger = new();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Each_request_is_applied_once_when_a_node_is_killed_under_load(bool remembered, bool hasCoordinator)
    {
        var settings = $"{Carts.Settings}\ntests.carts.remember = {(remembered ? "on" : "off")}";
        var front = Start("web", settings);
        NodeProcess? killed = null;
        if (hasCoordinator)
        {
            killed = StartProcess(Carts.Role, settings);
            await WhenUpAsync(2, front);
        }

        var other = Start(Carts.Role, settings);
        await WhenUpAsync(hasCoordinator ? 3 : 2, front, other);
        killed ??= StartProcess(Carts.Role, settings);
        using var process = killed;
        await WhenUpAsync(3, front, other);
        var shards = Carts.Start(other.System);
        StartLoad(front);
        await AddedAsync(2000);
        await Eventually.HoldsAsync("both have carts", async () => (await CountAsync(shards)) is > 0 and < 20);

        killed.Kill();
        await AddedAsync(2000);
        await Eventually.HoldsAsync("the node is removed", () => front.Cluster.State.Members.Count == 2);
        await AddedAsync(2000);

        await AccountAsync();
        Assert.True(_ledger.Repeated > 0);
    }

    [Fact]
    public async Task Each_request_is_applied_once_when_a_node_leaves_under_load()
    {
        var front = Start("web", Carts.Settings);
        var one = Start(Carts.Role, Carts.Settings);
        var other = Start(Carts.Role, Carts.Settings);
        await WhenUpAsync(front, one, other);
        Carts.Start(one.System);
        Carts.Start(other.System);
        StartLoad(front);
        await AddedAsync(2000);

        // With the coordinator.
        await one.LeaveAsync();
        await AddedAsync(2000);

        await AccountAsync();
    }

    /// <summary>Some passivate with a command under way, whose answer is lost.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_request_is_applied_once_when_entities_passivate(bool remembered)
    {
        var settings = $"{Carts.Settings}\ntests.carts {{ passivates = 0.02, remember = {(remembered ? "on" : "off")}, idle-after = {(remembered ? "off" : "200ms")} }}";
        var front = Start("web", settings);
        var one = Start(Carts.Role, settings);
        await WhenUpAsync(front, one);
        Carts.Start(one.System);
        StartLoad(front);
        await AddedAsync(2000);

        await AccountAsync();
        Assert.True(_ledger.Repeated > 0);
    }

    [Fact]
    public async Task Remembered_entities_come_back_on_another_node_and_know_the_requests_of_before()
    {
        var settings = $"{Carts.Settings}\ntests.carts.remember = on";
        var front = Start("web", settings);
        var one = Start(Carts.Role, settings);
        var other = Start(Carts.Role, settings);
        await WhenUpAsync(front, one, other);
        Carts.Start(one.System);
        var shards = Carts.Start(other.System);
        var carts = Carts.StartProxy(front.System);
        foreach (var cart in CartClient.CartNames) await AddAsync(carts, cart, "first");
        await Eventually.HoldsAsync("both have carts", async () => await CountAsync(shards) is > 0 and < 20);

        await one.LeaveAsync();

        await Eventually.HoldsAsync("all carts are there, though nobody has spoken to them", async () => await CountAsync(shards) == 20);
        foreach (var cart in CartClient.CartNames)
        {
            Assert.Equal(1, (await AddAsync(carts, cart, "first")).Position);
            Assert.Equal(2, (await AddAsync(carts, cart, "second")).Position);
        }
    }

    /// <summary>Akka delivers to an entity at most once, so the request is repeated until it is answered.</summary>
    private static async Task<ItemAdded> AddAsync(IActorRef carts, string cart, string request)
    {
        ItemAdded? answer = null;
        await Eventually.HoldsAsync($"{request} of {cart} is answered", async () =>
        {
            try
            {
                answer = await carts.Ask<object>(new AddItem(cart, request), TimeSpan.FromSeconds(1)) as ItemAdded;
            }
            catch (AskTimeoutException)
            {
                return false;
            }

            return answer is not null;
        });
        return answer!;
    }

    private static async Task<int> CountAsync(IActorRef shards) =>
        (await shards.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Eventually.Patience)).Shards.Sum(shard => shard.EntityIds.Count);

    private void StartLoad(Node front)
    {
        var carts = Carts.StartProxy(front.System);
        front.System.ActorOf(Props.Create(() => new CartClient(carts, _ledger, InFlight)));
    }

    private Task AddedAsync(int more)
    {
        var enough = _ledger.Added.Count + more;
        return Eventually.HoldsAsync($"{more} more items are in the carts", () => _ledger.Added.Count >= enough);
    }

    private async Task AccountAsync()
    {
        _ledger.Stop();
        await Eventually.HoldsAsync("all requests are answered", () => _ledger.Unanswered == 0);
        var applied = 0;
        foreach (var cart in CartClient.CartNames)
        {
            var items = (await Server.ExecuteAsync("LRANGE", Carts.KeyOf(cart), "0", "-1")).Items.Select(item => item.Text!).ToList();
            Assert.Equal(items.Distinct(), items);
            applied += items.Count;
            for (var i = 0; i < items.Count; i++) Assert.Equal((cart, i + 1), _ledger.Added[items[i]]);
        }

        output.WriteLine($"{applied} requests applied, {_ledger.Repeated} repeated");
        Assert.Equal(_ledger.Added.Count, applied);
        Assert.Empty(_ledger.Contradictions);
    }
}
