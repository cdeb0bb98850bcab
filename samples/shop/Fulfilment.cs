using Akka.Actor;
using Akka.Hosting;
using RedisActors;
using StackExchange.Redis;

namespace Shop;

/// <summary>Takes orders from the stream, counts what was sold, and tells the news. Each order counts once, whoever dies meanwhile.</summary>
public sealed class Fulfilment : ReceiveActor
{
    public Fulfilment(IActorRef redis) => Receive<RedisStreamEntry>(order =>
        FulfilAsync(redis, order).PipeTo(Sender, Self, order.Acknowledge, error => order.Fail(error.Message)));

    private static async Task FulfilAsync(IActorRef redis, RedisStreamEntry order)
    {
        var sold = Orders.Read(order["lines"].AsString()!)
            .Select(line => new RedisCommand("ZINCRBY", Orders.Bestsellers, line.Number, line.Item));
        await redis.ExecuteAsync(new RedisTransaction([.. sold, new RedisCommand("INCR", "fulfilled")])
        {
            Delivery = DeliveryMode.ExactlyOnce,
            IdempotencyKey = order.Token(),
        });
        await redis.ExecuteAsync("PUBLISH", News.Channel, (RedisValue)$"{order["customer"].AsString()}: {order["lines"].AsString()}");
    }
}

public static class FulfilmentExtensions
{
    /// <summary>Starts a consumer of the group, under the name of this machine.</summary>
    public static void StartFulfilment(this ActorSystem system, IActorRegistry registry)
    {
        var redis = registry.Get<RedisActor>();
        var handler = system.ActorOf(Props.Create(() => new Fulfilment(redis)), "fulfilment");
        var options = new RedisStreamConsumerOptions(Orders.Stream, "fulfilment", Environment.MachineName);
        system.ActorOf(RedisStreamConsumer.Props(redis, options, handler), "fulfilment-consumer");
    }
}
