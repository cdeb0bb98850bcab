using System.Text;
using Akka.Hosting.Coordination;
using RedisActors.Hosting;

namespace RedisActors.AkkaCluster.Hosting;

/// <summary>
/// Redis for all nodes of an Akka cluster, as an options object of Akka.Hosting. Each property is the setting of the same name under
/// <c>redis-actors.akka-cluster</c>, where its meaning, unit and default stand; what is left <see langword="null"/> comes from HOCON. The same on
/// all nodes. Invalid values are reported when the actor system starts, by the path of the setting.
/// </summary>
public class RemoteRedisOptions
{
    internal const string Path = "redis-actors.akka-cluster";

    /// <summary><c>role</c>: the nodes that serve; empty: all of them.</summary>
    public string? Role { get; set; }

    /// <summary><c>connection</c> that they serve with: <c>default</c>, or a name under <c>redis-actors.connections</c>.</summary>
    public string? Connection { get; set; }

    /// <summary><c>linger</c>: how long a node that serves no longer goes on to send back what still comes for it.</summary>
    public TimeSpan? Linger { get; set; }

    /// <summary><c>max-unanswered</c>: how many commands of a node may be unanswered; further ones end as <see cref="Outcome.NotSent"/>.</summary>
    public int? MaxUnanswered { get; set; }

    /// <summary><c>answer-grace</c>: how much longer than a command's timeout the node that has it is waited for.</summary>
    public TimeSpan? AnswerGrace { get; set; }

    /// <summary><c>identify-interval</c>: how often nodes that could serve are asked whether they do.</summary>
    public TimeSpan? IdentifyInterval { get; set; }

    /// <summary><c>shutdown.drain-in-phase</c>: the phase of the coordinated shutdown in which RemoteRedis is drained; empty: none.</summary>
    public string? DrainInPhase { get; set; }

    /// <summary>What is set here, as HOCON.</summary>
    internal string ToHocon()
    {
        var hocon = new StringBuilder();
        foreach (var (path, value) in Settings)
        {
            if (value is not null) hocon.Append(Path).Append('.').Append(path).Append(" = ").Append(RedisOptions.Text(value)).Append('\n');
        }

        return hocon.ToString();
    }

    private protected virtual IEnumerable<(string Path, object? Value)> Settings =>
    [
        ("role", Role), ("connection", Connection), ("linger", Linger), ("max-unanswered", MaxUnanswered), ("answer-grace", AnswerGrace),
        ("identify-interval", IdentifyInterval), ("shutdown.drain-in-phase", DrainInPhase),
    ];
}

/// <summary>The same, where one node serves at a time. Lease and interval are named as in <c>ClusterSingletonOptions</c> of Akka.Cluster.Hosting.</summary>
public sealed class RedisSingletonOptions : RemoteRedisOptions
{
    /// <summary>
    /// <c>singleton.use-lease</c>: the lease that a node has to hold to serve, such as <see cref="RedisLeaseOption"/>, whose settings are added
    /// too. <see langword="null"/>: the one of <c>akka.cluster.singleton.use-lease</c>, if there is one.
    /// </summary>
    public LeaseOptionBase? LeaseImplementation { get; set; }

    /// <summary><c>singleton.lease-retry-interval</c>: how long a node waits that was refused the lease before it asks again.</summary>
    public TimeSpan? LeaseRetryInterval { get; set; }

    private protected override IEnumerable<(string Path, object? Value)> Settings =>
        [.. base.Settings, ("singleton.use-lease", LeaseImplementation?.ConfigPath), ("singleton.lease-retry-interval", LeaseRetryInterval)];
}
