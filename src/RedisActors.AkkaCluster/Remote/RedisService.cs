using Akka.Actor;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Forwards the commands and subscriptions of other nodes to the <see cref="RedisActor"/> of its own, which answers them itself. When its
/// node is about to leave, or to lose the singleton, it sends them back to the <see cref="RemoteRedis"/> they came from, which sends them to
/// another node, and stops after a while. What it has forwarded is answered all the same.
/// </summary>
internal sealed class RedisService : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _linger;
    private readonly IActorRef _redis;

    public RedisService(string connection, TimeSpan linger)
    {
        // Not earlier: a node that does not have the singleton needs no connection.
        _redis = RedisExtension.Get(Context.System).Connection(connection);
        _linger = linger;
        Serving();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string connection, TimeSpan linger) =>
        Akka.Actor.Props.Create(() => new RedisService(connection, linger));

    private void Serving()
    {
        Receive<RedisCommand>(command => _redis.Forward(command));
        Receive<RedisSubscribe>(subscribe => _redis.Forward(subscribe));
        Receive<Leave>(_ =>
        {
            Become(Leaving);
            Timers.StartSingleTimer(End.Instance, End.Instance, _linger);
        });
    }

    private void Leaving()
    {
        Receive<RedisCommand>(command => Sender.Tell(command));
        Receive<RedisSubscribe>(subscribe => Sender.Tell(subscribe));
        Receive<Leave>(_ => { });
        Receive<End>(_ => Context.Stop(Self));
    }

    /// <summary>Send commands back from now on, and stop in a while.</summary>
    public sealed record Leave : INoSerializationVerificationNeeded
    {
        public static Leave Instance { get; } = new();
    }

    private sealed record End : INoSerializationVerificationNeeded
    {
        public static End Instance { get; } = new();
    }
}
