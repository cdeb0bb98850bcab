using System.Globalization;
using Akka.Actor;
using RedisActors;
using RedisActors.Samples.StreamWorker;

// dotnet run --project samples/stream-worker -- localhost:6379 worker-a 2
//
// So many consumers of the group "billing" of the stream "orders". Start several of these processes, kill one and another, kill Redis, and
// add entries all the while:
//
//   redis-cli XADD orders '*' customer c1 amount 5
//
// Whatever happens, each order is added to its customer's balance once (HGETALL balances), and none stays pending (XPENDING orders billing).
if (args is not [var endpoint, var name, var number])
{
    Console.Error.WriteLine("Usage: ENDPOINT NAME CONSUMERS");
    return 2;
}

using var system = ActorSystem.Create("stream-worker", $"redis-actors.default.endpoint = \"{endpoint}\"");
var redis = RedisExtension.Get(system).RedisActor;
for (var i = 1; i <= int.Parse(number, CultureInfo.InvariantCulture); i++)
{
    // With names that stay the same, a worker that is started again goes on with what it had not finished.
    var options = new RedisStreamConsumerOptions("orders", "billing", $"{name}-{i}") { ClaimIdle = TimeSpan.FromSeconds(5) };
    system.ActorOf(RedisStreamConsumer.Props(redis, options, system.ActorOf(Props.Create(() => new Billing(redis)))), $"consumer-{i}");
}

Console.WriteLine($"{name}: {number} consumers of orders at {endpoint}; Ctrl-C ends them in good order");
await system.WhenTerminated;
return 0;
