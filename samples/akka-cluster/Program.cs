using RedisActors.Samples.AkkaCluster;

// dotnet run --project samples/akka-cluster -- one-process|three-processes [role|singleton]
//
// Three nodes of an Akka cluster. Node 1 sends INCRs with exactly-once delivery, 500 in flight; nodes 2 and 3 have the connections to
// Redis. Meanwhile both are restarted, one after the other, and Redis is killed; with three processes, a node is killed too. In the end
// what the sender was told is compared with what the server has. The exit code is 0 if nothing was lost, nothing applied twice and
// nothing left unanswered.
var words = args.Length == 1 ? [args[0], "role"] : args;
return words switch
{
    ["node", var port, var seedPort, var redis, var servedBy] =>
        await NodesElsewhere.RunNodeAsync(int.Parse(port), new SampleSettings(int.Parse(seedPort), redis, servedBy)),
    ["one-process", "role" or "singleton"] => await RollingRestart.RunAsync(words[1], new NodesHere()),
    ["three-processes", "role" or "singleton"] => await RollingRestart.RunAsync(words[1], new NodesElsewhere()),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: one-process|three-processes [role|singleton]");
    return 2;
}
