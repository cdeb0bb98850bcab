using Akka.Configuration.Hocon;

namespace RedisActors.Configuration;

/// <summary>
/// Reads text as it was written. Akka's <c>GetString</c> trims even quoted text, but a password may begin or end with a blank. The
/// pieces of a value still contain these blanks: quoted pieces are unchanged, and blanks between two pieces, or between the last one and
/// a comment, are pieces of their own.
/// </summary>
internal static class QuotedText
{
    public static string? Of(HoconValue value)
    {
        // Throws for a section or a list, and recognizes null.
        if (value.GetString() is null) return null;
        var pieces = value.Values.Select(piece => piece.GetString()).ToList();
        while (pieces.Count > 1 && string.IsNullOrWhiteSpace(pieces[^1])) pieces.RemoveAt(pieces.Count - 1);
        return string.Concat(pieces);
    }
}
