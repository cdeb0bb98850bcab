using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>
/// A word among the arguments of a command that is followed by values of its own, which may look like other words.
/// </summary>
internal sealed record ArgumentOption(string Name, int Values, bool IsStore = false)
{
    public static ArgumentOption? Find(ArgumentOption[] options, RedisValue argument)
    {
        string? text = argument;
        foreach (var option in options)
        {
            if (string.Equals(option.Name, text, StringComparison.OrdinalIgnoreCase)) return option;
        }

        return null;
    }

    /// <summary>How many values follow a word; 0 when it is none of the options.</summary>
    public static int ValuesOf(ArgumentOption[] options, RedisValue argument) => Find(options, argument)?.Values ?? 0;
}
