using Akka.Actor;

namespace RedisActors.Samples.StreamWorker;

/// <summary>Adds the amount of an order to its customer's balance: once, since the write has the entry's token.</summary>
public sealed class Billing : ReceiveActor
{
    public Billing(IActorRef redis) => Receive<RedisStreamEntry>(order =>
    {
        var add = new RedisCommand("HINCRBY", "balances", order["customer"].AsRedisValue(), order["amount"].AsRedisValue())
        {
            Delivery = DeliveryMode.ExactlyOnce,
            IdempotencyKey = order.Token(),
        };
        redis.ExecuteAsync(add).PipeTo(Sender, Self, _ => order.Acknowledge(), error => order.Fail(error.Message));
    });
}
