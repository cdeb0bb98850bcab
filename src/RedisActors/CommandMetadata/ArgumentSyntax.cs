using System.Globalization;
using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>An option of a command and how many values follow it. A value may look like another option.</summary>
/// <param name="Name">The option's word.</param>
/// <param name="Values">How many values follow it.</param>
/// <param name="IsStore">Whether its value is the key that the result is stored in.</param>
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
}

/// <summary>Reads arguments the way the server does: words regardless of case, integers in decimal.</summary>
internal static class ArgumentSyntax
{
    private const int WidestExactType = 53;

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

    /// <summary>Whether one of the arguments, from a position on, is this word.</summary>
    public static bool Contains(ReadOnlySpan<RedisValue> arguments, int from, string word)
    {
        for (var index = from; index < arguments.Length; index++)
        {
            if (Is(arguments[index], word)) return true;
        }

        return false;
    }

    public static bool TryInteger(ReadOnlySpan<RedisValue> arguments, int index, out long value)
    {
        value = 0;
        return index < arguments.Length
            && long.TryParse((string?)arguments[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>
    /// Whether a type of a <c>BITFIELD</c> has more bits than a double, Lua's only number, carries exactly. Types follow
    /// <c>GET</c>, <c>SET</c> and <c>INCRBY</c>, and nothing else looks like one: the other arguments are numbers, offsets
    /// (<c>#1</c>) and words.
    /// </summary>
    public static bool HasWideBitFieldType(ReadOnlySpan<RedisValue> arguments)
    {
        for (var index = 1; index < arguments.Length; index++)
        {
            if ((string?)arguments[index] is ['i' or 'I' or 'u' or 'U', _, ..] type
                && int.TryParse(type.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && bits > WidestExactType)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>
/// The arguments of <c>XREAD</c> and <c>XREADGROUP</c>, by position: options up to the word <c>STREAMS</c>, then as many keys as
/// ids. Groups, consumers and keys may have any name, <c>block</c> and <c>streams</c> included.
/// https://redis.io/docs/latest/commands/xreadgroup/
/// </summary>
/// <param name="Blocks">Whether <c>BLOCK</c> is among the options.</param>
/// <param name="FirstKey">The position of the first key.</param>
/// <param name="KeyCount">How many keys there are; 0 where the server would refuse the arguments.</param>
/// <param name="BlockAt">The position of the time to block; -1 where there is none.</param>
internal readonly record struct StreamRead(bool Blocks, int FirstKey, int KeyCount, int BlockAt)
{
    private static readonly ArgumentOption[] Options = [new("BLOCK", 1), new("COUNT", 1), new("CLAIM", 1), new("GROUP", 2)];

    public static StreamRead Parse(ReadOnlySpan<RedisValue> arguments)
    {
        var blocks = false;
        var blockAt = -1;
        for (var index = 0; index < arguments.Length; index++)
        {
            if (ArgumentSyntax.Is(arguments[index], "STREAMS"))
            {
                var rest = arguments.Length - index - 1;
                return new StreamRead(blocks, index + 1, rest % 2 == 0 ? rest / 2 : 0, blockAt);
            }

            var option = ArgumentOption.Find(Options, arguments[index]);
            if (option is { Name: "BLOCK" }) (blocks, blockAt) = (true, index + 1);
            index += option?.Values ?? 0;
        }

        return new StreamRead(blocks, 0, 0, blockAt);
    }
}
