namespace RedisActors.Testing;

/// <summary>Programs installed on this machine.</summary>
internal static class Programs
{
    /// <summary>The path of a program if it is on the <c>PATH</c>, otherwise <see langword="null"/>.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
