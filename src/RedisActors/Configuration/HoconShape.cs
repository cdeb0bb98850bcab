using Akka.Configuration.Hocon;

namespace RedisActors.Configuration;

/// <summary>
/// What a value of HOCON is: text, a list or a section. Akka's readers take one for another without a word: text as an empty list, a list
/// as no text.
/// </summary>
internal static class HoconShape
{
    /// <summary>Text, quoted or not; numbers and switches are text too.</summary>
    public const string Text = "text";

    public const string List = "a list";

    public const string Section = "a section";

    /// <summary>In words. Anything but the three above is not valid anywhere.</summary>
    public static string Of(HoconValue value)
    {
        // Akka reads ${?NAME} as a path that is empty, which is all of the configuration.
        if (value.Values.Any(piece => piece is HoconSubstitution { Path: "" } or HoconSubstitution { ResolvedValue: null }))
        {
            return "a substitution that leads nowhere";
        }

        if (value.IsObject()) return Section;
        if (value.IsString()) return Text;

        // Lists may be concatenated, with blanks in between.
        var pieces = value.Values.Where(piece => !piece.IsString() || !string.IsNullOrWhiteSpace(piece.GetString())).ToList();
        if (pieces.Count == 0) return "nothing";
        return pieces.TrueForAll(piece => piece.IsArray()) ? List : "a mixture of text, lists and sections";
    }

    public static bool IsSection(HoconValue? value) => value is not null && Of(value) == Section;
}
