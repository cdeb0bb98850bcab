using System.CommandLine;
using System.Diagnostics;
using RedisActors.Attack;
using RedisActors.Attack.Door;

var seed = new Option<int>("--seed") { Description = "The same seed, the same commands.", DefaultValueFactory = _ => 1 };
var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 60 };
var json = new Option<bool>("--json") { Description = "The figures as one JSON object." };
var root = new RootCommand("Sends commands of every name with odd arguments to a RedisActor on a real server, beside honest senders.")
{
    seed, seconds, json,
};

root.SetAction(async arguments =>
{
    var chosen = arguments.GetValue(seed);
    var report = await AttackRun.GoAsync(chosen, TimeSpan.FromSeconds(arguments.GetValue(seconds)));
    Console.WriteLine(arguments.GetValue(json) ? report.ToJson(chosen) : report);
    foreach (var finding in report.Findings) Console.Error.WriteLine(finding);
    return report.IsClean ? 0 : 1;
});

var inputs = new Option<long>("--inputs") { Description = "How many inputs.", DefaultValueFactory = _ => 1_000_000 };
var from = new Option<long>("--from") { Description = "The number of the first.", DefaultValueFactory = _ => 0 };
var door = new Command("door", "Gives the front door, which reads what clients write, valid and damaged requests in pieces of all sizes. Without a server.")
{
    seed, inputs, from,
};

door.SetAction(async arguments =>
{
    var clock = Stopwatch.StartNew();
    using var fuzz = new DoorFuzz();
    try
    {
        await fuzz.RunAsync(arguments.GetValue(seed), arguments.GetValue(from), arguments.GetValue(inputs));
    }
    catch (InvalidOperationException error)
    {
        Console.Error.WriteLine(error);
        return 1;
    }

    Console.WriteLine($"seed={arguments.GetValue(seed)} inputs={arguments.GetValue(inputs)} seconds={clock.Elapsed.TotalSeconds:0.0}: each request had its reply");
    return 0;
});
root.Add(door);

return await root.Parse(args).InvokeAsync();
