using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>The demo's command line.</summary>
/// <param name="Duration">How long commands are sent.</param>
/// <param name="Rate">Commands per second, of all senders together.</param>
/// <param name="Faults">The faults to inject, in this order, repeated while there is time.</param>
/// <param name="Server">The program of the demo's own server.</param>
/// <param name="Redis">The user's own server, which is left alone; null starts one for the demo.</param>
/// <param name="Plain">Plain lines instead of the live view.</param>
/// <param name="Shop">The sample shop instead of actors that send commands; the rate is that of its requests.</param>
internal sealed record DemoOptions(
    TimeSpan Duration, int Rate, IReadOnlyList<FaultKind> Faults, ServerProgram Server, ServerAddress? Redis, bool Plain, bool Shop = false)
{
    private const int InvalidOptions = 2;
    private const int UsualRate = 1000;
    private const int UsualRateOfTheShop = 200;

    /// <summary>
    /// Parses the command line. Where it returns false, it has printed the errors, or what was asked for (<c>--help</c>).
    /// </summary>
    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out DemoOptions? options, out int exitCode)
    {
        var seconds = new Option<int>("--seconds")
        {
            Description = "How long commands are sent. The demo then waits for the outstanding replies.",
            HelpName = "N",
            DefaultValueFactory = _ => 30,
            CustomParser = result => ParseNumber(result, "--seconds", 86_400),
        };
        var rate = new Option<int>("--rate")
        {
            Description = $"Commands per second, of all senders together; with --shop requests, and {UsualRateOfTheShop} by default.",
            HelpName = "N",
            DefaultValueFactory = _ => UsualRate,
            CustomParser = result => ParseNumber(result, "--rate", 100_000),
        };
        var faults = new Option<FaultList>("--faults")
        {
            Description = "The faults to inject, in this order, separated by commas: kill (kill -9, restarted after 3 s), stall "
                + "(SIGSTOP for 4 s), client-kill (CLIENT KILL); or none. The embedded server is stopped in good order instead of "
                + "killed; on Windows there is no stall.",
            HelpName = "LIST",
            DefaultValueFactory = _ => new FaultList(FaultKind.All),
            CustomParser = ParseFaults,
        };
        var server = new Option<ServerProgram?>("--server")
        {
            Description = "The program of the demo's own server: redis (redis-server on the PATH) or embedded (Garnet, which needs no "
                + "installation). By default redis where it is on the PATH, otherwise embedded.",
            HelpName = "NAME",
            CustomParser = ParseServer,
        };
        var redis = new Option<ServerAddress?>("--redis")
        {
            Description = "Use your own server. No faults are injected, and the demo removes its keys at the end.",
            HelpName = "HOST:PORT",
            CustomParser = ParseAddress,
        };
        var plain = new Option<bool>("--plain")
        {
            Description = "Plain lines instead of the live view. The default where the output is not a terminal.",
        };
        var shop = new Option<bool>("--shop")
        {
            Description = "The sample shop (samples/shop) with customers, open at a local address, instead of actors that send commands.",
        };
        var root = new RootCommand(
            "Several actors send commands to a RedisActor while faults hit a real server. At the end the demo compares the replies "
            + "with what the server holds. Exit code 0 only if no command was lost, duplicated or left unanswered.")
        {
            seconds, rate, faults, server, redis, plain, shop,
        };
        root.HelpName = "eng/demo";
        root.Validators.Add(result =>
        {
            if (result.GetResult(redis) is not { Implicit: false }) return;
            if (result.GetResult(shop) is { Implicit: false }) result.AddError("--shop and --redis exclude each other.");
            if (result.GetResult(server) is not null) result.AddError("--server and --redis exclude each other.");
            if (result.GetResult(faults) is { Implicit: false, Errors: var errors } given
                && !errors.Any()
                && given.GetValueOrDefault<FaultList>() is { Kinds.Count: > 0 })
            {
                result.AddError("--faults are injected only into the demo's own server, not into the one that --redis names.");
            }
        });

        var parsed = root.Parse(arguments);
        options = null;
        exitCode = 0;
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors.Select(error => error.Message).Distinct()) Console.Error.WriteLine(error);
            Console.Error.WriteLine("For the options, see eng/demo --help.");
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
            parsed.GetValue(shop) && parsed.GetResult(rate) is not { Implicit: false } ? UsualRateOfTheShop : parsed.GetValue(rate),
            address is null ? parsed.GetRequiredValue(faults).Kinds : [],
            parsed.GetValue(server) ?? ServerProgram.Automatic,
            address,
            parsed.GetValue(plain),
            parsed.GetValue(shop));
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
                result.AddError($"--faults: '{name}' is not one of {new FaultList(FaultKind.All)}. For no faults, say none.");
                return null;
            }

            kinds.Add(kind);
        }

        return new FaultList(kinds);
    }

    private static ServerProgram? ParseServer(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "redis":
                return ServerProgram.Redis;
            case "embedded":
                return ServerProgram.Embedded;
            case var other:
                result.AddError($"--server is '{other}'; it must be redis or embedded.");
                return null;
        }
    }

    private static ServerAddress? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ServerAddress.TryParse(text, out var address)) return address;

        result.AddError($"--redis: '{text}' is not HOST:PORT.");
        return null;
    }

    /// <summary>Faults as written on the command line.</summary>
    private sealed record FaultList(IReadOnlyList<FaultKind> Kinds)
    {
        public override string ToString() => Kinds.Count == 0 ? "none" : string.Join(',', Kinds.Select(kind => kind.Name));
    }
}

/// <summary>The address of a server, <c>host:port</c>, an IPv6 address in brackets.</summary>
internal sealed record ServerAddress(string Host, int Port)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerAddress? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');
        if (colon < 1) return false;

        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':')) return false;

        if (host.Length == 0 || host.Any(char.IsWhiteSpace)) return false;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        if (port is < 1 or > 65_535) return false;

        address = new ServerAddress(host, port);
        return true;
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
