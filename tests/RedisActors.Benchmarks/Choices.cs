using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using RedisActors.Benchmarks.Outage;

namespace RedisActors.Benchmarks;

/// <summary>Options shared by several benchmarks.</summary>
internal static class Choices
{
    private const string Ours = "ours";

    /// <summary><c>--client</c>.</summary>
    /// <param name="usual">The default.</param>
    public static Option<IReadOnlyList<string>> Clients(params string[] usual) => new("--client")
    {
        Description = $"{RedisActorsClient.Name} (or {Ours}), {PlainClient.Name} (StackExchange.Redis with its defaults), or all.",
        HelpName = "NAME",
        DefaultValueFactory = _ => usual,
        CustomParser = result => ParseList(result, "--client", [RedisActorsClient.Name, PlainClient.Name, Ours])?
            .Select(name => name == Ours ? RedisActorsClient.Name : name).Distinct().ToArray(),
    };

    public static Option<int> Number(string name, string description, int usual, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (TryNumber(text, most, out var number)) return number;
            result.AddError($"{name} is {text}; it must be a whole number from 1 to {most}.");
            return usual;
        },
    };

    /// <summary>An option of one or several numbers, separated by commas; null when it is not given.</summary>
    public static Option<IReadOnlyList<int>?> Numbers(string name, string description, int most) => new(name)
    {
        Description = description,
        HelpName = "N,N",
        DefaultValueFactory = _ => null,
        CustomParser = result => ParseNumbers(result, name, most),
    };

    public static string[]? ParseList(ArgumentResult result, string option, string[] names)
    {
        var text = result.Tokens[0].Value;
        if (text == "all") return names;

        var chosen = text.Split(',');
        if (chosen.FirstOrDefault(name => !names.Contains(name)) is not { } wrong) return [.. chosen.Distinct()];

        result.AddError($"{option}: '{wrong}' must be one of {string.Join(", ", names)}, all.");
        return null;
    }

    private static bool TryNumber(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= most;

    private static int[]? ParseNumbers(ArgumentResult result, string option, int most)
    {
        var numbers = new List<int>();
        foreach (var text in result.Tokens[0].Value.Split(','))
        {
            if (TryNumber(text, most, out var number))
            {
                numbers.Add(number);
                continue;
            }

            result.AddError($"{option}: '{text}' must be a number from 1 to {most}.");
            return null;
        }

        return [.. numbers.Distinct()];
    }
}
