using System.Text.RegularExpressions;

namespace RedisActors.Benchmarks.Chart;

/// <summary>
/// The text of an SVG as Skia writes it, made such that every viewer shows it: Skia ends its lists of positions with a comma, which the
/// grammar does not have, surrounds the words with line breaks, and names only the font that it has measured.
/// </summary>
internal static partial class SvgText
{
    /// <param name="svg">What Skia wrote.</param>
    /// <param name="font">The font that the text was measured with.</param>
    /// <param name="viewersFonts">Fonts of the same width, the first that the viewer has being used.</param>
    public static string Repair(string svg, string font, string viewersFonts)
    {
        svg = OpenLists().Replace(svg, "$1\"");
        svg = Words().Replace(svg, "$1$2</text>");
        return svg.Replace($"font-family=\"{font}\"", $"font-family=\"{viewersFonts}\"", StringComparison.Ordinal);
    }

    [GeneratedRegex("""( [xy]="[^"]*?)[, ]+"(?=[ >])""")]
    private static partial Regex OpenLists();

    [GeneratedRegex(@"(<text\b[^>]*>)\s*([^<]*?)\s*</text>")]
    private static partial Regex Words();
}
