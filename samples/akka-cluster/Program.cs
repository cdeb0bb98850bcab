using RedisActors.Samples.AkkaCluster;

// dotnet run --project samples/akka-cluster -- one-process|three-processes [role|singleton]
// dotnet run --project samples/akka-cluster -- three-processes sharding
//
// Three nodes of an Akka cluster. Node 1 sends INCRs with exactly-once delivery, 500 in flight; nodes 2 and 3 have the connections to
// Redis. Meanwhile both are restarted, one after the other, and Redis is killed; with three processes, a node is killed too. In the end
// what the sender was told is compared with what the server has. The exit code is 0 if nothing was lost, nothing applied twice and
// nothing left unanswered.
//
// With sharding, nodes 2 and 3 have carts, which are shard entities, and node 1 sends 500 requests at a time to them while a node is killed
// and a node leaves; each request is applied once.
var words = args.Length == 1 ? [args[0], "role"] : args;
return words switch
{
    ["node", var port, var seedPort, var redis, var servedBy] =>
        await NodesElsewhere.RunNodeAsync(int.Parse(port), new SampleSettings(int.Parse(seedPort), redis, servedBy)),
    ["three-processes", "sharding"] => await ShardedCarts.RunAsync(),
    ["one-process", "role" or "singleton"] => await RollingRestart.RunAsync(words[1], new NodesHere()),
    ["three-processes", "role" or "singleton"] => await RollingRestart.RunAsync(words[1], new NodesElsewhere()),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: one-process|three-processes [role|singleton], or three-processes sharding");
    return 2;
}
