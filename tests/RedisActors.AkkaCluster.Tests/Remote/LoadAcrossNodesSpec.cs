using Akka.Actor;
using RedisActors.Testing;
using Xunit.Abstractions;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>
/// Keeps commands in flight through the nodes of an Akka cluster, and compares what their senders are told with what the server has.
/// </summary>
public abstract class LoadAcrossNodesSpec(ITestOutputHelper output) : AkkaClusterSpec
{
    private protected const int InFlight = 500;

    private readonly CommandLedger _ledger = new();
    private readonly LoadState _state = new();

    private protected void StartLoad(Node node, string name, DeliveryMode delivery) =>
        node.System.ActorOf(Props.Create(() => new Load(name, node.Redis, delivery, InFlight, _ledger, _state)), name);

    private protected async Task AppliedAsync(long more)
    {
        var enough = _ledger.Counters.Sum(counter => counter.Applied) + more;
        await Eventually.HoldsAsync(
            $"{more} more commands are applied", () => _ledger.Counters.Sum(counter => counter.Applied) >= enough);
    }

    /// <summary>Waits for all answers, and compares what senders were told with what the server has.</summary>
    private protected async Task<LedgerSummary> AccountAsync()
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
