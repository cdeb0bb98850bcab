using System.Diagnostics;
using Akka.Actor;

namespace RedisActors.ClusterMatrix;

/// <summary>One row of the matrix: a cluster, its load, one fault, and the comparison. The program of a row's process.</summary>
internal sealed class Row(RowPlan plan)
{
    private const int ListsOfMode = 5;

    private static readonly (string Name, DeliveryMode Delivery)[] Modes =
    [
        (MatrixTable.ExactlyOnce, DeliveryMode.ExactlyOnce), (MatrixTable.AtLeastOnce, DeliveryMode.AtLeastOnce),
        ("when-safe", DeliveryMode.WhenSafe), ("at-most-once", DeliveryMode.AtMostOnce),
    ];

    private readonly Dictionary<string, ListLedger[]> _lists =
        (plan.Way == Ways.Sharding ? [MatrixTable.Entities] : Modes.Select(mode => mode.Name)).ToDictionary(
            mode => mode, mode => Enumerable.Range(0, ListsOfMode).Select(number => new ListLedger($"{mode}-{number}")).ToArray());

    private readonly LoadState _state = new();

    private int Unanswered => _lists.Values.SelectMany(lists => lists).Sum(list => list.Unanswered);

    public async Task<RowResult> RunAsync()
    {
        var clock = Stopwatch.StartNew();
        var row = new RowResult(plan.Fault, plan.Way);
        try
        {
            row = await RunAsync(row, Fault.Named(plan.Fault));
        }
        catch (SkippedException why)
        {
            row = row with { Skipped = why.Message };
        }
        catch (Exception error)
        {
            row = row with { Failure = error.Message };
        }

        return row with { Seconds = clock.Elapsed.TotalSeconds };
    }

    private async Task<RowResult> RunAsync(RowResult row, Fault fault)
    {
        await using var cluster = await RowCluster.StartAsync(plan, fault.Nodes);
        StartLoad(cluster.Sender);
        await AppliedAsync(1000);
        await Task.Delay(TimeSpan.FromSeconds(plan.Seconds));

        await fault.InjectAsync(cluster);

        if (fault.StaysAway) await Eventually.HoldsAsync("the node is removed", () => cluster.Sender.Members.Count == fault.Nodes - 1);
        else await cluster.WholeAgainAsync();
        await AppliedAsync(1000);
        await Task.Delay(TimeSpan.FromSeconds(plan.Seconds));

        _state.Stop();
        MatrixNode.StopContenders(plan.Folder);
        await AnsweredAsync();
        await cluster.Sender.Contends;
        foreach (var (mode, lists) in _lists)
        {
            foreach (var list in lists)
            {
                row.Modes[mode] = row.Modes.GetValueOrDefault(mode, new ListAccount()) + await CompareAsync(cluster.Server, list);
            }
        }

        row = row with { Notes = cluster.Notes };
        return plan.Way == Ways.Local ? WithHoldings(row) : row;
    }

    private void StartLoad(MatrixNode sender)
    {
        if (plan.Way == Ways.Sharding)
        {
            var carts = sender.StartCartsProxy();
            sender.System.ActorOf(Props.Create(() => new CartClient(carts, _lists[MatrixTable.Entities], plan.InFlight, _state)));
            return;
        }

        // Without a hop between nodes, millions of commands would be compared in the end.
        var pause = plan.Way == Ways.Local ? TimeSpan.FromMilliseconds(50) : TimeSpan.Zero;
        foreach (var (name, delivery) in Modes)
        {
            sender.System.ActorOf(
                Props.Create(() => new ListSender(sender.Redis, delivery, _lists[name], plan.InFlight / Modes.Length, pause, _state)), name);
        }
    }

    /// <summary>More commands of each mode are applied.</summary>
    private async Task AppliedAsync(int more)
    {
        foreach (var lists in _lists.Values)
        {
            var enough = lists.Sum(list => list.Applied) + more;
            await Eventually.HoldsAsync($"{more} more commands are applied", () => lists.Sum(list => list.Applied) >= enough);
        }
    }

    /// <summary>Commands have their timeout and some more; what has no answer then is counted.</summary>
    private async Task AnsweredAsync()
    {
        var clock = Stopwatch.StartNew();
        while (Unanswered > 0 && clock.Elapsed < MatrixNode.CommandTimeout * 2) await Task.Delay(20);
    }

    private static async Task<ListAccount> CompareAsync(RedisServer server, ListLedger list)
    {
        var items = (await server.ExecuteAsync("LRANGE", list.Key, "0", "-1")).OrThrow().Items;
        return list.Compare([.. items.Select(item => item.Text!)]);
    }

    private RowResult WithHoldings(RowResult row)
    {
        var ledger = new HolderLedger();
        foreach (var held in MatrixNode.HoldingsIn(plan.Folder)) ledger.Add(held);
        return row with { Holdings = ledger.Count, Violations = ledger.Violations() };
    }
}
