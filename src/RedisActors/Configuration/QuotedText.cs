using Akka.Configuration.Hocon;

namespace RedisActors.Configuration;

/// <summary>
/// Texts as they were written. Akka's <c>GetString</c> trims, also what stood in quotation marks, and a password may well begin or
/// end with a blank. The pieces of a value still have them: quoted ones as they were, and blanks between two pieces, or between the
/// last one and a comment, as pieces of their own.
/// </summary>
internal static class QuotedText
{
    public static string? Of(HoconValue value)
    {
        // Throws for a section or a list, and knows what null is.
        if (value.GetString() is null) return null;
        var pieces = value.Values.Select(piece => piece.GetString()).ToList();
        while (pieces.Count > 1 && string.IsNullOrWhiteSpace(pieces[^1])) pieces.RemoveAt(pieces.Count - 1);
        return string.Concat(pieces);
    }
}
