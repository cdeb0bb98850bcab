using RedisActors.Samples.AkkaCluster;

// dotnet run --project samples/akka-cluster -- one-process|three-processes [role|singleton]
//
// Node 1 sends INCRs, 500 at a time, exactly-once; nodes 2 and 3 have the connections to Redis. Meanwhile both are restarted, one after
// the other, and Redis is killed; with three processes, a node is killed too. In the end what the sender was told is held against what
// the server has. The exit code is 0 if nothing was lost, nothing doubled and nothing left unanswered.
var words = args.Length == 1 ? [args[0], "role"] : args;
return words switch
{
    ["node", var port, var redis, var servedBy] => await ChildNode.RunAsync(int.Parse(port), redis, servedBy),
    ["one-process", var servedBy] => await RollingRestart.RunAsync(servedBy, new NodesHere()),
    ["three-processes", var servedBy] => await RollingRestart.RunAsync(servedBy, new NodesElsewhere()),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("one-process|three-processes [role|singleton]");
    return 2;
}
