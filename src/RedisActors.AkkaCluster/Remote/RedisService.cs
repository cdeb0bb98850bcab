using Akka.Actor;

namespace RedisActors.AkkaCluster;

/// <summary>
/// What a node that serves shows to the others: gives their commands to the <see cref="RedisActor"/> of the node, which answers them
/// itself. When the node is about to leave, commands are sent back to whoever sent them, to be given to another node, for a while before
/// the actor stops; what it gave on is answered all the same.
/// </summary>
internal sealed class RedisService : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _linger;
    private readonly IActorRef _redis;

    public RedisService(string connection, TimeSpan linger)
    {
        // Not before: a node that does not have the singleton needs no connection.
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
        Receive<Leave>(_ =>
        {
            Become(Leaving);
            Timers.StartSingleTimer(End.Instance, End.Instance, _linger);
        });
    }

    private void Leaving()
    {
        Receive<RedisCommand>(command => Sender.Tell(command));
        Receive<Leave>(_ => { });
        Receive<End>(_ => Context.Stop(Self));
    }

    /// <summary>Take no more commands, and stop in a while.</summary>
    public sealed record Leave : INoSerializationVerificationNeeded
    {
        public static Leave Instance { get; } = new();
    }

    private sealed record End : INoSerializationVerificationNeeded
    {
        public static End Instance { get; } = new();
    }
}
