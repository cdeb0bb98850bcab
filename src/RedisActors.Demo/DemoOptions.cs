using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RedisActors.Demo;

/// <summary>What the demo was asked for on its command line.</summary>
/// <param name="Duration">How long commands are sent.</param>
/// <param name="Rate">Commands per second, of all senders together.</param>
/// <param name="Faults">What is done to the server, in this order and again while there is time.</param>
/// <param name="Redis">The user's own server, to which nothing is done; null starts a private one.</param>
/// <param name="Plain">Lines instead of a live view.</param>
internal sealed record DemoOptions(TimeSpan Duration, int Rate, IReadOnlyList<FaultKind> Faults, ServerAddress? Redis, bool Plain)
{
    private const int InvalidOptions = 2;

    /// <summary>Reads the command line; otherwise has said what is wrong with it, or what was asked about it.</summary>
    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out DemoOptions? options, out int exitCode)
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = "How long commands are sent; the answers are awaited after that.",
            HelpName = "N",
            DefaultValueFactory = _ => 30,
        };
        var rate = new Option<int>("--rate")
        {
            Description = "Commands per second, of all senders together.",
            HelpName = "N",
            DefaultValueFactory = _ => 1000,
        };
        var faults = new Option<IReadOnlyList<FaultKind>>("--faults")
        {
            Description = "What is done to the server, in this order: kill (kill -9, back after 3 s), stall (SIGSTOP for 4 s), "
                + "client-kill (CLIENT KILL), separated by commas; or none.",
            HelpName = "LIST",
            DefaultValueFactory = _ => [FaultKind.Kill, FaultKind.Stall, FaultKind.ClientKill],
            CustomParser = ParseFaults,
        };
        var redis = new Option<ServerAddress?>("--redis")
        {
            Description = "Your own server: no faults are injected, and the demo removes its keys in the end.",
            HelpName = "HOST:PORT",
            CustomParser = ParseAddress,
        };
        var plain = new Option<bool>("--plain")
        {
            Description = "Plain lines instead of a live view; chosen by itself when the output is no terminal.",
        };
        var root = new RootCommand(
            "Sends commands from several actors to a RedisActor while faults happen to a real Redis server, and holds what the "
            + "senders were told against what the server has. Exit code 0 only if nothing was lost, duplicated or unanswered.")
        {
            seconds, rate, faults, redis, plain,
        };
        root.HelpName = "eng/demo";
        AcceptOnly(seconds, 1, 86_400);
        AcceptOnly(rate, 1, 100_000);
        root.Validators.Add(result =>
        {
            if (result.GetResult(redis) is { Implicit: false }
                && result.GetResult(faults) is { Implicit: false, Errors: var errors } given
                && !errors.Any()
                && given.GetValueOrDefault<IReadOnlyList<FaultKind>>() is { Count: > 0 })
            {
                result.AddError("--faults are injected into the demo's own server only, not into the one that --redis names.");
            }
        });

        var parsed = root.Parse(arguments);
        options = null;
        exitCode = 0;
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors.Select(error => error.Message).Distinct()) Console.Error.WriteLine(error);
            Console.Error.WriteLine("eng/demo --help tells the options.");
            exitCode = InvalidOptions;
            return false;
        }

        if (parsed.Action is not null)
        {
            exitCode = parsed.Invoke();
            return false;
        }

        var address = parsed.GetValue(redis);
        options = new DemoOptions(
            TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            parsed.GetValue(rate),
            address is null ? parsed.GetValue(faults)! : [],
            address,
            parsed.GetValue(plain));
        return true;
    }

    private static void AcceptOnly(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1
            && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value)
            && (value < least || value > most))
        {
            result.AddError($"{option.Name} is {value}; it must be from {least} to {most}.");
        }
    });

    private static IReadOnlyList<FaultKind>? ParseFaults(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text == "none") return [];

        var faults = new List<FaultKind>();
        foreach (var name in text.Split(','))
        {
            if (FaultKind.All.FirstOrDefault(fault => fault.Name == name) is not { } fault)
            {
                result.AddError($"--faults: '{name}' is none of {string.Join(", ", FaultKind.All.Select(kind => kind.Name))} and none.");
                return null;
            }

            faults.Add(fault);
        }

        return faults;
    }

    private static ServerAddress? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ServerAddress.TryParse(text, out var address)) return address;

        result.AddError($"--redis: '{text}' is not HOST:PORT.");
        return null;
    }
}
