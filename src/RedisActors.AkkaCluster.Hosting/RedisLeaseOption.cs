using System.Text;
using Akka.Actor.Setup;
using Akka.Hosting;
using Akka.Hosting.Coordination;
using RedisActors.Hosting;

namespace RedisActors.AkkaCluster.Hosting;

/// <summary>
/// The <see cref="RedisLease"/> as an option of Akka.Hosting: what <c>LeaseMajorityOption.LeaseImplementation</c> and
/// <c>ClusterSingletonOptions.LeaseImplementation</c> of Akka.Cluster.Hosting take. Each property is the setting of the same name under
/// <c>redis-actors.lease</c>; what is left <see langword="null"/> comes from HOCON.
/// </summary>
/// <remarks>
/// Akka.Cluster.Hosting takes no more than <see cref="ConfigPath"/> from the option, so the settings themselves are added by
/// <c>WithRedisLease</c>, or by <see cref="Apply"/>. <c>WithRedisOnRole</c> and
/// <c>WithRedisSingleton</c> add the defaults.
/// </remarks>
public sealed class RedisLeaseOption : LeaseOptionBase
{
    /// <summary>Where the settings of the lease are: <c>redis-actors.lease</c>.</summary>
    public override string ConfigPath => "redis-actors.lease";

    /// <summary><see cref="RedisLease"/>.</summary>
    public override Type Class => typeof(RedisLease);

    /// <summary><c>connection</c> that the lease is kept through: <c>default</c>, or a name under <c>redis-actors.connections</c>.</summary>
    public string? Connection { get; set; }

    /// <summary><c>heartbeat-timeout</c>: how long a holder keeps the lease that does not renew it; the same on all nodes.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary><c>heartbeat-interval</c>: how often the holder renews it; less than half of <see cref="HeartbeatTimeout"/>.</summary>
    public TimeSpan? HeartbeatInterval { get; set; }

    /// <summary><c>lease-operation-timeout</c>: how long acquiring and releasing may take.</summary>
    public TimeSpan? OperationTimeout { get; set; }

    /// <summary>
    /// <c>safety-margin</c>, from 0 to 0.5: the part of <see cref="HeartbeatTimeout"/> by which a holder stops relying on the lease before
    /// the server gives it to another.
    /// </summary>
    public double? SafetyMargin { get; set; }

    /// <summary>
    /// <c>wait-for-forgotten-holder</c>: whether acquiring waits while the server grants the lease to nobody, because it may have forgotten
    /// a holder.
    /// </summary>
    public bool? WaitForForgottenHolder { get; set; }

    /// <summary><c>key-prefix</c>: what precedes the name of the lease in its key on the server.</summary>
    public string? KeyPrefix { get; set; }

    /// <summary>Adds the settings: what is set here before the HOCON of the host, the defaults after it.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="setup">Not used.</param>
    public override void Apply(AkkaConfigurationBuilder builder, Setup? setup = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var hocon = new StringBuilder();
        Write("connection", Connection);
        Write("heartbeat-timeout", HeartbeatTimeout);
        Write("heartbeat-interval", HeartbeatInterval);
        Write("lease-operation-timeout", OperationTimeout);
        Write("safety-margin", SafetyMargin);
        Write("wait-for-forgotten-holder", WaitForForgottenHolder);
        Write("key-prefix", KeyPrefix);
        if (hocon.Length > 0) builder.AddHocon(hocon.ToString(), HoconAddMode.Prepend);
        builder.AddHocon(RedisLease.DefaultConfig(), HoconAddMode.Append);

        void Write(string path, object? value)
        {
            if (value is not null) hocon.Append(ConfigPath).Append('.').Append(path).Append(" = ").Append(RedisOptions.Text(value)).Append('\n');
        }
    }
}
