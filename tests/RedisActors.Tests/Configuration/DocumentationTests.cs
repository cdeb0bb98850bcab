using System.Text.RegularExpressions;

namespace RedisActors.Tests.Configuration;

/// <summary>
/// The links within <c>docs/configuration.md</c>, and the two READMEs. That the code and the settings in them are valid is tested in
/// RedisActors.Documentation.Tests.
/// </summary>
public sealed partial class DocumentationTests
{
    private const string Page = "docs/configuration.md";

    [Fact]
    public void Each_link_to_a_section_leads_to_one()
    {
        var sections = Headings().Matches(Repository.Read(Page)).Select(match => Anchor(match.Groups[1].Value)).ToArray();

        Assert.Equal(sections.Skip(1), Links().Matches(Repository.Read(Page)).Select(match => match.Groups[1].Value));
    }

    /// <summary>What is code in one is the same code in the other, but for comments.</summary>
    [Theory]
    [InlineData("csharp")]
    [InlineData("hocon")]
    public void The_Chinese_README_shows_the_same(string language) => Assert.Equal(
        Repository.Blocks("README.md", language).Select(WithoutComments),
        Repository.Blocks("README.zh-CN.md", language).Select(WithoutComments));

    private static string WithoutComments(string block) => OneLine(Comment().Replace(block, string.Empty));

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Anchor(string heading) =>
        new([.. heading.Trim().ToLowerInvariant().Replace(' ', '-').Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')]);

    [GeneratedRegex(" (//|#) .*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex("\\]\\(#([^)]+)\\)")]
    private static partial Regex Links();
}
