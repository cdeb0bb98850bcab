using System.CommandLine;
using System.Diagnostics;
using Akka.Actor;
using RedisActors.Simulation;
using RedisActors.Simulation.Consumers;
using RedisActors.Simulation.Messages;
using RedisActors.Simulation.Sessions;
using RedisActors.Simulation.Subscriptions;
using RedisActors.Wire;

var seeds = new Option<int>("--seeds") { Description = "How many schedules to run.", DefaultValueFactory = _ => 100_000 };
var from = new Option<int>("--from") { Description = "The seed of the first.", DefaultValueFactory = _ => 1 };
var mutation = new Option<Mutation>("--mutation") { Description = "A deliberate defect that is to be found.", DefaultValueFactory = _ => Mutation.None };
var trace = new Option<bool>("--trace") { Description = "Print the steps of the first schedule, whatever its result." };
var root = new RootCommand("Runs the command ledger against a model server under seeded schedules of faults, in virtual time.")
{
    seeds, from, mutation, trace,
};

root.SetAction(arguments =>
{
    var (first, count, defect) = (arguments.GetValue(from), arguments.GetValue(seeds), arguments.GetValue(mutation));
    if (arguments.GetValue(trace))
    {
        foreach (var line in Simulator.Trace(first, defect)) Console.WriteLine(line);
        if (count <= 1) return 0;
    }

    var clock = Stopwatch.StartNew();
    if (Simulator.Search(first, count, defect) is not { } finding)
    {
        Console.WriteLine($"{count} schedules from seed {first}: no violation ({clock.Elapsed.TotalSeconds:F1} s)");
        return 0;
    }

    foreach (var line in Simulator.Trace(finding.Seed, defect)) Console.WriteLine(line);
    Console.WriteLine();
    Console.WriteLine($"Seed {finding.Seed}: {finding.Violation}");
    Console.WriteLine($"Again: eng/simulate --seeds 1 --from {finding.Seed}{(defect == Mutation.None ? string.Empty : $" --mutation {defect}")}");
    return 1;
});

var sessionMutation = new Option<SessionMutation>("--mutation") { Description = "A deliberate defect that is to be found.", DefaultValueFactory = _ => SessionMutation.None };
var sessions = new Command("sessions", "Runs the pool of sessions and the waits of blocking commands, with users that give up and sessions that are lost.")
{
    seeds, from, sessionMutation, trace,
};
sessions.SetAction(arguments =>
{
    var (first, count, defect) = (arguments.GetValue(from), arguments.GetValue(seeds), arguments.GetValue(sessionMutation));
    var clock = Stopwatch.StartNew();
    var finding = Simulator.Search(first, count, seed => SessionsRun.Go(seed, defect));
    if (finding is not null || arguments.GetValue(trace)) SessionsRun.Go(finding?.Seed ?? first, defect, Console.WriteLine);
    Console.WriteLine(finding is null
        ? $"{count} schedules from seed {first}: no violation ({clock.Elapsed.TotalSeconds:F1} s)"
        : $"Seed {finding.Seed}: {finding.Violation}");
    return finding is null ? 0 : 1;
});
root.Subcommands.Add(sessions);

var mutated = new Option<int>("--count") { Description = "How many messages to read.", DefaultValueFactory = _ => 1_000_000 };
var messages = new Command("messages", "Reads messages whose bytes were damaged: each gives an error or a message, and costs little.")
{
    mutated, from,
};
messages.SetAction(async arguments =>
{
    using var system = ActorSystem.Create("messages", "akka.loglevel = OFF");
    RedisMessages.Get(system);
    var clock = Stopwatch.StartNew();
    var (count, seed) = (arguments.GetValue(mutated), arguments.GetValue(from));
    var wrong = new MutatedMessages((ExtendedActorSystem)system, seed).Search(count);
    Console.WriteLine(wrong ?? $"{count} messages from seed {seed}: no violation ({clock.Elapsed.TotalSeconds:F1} s)");
    await system.Terminate();
    return wrong is null ? 0 : 1;
});
root.Subcommands.Add(messages);

var consumerMutation = new Option<ConsumerMutation>("--mutation") { Description = "A deliberate defect that is to be found." };
var consumers = new Command("consumers", "Runs consumers of one group against a model stream under seeded schedules of faults, in virtual time.")
{
    seeds, from, consumerMutation,
};
consumers.SetAction(arguments =>
{
    var (first, count, defect) = (arguments.GetValue(from), arguments.GetValue(seeds), arguments.GetValue(consumerMutation));
    var clock = Stopwatch.StartNew();
    var finding = ConsumerRun.Search(first, count, defect);
    Console.WriteLine(finding is { } found
        ? $"Seed {found.Seed}: {found.Violation.Message}"
        : $"{count} schedules from seed {first}: no violation ({clock.Elapsed.TotalSeconds:F1} s)");
    return finding is null ? 0 : 1;
});
root.Subcommands.Add(consumers);

var subscriptionSeeds = new Option<int>("--seeds") { Description = "How many schedules to run.", DefaultValueFactory = _ => 1_000 };
var subscriptionMutation = new Option<SubscriptionMutation>("--mutation") { Description = "A deliberate defect that is to be found." };
var subscriptions = new Command("subscriptions", "Runs the ledger of subscriptions against a model server, under seeded schedules of faults.")
{
    subscriptionSeeds, from, subscriptionMutation, trace,
};
subscriptions.SetAction(arguments =>
{
    var (first, count, defect) = (arguments.GetValue(from), arguments.GetValue(subscriptionSeeds), arguments.GetValue(subscriptionMutation));
    if (arguments.GetValue(trace)) Console.WriteLine(SubscriptionRun.Go(first, defect, Console.WriteLine) ?? "no violation");
    var clock = Stopwatch.StartNew();
    var finding = SubscriptionRun.Search(first, count, defect);
    Console.WriteLine(finding is null
        ? $"{count} schedules from seed {first}: no violation ({clock.Elapsed.TotalSeconds:F1} s)"
        : $"Seed {finding.Seed}: {finding.Violation}");
    return finding is null ? 0 : 1;
});
root.Subcommands.Add(subscriptions);

return root.Parse(args).Invoke();
