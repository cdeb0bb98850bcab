using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Coordination;
using RedisActors.AkkaCluster;
using RedisActors.AkkaCluster.Tests.Leases;

namespace RedisActors.ClusterMatrix;

/// <summary>One node of the Akka cluster. Node 1 sends and does not serve.</summary>
internal sealed class MatrixNode
{
    public static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(20);

    private const string ServingRole = "redis";
    private const string StopFile = "stop";
    private const string HoldingsOf = "holdings-";
    private const string RemoteRedisHere = """akka.extensions = ["RedisActors.AkkaCluster.RemoteRedisExtensionProvider, RedisActors.AkkaCluster"]""";

    private readonly NodePlan _plan;

    private MatrixNode(NodePlan plan)
    {
        _plan = plan;
        System = ActorSystem.Create("matrix", ConfigOf(plan).WithFallback(RedisLease.DefaultConfig()));
        if (plan.Way == Ways.Sharding && plan.Number > 1) Carts.Start(System, ServingRole);
        Contends = plan.Way == Ways.Local ? Task.Run(ContendAsync) : Task.CompletedTask;
    }

    public ActorSystem System { get; }

    /// <summary>Completes when it contends for the lease no longer.</summary>
    public Task Contends { get; }

    /// <summary>Where its commands go.</summary>
    public IActorRef Redis => _plan.Way == Ways.Local
        ? RedisExtension.Get(System).RedisActor
        : RemoteRedisExtension.Get(System).RemoteRedis;

    public IActorRef StartCartsProxy() => Carts.StartProxy(System, ServingRole);

    /// <summary>Which life of each node is a member, as this node sees it.</summary>
    public IReadOnlyDictionary<Place, int> Members => Lives(Cluster.Get(System).State.Members);

    /// <summary>Those that are up and can be reached.</summary>
    public IReadOnlyDictionary<Place, int> Up
    {
        get
        {
            var state = Cluster.Get(System).State;
            return Lives(state.Members.Except(state.Unreachable).Where(member => member.Status == MemberStatus.Up));
        }
    }

    public static MatrixNode Start(NodePlan plan) => new(plan);

    /// <summary>The program of a node: leaves in good order when it is told to terminate.</summary>
    public static async Task RunAsync(NodePlan plan)
    {
        var node = Start(plan);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            _ = CoordinatedShutdown.Get(node.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        });
        await node.System.WhenTerminated;
        await node.Contends;
    }

    /// <summary>Tells the contenders of all nodes to stop.</summary>
    public static void StopContenders(string folder) => File.WriteAllText(Path.Combine(folder, StopFile), string.Empty);

    /// <summary>What the nodes held, also those that are gone.</summary>
    public static IEnumerable<Held> HoldingsIn(string folder) =>
        Directory.EnumerateFiles(folder, $"{HoldingsOf}*")
            .SelectMany(File.ReadLines)
            .Where(line => line.EndsWith('.'))
            .Select(line => Held.Parse(line.TrimEnd('.')));

    private static Dictionary<Place, int> Lives(IEnumerable<Member> members) => members.ToDictionary(
        member => new Place(member.Address.Host!, member.Address.Port!.Value), member => member.UniqueAddress.Uid);

    private async Task ContendAsync()
    {
        var name = $"node-{_plan.Number}-{Environment.ProcessId}";
        var lease = (RedisLease)LeaseProvider.Get(System).GetLease("contended", "redis-actors.lease", name);
        await using var file = File.CreateText(Path.Combine(_plan.Folder, HoldingsOf + name));
        file.AutoFlush = true;
        try
        {
            // The full stop shows that a node that is killed has written the line to its end.
            await new LeaseContender(name, lease, _plan.Number).RunAsync(
                held => file.WriteLine($"{held}."),
                () => System.WhenTerminated.IsCompleted || File.Exists(Path.Combine(_plan.Folder, StopFile)));
        }
        catch (Exception error) when (error is AskTimeoutException or InvalidOperationException)
        {
            Console.WriteLine(error);
        }
    }

    private static Config ConfigOf(NodePlan plan) => ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = {{Environment.GetEnvironmentVariable("REDISACTORS_TEST_LOG") ?? "WARNING"}}
          stdout-loglevel = OFF
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "{{plan.Address.Host}}", port = {{plan.Address.Port}} }
          coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off }
          cluster {
            app-version = "1.0.0"
            seed-nodes = ["akka.tcp://matrix@{{plan.Seed}}"]
            roles = [{{(plan.Number == 1 ? "web" : ServingRole)}}]
            gossip-interval = 500ms
            leader-actions-interval = 500ms
            failure-detector { heartbeat-interval = 500ms, acceptable-heartbeat-pause = 3s }
            split-brain-resolver {
              active-strategy = {{(plan.Way == Ways.Local ? "lease-majority" : "keep-majority")}}
              stable-after = 5s
              lease-majority { lease-implementation = "redis-actors.lease", release-after = 3m }
            }
            singleton { min-number-of-hand-over-retries = 10, hand-over-retry-interval = 500ms }
            sharding {
              role = {{ServingRole}}
              state-store-mode = ddata
              distributed-data.durable.keys = []
              retry-interval = 500ms
              handoff-timeout = 10s
              rebalance-interval = 2s
            }
          }
        }
        {{(plan.Way == Ways.Local ? "" : RemoteRedisHere)}}
        redis-actors {
          default { endpoint = "{{plan.Redis}}", command-timeout = {{CommandTimeout.TotalSeconds}}s, exactly-once.keep = 1m }
          akka-cluster { served-by = {{(plan.Way == Ways.Singleton ? "singleton" : "role")}}, role = {{ServingRole}} }
          lease { heartbeat-timeout = 3s, heartbeat-interval = 500ms, lease-operation-timeout = 2s }
        }
        """);
}
