using System.CommandLine;
using System.CommandLine.Parsing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>The command line of <c>eng/bench outage</c>.</summary>
internal static class OutageCommand
{
    private static readonly Dictionary<string, DeliveryMode> DeliveryModes = new()
    {
        ["exactly-once"] = DeliveryMode.ExactlyOnce,
        ["when-safe"] = DeliveryMode.WhenSafe,
        ["at-most-once"] = DeliveryMode.AtMostOnce,
        ["at-least-once"] = DeliveryMode.AtLeastOnce,
    };

    public static Command Command()
    {
        var client = Choices.Clients(RedisActorsClient.Name);
        var faults = new Option<IReadOnlyList<string>>("--faults")
        {
            Description = $"Separated by commas: {string.Join(", ", OutageFault.All.Select(fault => fault.Name))}; or all.",
            HelpName = "LIST",
            DefaultValueFactory = _ => [.. OutageFault.All.Select(fault => fault.Name)],
            CustomParser = result => Choices.ParseList(result, "--faults", [.. OutageFault.All.Select(fault => fault.Name)]),
        };
        var inFlight = Choices.Number("--in-flight", "Commands in flight.", 2_000, 1_000_000);
        var rounds = Choices.Number("--rounds", "How many times each fault happens in its run.", 3, 1_000);
        var between = Choices.Number("--seconds-between", "How long the load runs before each fault and after the last.", 2, 3_600);
        var delivery = new Option<DeliveryMode>("--delivery")
        {
            Description = $"Our delivery mode: {string.Join(", ", DeliveryModes.Keys)}.",
            HelpName = "MODE",
            DefaultValueFactory = _ => DeliveryMode.ExactlyOnce,
            CustomParser = ParseDelivery,
        };
        var json = new Option<bool>("--json") { Description = "One JSON object per client and fault on standard output, nothing else." };
        var command = new Command("outage", "What is lost and what is applied twice on a real server under real faults.")
        {
            client, faults, inFlight, rounds, between, delivery, json,
        };
        command.SetAction(parsed => OutageBenchmark.RunAsync(new OutageOptions
        {
            Clients = parsed.GetRequiredValue(client),
            Faults = [.. parsed.GetRequiredValue(faults).Select(name => OutageFault.All.Single(fault => fault.Name == name))],
            InFlight = parsed.GetRequiredValue(inFlight),
            Rounds = parsed.GetRequiredValue(rounds),
            Between = TimeSpan.FromSeconds(parsed.GetRequiredValue(between)),
            Delivery = parsed.GetRequiredValue(delivery),
            DeliveryName = DeliveryModes.Single(mode => mode.Value == parsed.GetRequiredValue(delivery)).Key,
            Json = parsed.GetRequiredValue(json),
        }));
        return command;
    }

    private static DeliveryMode ParseDelivery(ArgumentResult result)
    {
        if (DeliveryModes.TryGetValue(result.Tokens[0].Value, out var mode)) return mode;

        result.AddError($"--delivery: '{result.Tokens[0].Value}' must be one of {string.Join(", ", DeliveryModes.Keys)}.");
        return default;
    }
}
