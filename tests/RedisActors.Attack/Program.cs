using System.CommandLine;
using RedisActors.Attack;

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

return await root.Parse(args).InvokeAsync();
