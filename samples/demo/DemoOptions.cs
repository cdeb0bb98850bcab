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
            CustomParser = result => ParseNumber(result, "--seconds", 86_400),
        };
        var rate = new Option<int>("--rate")
        {
            Description = "Commands per second, of all senders together.",
            HelpName = "N",
            DefaultValueFactory = _ => 1000,
            CustomParser = result => ParseNumber(result, "--rate", 100_000),
        };
        var faults = new Option<FaultList>("--faults")
        {
            Description = "What is done to the server, in this order: kill (kill -9, back after 3 s), stall (SIGSTOP for 4 s), "
                + "client-kill (CLIENT KILL), separated by commas; or none.",
            HelpName = "LIST",
            DefaultValueFactory = _ => new FaultList(FaultKind.All),
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
        root.Validators.Add(result =>
        {
            if (result.GetResult(redis) is { Implicit: false }
                && result.GetResult(faults) is { Implicit: false, Errors: var errors } given
                && !errors.Any()
                && given.GetValueOrDefault<FaultList>() is { Kinds.Count: > 0 })
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
            address is null ? parsed.GetRequiredValue(faults).Kinds : [],
            address,
            parsed.GetValue(plain));
        return true;
    }

    private static int ParseNumber(ArgumentResult result, string option, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= most)
        {
            return number;
        }

        result.AddError($"{option} is '{text}'; it must be a whole number from 1 to {most}.");
        return 0;
    }

    private static FaultList? ParseFaults(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text == "none") return new FaultList([]);

        var kinds = new List<FaultKind>();
        foreach (var name in text.Split(','))
        {
            if (FaultKind.All.FirstOrDefault(kind => kind.Name == name) is not { } kind)
            {
                result.AddError($"--faults: '{name}' is not one of {new FaultList(FaultKind.All)}; or say none alone.");
                return null;
            }

            kinds.Add(kind);
        }

        return new FaultList(kinds);
    }

    private static ServerAddress? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ServerAddress.TryParse(text, out var address)) return address;

        result.AddError($"--redis: '{text}' is not HOST:PORT.");
        return null;
    }

    /// <summary>Faults as they stand on the command line.</summary>
    private sealed record FaultList(IReadOnlyList<FaultKind> Kinds)
    {
        public override string ToString() => Kinds.Count == 0 ? "none" : string.Join(',', Kinds.Select(kind => kind.Name));
    }
}
