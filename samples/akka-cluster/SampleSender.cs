using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>Keeps a number of INCRs in flight, with exactly-once delivery, and records in a ledger what it is told of each.</summary>
internal sealed class SampleSender : ReceiveActor
{
    private readonly IActorRef _redis;
    private readonly LedgerCounter _counter;
    private bool _stopped;

    public SampleSender(IActorRef redis, LedgerCounter counter, int inFlight)
    {
        _redis = redis;
        _counter = counter;
        Receive<RedisReply>(reply =>
        {
            ((LedgerEntry)reply.State!).Applied(reply.Value.AsInt64());
            Next();
        });
        Receive<Status.Failure>(failure =>
        {
            ((LedgerEntry)failure.State!).Failed(((RedisOutcomeException)failure.Cause).Outcome);
            Next();
        });
        Receive<Stop>(_ => _stopped = true);
        for (var i = 0; i < inFlight; i++) Next();
    }

    public static Props Props(IActorRef redis, LedgerCounter counter, int inFlight) =>
        Akka.Actor.Props.Create(() => new SampleSender(redis, counter, inFlight));

    private void Next()
    {
        if (_stopped) return;
        _redis.Tell(new RedisCommand("INCR", _counter.Key) { Delivery = DeliveryMode.ExactlyOnce, State = _counter.Sent() }, Self);
    }

    /// <summary>Send no more.</summary>
    public sealed record Stop
    {
        public static Stop Instance { get; } = new();
    }
}
