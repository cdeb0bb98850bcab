#nullable disable // as Akka.TestKit
using System.Text.RegularExpressions;

namespace Akka.TestKit.Internal;

/// <summary>What a text has to be like, and how to say so.</summary>
internal sealed record TextMatcher(string Description, Func<string, bool> Matches)
{
    public static TextMatcher Any { get; } = new("", _ => true);

    public static TextMatcher Of(string message, string start, string contains)
    {
        if (message != null)
            return Equal(message);

        if (start != null)
            return new TextMatcher($"starts with \"{start}\"", text => text?.StartsWith(start, StringComparison.Ordinal) ?? false);

        return contains == null
            ? Any
            : new TextMatcher($"contains \"{contains}\"", text => text?.Contains(contains, StringComparison.Ordinal) ?? false);
    }

    public static TextMatcher Of(Regex pattern) => new($"matches \"{pattern}\"", text => text != null && pattern.IsMatch(text));

    public static TextMatcher Source(string source) => source == null ? Any : Equal(source);

    private static TextMatcher Equal(string expected) => new($"== \"{expected}\"", text => text == expected);
}
