using System.Globalization;
using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>Reads single arguments as the server does: words without regard to case, integers in decimal.</summary>
internal static class ArgumentWords
{
    public static bool Is(RedisValue argument, string word) =>
        string.Equals((string?)argument, word, StringComparison.OrdinalIgnoreCase);

    public static bool IsAnyOf(RedisValue argument, params ReadOnlySpan<string> words)
    {
        string? text = argument;
        foreach (var word in words)
        {
            if (string.Equals(text, word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Whether a word is among the arguments from a position on.</summary>
    public static bool Contains(ReadOnlySpan<RedisValue> arguments, int from, params ReadOnlySpan<string> words)
    {
        for (var index = from; index < arguments.Length; index++)
        {
            if (IsAnyOf(arguments[index], words)) return true;
        }

        return false;
    }

    public static bool TryInteger(ReadOnlySpan<RedisValue> arguments, int index, out long value)
    {
        value = 0;
        return index < arguments.Length
            && long.TryParse((string?)arguments[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }
}
