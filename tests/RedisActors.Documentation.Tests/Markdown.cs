using System.Text.RegularExpressions;

namespace RedisActors.Documentation.Tests;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">The page's path in the repository.</param>
/// <param name="Line">The line of the block's first line, from 1.</param>
/// <param name="Language">The first word behind the fence.</param>
/// <param name="Text">The lines between the fences.</param>
internal sealed record Block(string Page, int Line, string Language, string Text)
{
    public override string ToString() => $"{Page}:{Line}";
}

/// <summary>The fenced blocks of Markdown.</summary>
internal static partial class Markdown
{
    /// <summary>The pages of the repository, by their paths in it.</summary>
    public static IReadOnlyList<string> Pages { get; } = [.. PagesIn(new DirectoryInfo(Repository.Root)).Order(StringComparer.Ordinal)];

    /// <summary>The blocks of all pages in a language, but for those that say that they are not compiled.</summary>
    public static IEnumerable<Block> Blocks(string language) =>
        Pages.SelectMany(page => Blocks(page, Repository.Read(page))).Where(block => block.Language == language);

    /// <summary>The blocks of a page, but for those under a comment <c>not compiled: REASON</c>.</summary>
    public static IEnumerable<Block> Blocks(string page, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var skipped = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var fence = Fence().Match(lines[i]);
            if (!fence.Success)
            {
                if (lines[i].Length > 0) skipped = NotCompiled().IsMatch(lines[i]);
                continue;
            }

            var first = i + 1;
            var indent = fence.Groups["indent"].Length;
            do i++;
            while (i < lines.Length && lines[i].Trim() != "```");

            if (i == lines.Length) throw new FormatException($"{page}:{first}: the block has no end.");
            var content = lines[first..i].Select(line => line[Math.Min(indent, line.Length)..]);
            if (!skipped) yield return new Block(page, first + 1, fence.Groups["language"].Value, string.Join('\n', content));
            skipped = false;
        }
    }

    private static IEnumerable<string> PagesIn(DirectoryInfo folder) =>
        folder.EnumerateFiles("*.md").Select(file => Path.GetRelativePath(Repository.Root, file.FullName).Replace('\\', '/'))
            .Concat(folder.EnumerateDirectories()
                .Where(child => child.Name is not ("artifacts" or "bin" or "obj") && !child.Name.StartsWith('.'))
                .SelectMany(PagesIn));

    [GeneratedRegex(@"^(?<indent> *)```(?<language>[\w#+-]*)")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^ *<!-- not compiled: \S.* -->$")]
    private static partial Regex NotCompiled();
}
