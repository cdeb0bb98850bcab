using System.Text.RegularExpressions;
using Akka.Configuration;
using RedisActors.Testing;

namespace RedisActors.Tests.Configuration;

/// <summary>What <c>docs/configuration.md</c> shows can be taken as it stands.</summary>
public sealed partial class DocumentationTests
{
    private const string Page = "docs/configuration.md";

    [Fact]
    public async Task Each_piece_of_HOCON_is_valid()
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Tls = new RedisServerTls(certificates) });
        var blocks = Repository.Blocks(Page, "hocon");
        Assert.NotEmpty(blocks);

        foreach (var block in blocks)
        {
            var hocon = block.Replace("/etc/redis-actors/ca.crt", certificates.Authority.CertificateFile(server.Folder));

            Assert.Empty(Hocon.Connections(
                ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.Default())).Default.Warnings);
        }
    }

    [Fact]
    public void Each_piece_of_code_is_one_that_is_compiled()
    {
        var compiled = OneLine(Repository.Read("tests/RedisActors.Tests/Configuration/DocumentedCode.cs"));
        var blocks = Repository.Blocks(Page, "csharp");
        Assert.NotEmpty(blocks);

        Assert.All(blocks, block => Assert.Contains(OneLine(block), compiled));
    }

    [Fact]
    public void Each_link_to_a_section_leads_to_one()
    {
        var sections = Headings().Matches(Repository.Read(Page)).Select(match => Anchor(match.Groups[1].Value)).ToArray();

        Assert.Equal(sections.Skip(1), Links().Matches(Repository.Read(Page)).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void The_settings_in_the_README_are_valid()
    {
        var blocks = Repository.Blocks("README.md", "hocon");
        Assert.NotEmpty(blocks);

        Assert.All(blocks, block => Assert.NotNull(Hocon.Connections(
            ConfigurationFactory.ParseString(block).WithFallback(ConfigurationFactory.Default()))));
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
