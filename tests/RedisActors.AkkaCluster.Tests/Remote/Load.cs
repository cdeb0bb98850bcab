using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>
/// Keeps a number of INCRs in flight from one node, over several keys, and records in a ledger what it is told of each. Each answer
/// triggers the next command, until the load is stopped.
/// </summary>
internal sealed class Load : ReceiveActor
{
    private const int Keys = 20;

    private readonly LedgerCounter[] _counters;
    private readonly IActorRef _redis;
    private readonly DeliveryMode _delivery;
    private readonly LoadState _state;

    public Load(string name, IActorRef redis, DeliveryMode delivery, int inFlight, CommandLedger ledger, LoadState state)
    {
        _redis = redis;
        _delivery = delivery;
        _state = state;
        _counters = [.. Enumerable.Range(0, Keys).Select(number => ledger.Counter($"{name}-{number}"))];
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
        for (var i = 0; i < inFlight; i++) Next();
    }

    private void Next()
    {
        if (_state.IsStopped) return;
        var counter = _counters[Random.Shared.Next(Keys)];
        _redis.Tell(new RedisCommand("INCR", counter.Key) { Delivery = _delivery, State = counter.Sent() }, Self);
    }
}
