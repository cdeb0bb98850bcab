namespace RedisActors.Tests;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>A file, by its path in the repository.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The names of the files of a folder, with a pattern.</summary>
    public static IEnumerable<string> FileNames(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern).Select(path => Path.GetFileName(path)!).Order();

    /// <summary>The fenced blocks of a Markdown file that are in a language.</summary>
    public static IReadOnlyList<string> Blocks(string path, string language)
    {
        var blocks = new List<string>();
        List<string>? lines = null;
        foreach (var line in Read(path).Split('\n'))
        {
            if (lines is not null && line.StartsWith("```"))
            {
                blocks.Add(string.Join('\n', lines));
                lines = null;
            }
            else if (lines is not null)
            {
                lines.Add(line);
            }
            else if (line == $"```{language}")
            {
                lines = [];
            }
        }

        return blocks;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RedisActors.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("RedisActors.sln is in no folder above the tests.");
    }
}
