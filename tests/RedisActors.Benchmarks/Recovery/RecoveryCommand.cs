using System.CommandLine;
using RedisActors.Benchmarks.Outage;

namespace RedisActors.Benchmarks.Recovery;

/// <summary>The command line of <c>eng/bench recovery</c>.</summary>
internal static class RecoveryCommand
{
    public static Command Command()
    {
        var client = Choices.Clients(RedisActorsClient.Name, PlainClient.Name);
        var fault = new Option<string>("--fault")
        {
            Description = "kill: the server is killed (kill -9) and restarted; cut: a proxy resets all connections, refuses new ones, and accepts again.",
            HelpName = "NAME",
            DefaultValueFactory = _ => RecoveryFault.All[0].Name,
        };
        fault.AcceptOnlyFromAmong([.. RecoveryFault.All.Select(each => each.Name)]);
        var outages = Choices.Number("--outages", "How many outages.", 20, 10_000);
        var longest = Choices.Number("--max-seconds", "The longest outage; the shortest takes 0.1 s.", 30, 3_600);
        var inFlight = Choices.Number("--in-flight", "Commands in flight per client.", 100, 100_000);
        var json = new Option<bool>("--json") { Description = "One JSON object per client on standard output, nothing else." };
        var command = new Command("recovery", "How soon work resumes after an outage, from the server's first PONG.")
        {
            client, fault, outages, longest, inFlight, json,
        };
        command.SetAction(parsed => RecoveryBenchmark.RunAsync(new RecoveryOptions
        {
            Clients = parsed.GetRequiredValue(client),
            Fault = RecoveryFault.All.Single(each => each.Name == parsed.GetRequiredValue(fault)),
            Outages = OutagePlan.Lengths(parsed.GetRequiredValue(outages), TimeSpan.FromSeconds(parsed.GetRequiredValue(longest))),
            InFlight = parsed.GetRequiredValue(inFlight),
            Json = parsed.GetRequiredValue(json),
        }));
        return command;
    }
}
