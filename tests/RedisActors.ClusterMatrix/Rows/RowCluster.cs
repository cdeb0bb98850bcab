using System.Diagnostics;
using System.Text.Json;

namespace RedisActors.ClusterMatrix;

/// <summary>Redis, node 1 in this process, the other nodes in processes of their own, and what is done to them.</summary>
internal sealed class RowCluster : IAsyncDisposable
{
    private const int RedisNumber = 0;
    private const int NodePort = 4053;

    private static readonly TimeSpan ToJoinAgain = TimeSpan.FromSeconds(20);

    private readonly RowPlan _plan;
    private readonly Network? _network;
    private readonly Dictionary<int, Place> _places = [];
    private readonly Dictionary<int, GuardedProcess> _processes = [];
    private readonly Dictionary<Place, int> _former = [];
    private readonly List<string> _notes = [];
    private int _starts;

    private RowCluster(RowPlan plan, int count, RedisServer server)
    {
        (_plan, Count, Server) = (plan, count, server);
        _network = plan.Network is { } name ? new Network(name) : null;
        for (var number = 1; number <= count; number++)
        {
            _places[number] = _network is null
                ? new Place("127.0.0.1", LoopbackPorts.PickFree())
                : new Place(Network.Address(number), NodePort);
        }

        Sender = MatrixNode.Start(PlanOf(1));
    }

    /// <summary>The node that serves: of a singleton, the oldest.</summary>
    public const int Serving = 2;

    public int Count { get; }

    public RedisServer Server { get; }

    public MatrixNode Sender { get; }

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The links of the serving node to all others.</summary>
    public IEnumerable<(int, int)> ToNodes =>
        Enumerable.Range(1, Count).Where(number => number != Serving).Select(number => (Serving, number));

    /// <summary>The link of the serving node to Redis.</summary>
    public static IEnumerable<(int, int)> ToRedis => [(Serving, RedisNumber)];

    public static async Task<RowCluster> StartAsync(RowPlan plan, int count)
    {
        // Reached from other namespaces, where no password is needed.
        var options = plan.Network is { } name
            ? new RedisServerOptions
            {
                Address = Network.Address(RedisNumber),
                Port = 6379,
                Launcher = new Network(name).Launcher(RedisNumber),
                Arguments = ["--protected-mode", "no"],
            }
            : new RedisServerOptions();
        var cluster = new RowCluster(plan, count, await RedisServer.StartAsync(options));
        try
        {
            // The second one becomes the oldest of those that serve.
            cluster.StartNode(Serving);
            await Eventually.HoldsAsync("the node that serves is up", () => cluster.Sender.Up.Count == 2);
            for (var number = Serving + 1; number <= count; number++) cluster.StartNode(number);
            await Eventually.HoldsAsync("all nodes are up", () => cluster.Sender.Up.Count == count);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    public void Note(string note) => _notes.Add(note);

    public void StartNode(int number)
    {
        if (_processes.Remove(number, out var former)) Dispose(former);
        if (Sender.Members.TryGetValue(_places[number], out var life)) _former[_places[number]] = life;
        string[] launcher = _network?.Launcher(number) ?? [];
        var folder = Directory.CreateTempSubdirectory("redis-actors-matrix-").FullName;
        _processes[number] = GuardedProcess.Start(
            folder,
            Path.Combine(_plan.Folder, $"node-{number}-{++_starts}.log"),
            [.. launcher, .. Self, "node", JsonSerializer.Serialize(PlanOf(number))]);
    }

    public void Kill(int number) => _processes[number].Kill();

    public void Suspend(int number) => Signals.Send(_processes[number].Id, Signals.Suspend);

    public void Resume(int number) => Signals.Send(_processes[number].Id, Signals.Resume);

    /// <summary>The node leaves the Akka cluster in good order, and ends.</summary>
    public async Task LeaveAsync(int number)
    {
        Signals.Send(_processes[number].Id, Signals.Terminate);
        await _processes[number].Exited.WaitAsync(Eventually.Patience);
    }

    /// <summary>Cuts links for a time.</summary>
    public async Task CutAsync(IEnumerable<(int, int)> links, TimeSpan time)
    {
        var network = _network!;
        await network.CutAsync(links);
        await Task.Delay(time);
        await network.HealAsync(links);
    }

    /// <summary>Resets the connections of the serving node to node 1. Returns how many sockets.</summary>
    public Task<int> ResetAsync() => _network!.ResetAsync(Serving, 1);

    /// <summary>Starts the nodes again that have ended: a node that was downed ends its process. Returns when all are up.</summary>
    public async Task WholeAgainAsync()
    {
        var clock = Stopwatch.StartNew();
        await Eventually.HoldsAsync("all nodes are up again", () =>
        {
            foreach (var (number, process) in _processes.Where(process => process.Value.Exited.IsCompleted).ToList())
            {
                Note($"node {number} had ended");
                StartNode(number);
            }

            var up = Sender.Up;
            if (clock.Elapsed <= ToJoinAgain) return up.Count == Count && !up.Any(_former.Contains);
            clock.Restart();
            foreach (var number in _processes.Keys.Where(number => !up.ContainsKey(_places[number])).ToList())
            {
                Note($"node {number} did not end and was no member; killed");
                StartNode(number);
            }

            return false;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.System.Terminate();
        foreach (var process in _processes.Values) Dispose(process);
        await Server.DisposeAsync();
    }

    /// <summary>What starts this program.</summary>
    public static string[] Self { get; } = [Environment.ProcessPath!, "exec", typeof(RowCluster).Assembly.Location];

    private static void Dispose(GuardedProcess process)
    {
        process.Kill();
        process.Dispose();
    }

    private NodePlan PlanOf(int number) =>
        new(number, _plan.Way, _places[number], _places[1], new Place(Server.Host, Server.Port), _plan.Folder);
}
