namespace RedisActors.Documentation.Tests;

/// <summary>The C# in the repository's Markdown compiles.</summary>
public sealed class CodeTests(CodeTests.AllBlocks all) : IClassFixture<CodeTests.AllBlocks>
{
    public static TheoryData<string> Pages => [.. Markdown.Blocks("csharp").Select(block => block.Page).Distinct()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_a_page_compiles(string page) => Assert.Empty(all.Errors[page]);

    [Fact]
    public void What_is_around_the_blocks_compiles() =>
        Assert.Empty(all.Errors.Where(errors => !Markdown.Pages.Contains(errors.Key)).SelectMany(errors => errors));

    [Theory]
    [InlineData("redis.Tel(1);", "page.md:6: CS1061")]
    [InlineData("int n = 1;\nredis.Tell(new RedisComand(\"PING\"));", "page.md:7: CS0246")]
    [InlineData("public sealed class Mine\n{\n    public int Half => 1.5;\n}", "page.md:8: CS0266")]
    [InlineData("using RedisActors.Nowhere;\nvar n = 1;", "page.md:6: CS0234")]
    [InlineData("catch (Exception) { }", "page.md:6: CS")]
    [InlineData(".WithRedis(\"localhost\")", "page.md:6: CS")]
    [InlineData("var n = ...;", "page.md:6: CS")]
    [InlineData("}\nredis.Tel(1);", "page.md:6: CS")]
    public void What_does_not_compile_is_reported_where_it_stands(string code, string expected)
    {
        var block = Assert.Single(Markdown.Blocks("page.md", $"# Page\n\nText.\n\n```csharp\n{code}\n```\n"));

        Assert.Contains(BlockCompiler.Errors([block])["page.md"], error => error.StartsWith(expected, StringComparison.Ordinal));
    }

    /// <summary>A block in another language, or in the same under another name, would go unnoticed.</summary>
    [Fact]
    public void Every_block_is_in_a_language_that_is_known_here() => Assert.Empty(Markdown.Pages
        .SelectMany(page => Markdown.Blocks(page, Repository.Read(page)))
        .Where(block => block.Language is not ("csharp" or "hocon" or "json" or "xml" or "acl" or ""))
        .Select(block => $"{block}: {block.Language}"));

    [Fact]
    public void A_block_is_left_out_only_with_a_reason()
    {
        Assert.Empty(Markdown.Blocks("page.md", "<!-- not compiled: it is Java -->\n```csharp\nimport java.util.*;\n```\n"));
        Assert.Single(Markdown.Blocks("page.md", "<!-- not compiled: -->\n```csharp\nimport java.util.*;\n```\n"));
        Assert.Single(Markdown.Blocks("page.md", "<!-- not compiled: it is Java -->\nText.\n```csharp\nvar n = 1;\n```\n"));
    }

    /// <summary>Everything is compiled once.</summary>
    public sealed class AllBlocks
    {
        internal ILookup<string, string> Errors { get; } = BlockCompiler.Errors(Markdown.Blocks("csharp"));
    }
}
