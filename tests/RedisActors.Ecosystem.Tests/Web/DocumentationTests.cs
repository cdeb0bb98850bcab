using System.Text.RegularExpressions;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary>What <c>docs/ecosystem.md</c> shows of the libraries that are tried here is compiled.</summary>
public sealed partial class DocumentationTests
{
    [Theory]
    [InlineData("Libraries over StackExchange.Redis")]
    [InlineData("Microsoft.Extensions.Caching.StackExchangeRedis")]
    [InlineData("Microsoft.AspNetCore.DataProtection.StackExchangeRedis")]
    [InlineData("Microsoft.AspNetCore.OutputCaching.StackExchangeRedis")]
    [InlineData("Microsoft.AspNetCore.SignalR.StackExchangeRedis")]
    [InlineData("AspNetCore.HealthChecks.Redis")]
    [InlineData("OpenTelemetry.Instrumentation.StackExchangeRedis")]
    public void Each_piece_of_code_is_one_that_is_compiled(string heading)
    {
        var root = Root();
        var page = File.ReadAllText(Path.Combine(root, "docs", "ecosystem.md"));
        var code = Flat(File.ReadAllText(Path.Combine(root, "tests", "RedisActors.Ecosystem.Tests", "Web", "DocumentedCode.cs")));
        var section = Regex.Match(page, $@"^#+ {Regex.Escape(heading)}\r?\n(?<text>.*?)(?=^#|\z)", RegexOptions.Multiline | RegexOptions.Singleline);

        var pieces = CodeBlock().Matches(section.Groups["text"].Value);

        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Contains(Flat(piece.Groups["code"].Value), code, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"```csharp\r?\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    private static string Flat(string code) => Regex.Replace(code, @"\s+", " ").Trim();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RedisActors.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
