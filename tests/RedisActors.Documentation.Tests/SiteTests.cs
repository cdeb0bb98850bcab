using System.Text.RegularExpressions;

namespace RedisActors.Documentation.Tests;

/// <summary>Pages can be found, and their links lead somewhere.</summary>
public sealed partial class SiteTests
{
    private const string Contents = "docs/site/documentation/toc.yml";

    /// <summary>What the pages on settings and examples show.</summary>
    private static readonly string[] PagesOfHocon = ["docs/site/settings.md", "docs/site/examples.md"];

    public static TheoryData<string> Pages => [.. Markdown.Pages];

    [Fact]
    public void The_table_of_contents_names_every_page_but_the_first() => Assert.Equal(
        Markdown.Pages.Except(["docs/site/index.md"]).Order(),
        References().Matches(Repository.Read(Contents)).Select(match => Resolve(Contents, match.Groups["target"].Value)).Order());

    [Fact]
    public void The_pages_of_HOCON_show_every_file_of_settings() => Assert.Equal(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "hocon")).Select(file => $"hocon/{Path.GetFileName(file)}").Order(),
        PagesOfHocon.SelectMany(page => Included().Matches(Repository.Read(page)).Select(match => Resolve(page, match.Groups["target"].Value))).Order());

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_within_the_repository_leads_to_a_file_and_to_a_section_of_it(string page) =>
        Assert.Empty(DeadLinks(page, Repository.Read(page)));

    [Fact]
    public void A_link_that_leads_nowhere_is_reported() => Assert.Equal(
        ["nowhere.md", "outcomes.md#nowhere", "#nowhere"],
        DeadLinks(
            "docs/page.md",
            """
            # A page, and *what* it `has`
            [1](nowhere.md) [2](outcomes.md#nowhere) [3](#nowhere) [4](#a-page-and-what-it-has) [5](outcomes.md#the-outcomes) [6](../README.md)
            [7](https://example.org/nowhere.md) `[8](nowhere.md)`
            """));

    private static IEnumerable<string> DeadLinks(string page, string text) =>
        from link in Links().Matches(InlineCode().Replace(text, string.Empty))
        let target = link.Groups["target"].Value
        let section = link.Groups["section"].Value
        let file = target.Length == 0 ? page : Resolve(page, target)
        where target.Length > 0 && !Path.Exists(Path.Combine(Repository.Root, file)) ||
            section.Length > 0 && !Sections(target.Length == 0 ? text : Repository.Read(file)).Contains(section)
        select section.Length > 0 ? $"{target}#{section}" : target;

    /// <summary>The anchors of a page's headings, as GitHub makes them.</summary>
    private static IEnumerable<string> Sections(string text) => Headings().Matches(text).Select(heading => new string(
        [.. heading.Groups["text"].Value.Trim().ToLowerInvariant().Replace(' ', '-').Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_')]));

    /// <summary>The path in the repository that a path means in a page.</summary>
    private static string Resolve(string page, string target) => Path.GetRelativePath(
        Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target))).Replace('\\', '/');

    [GeneratedRegex(@"^ *href: (?<target>.+)$", RegexOptions.Multiline)]
    private static partial Regex References();

    [GeneratedRegex(@"^\[!code\[\]\((?<target>[^)]+)\)\]$", RegexOptions.Multiline)]
    private static partial Regex Included();

    [GeneratedRegex(@"\]\((?!\w+:)(?<target>[^)#\s]*)(#(?<section>[^)]+))?\)")]
    private static partial Regex Links();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
