namespace RedisActors.Connection;

/// <summary>Reads replies to <c>INFO</c>: a line for each fact, <c>name:value</c>.</summary>
internal static class ServerInfo
{
    /// <summary>The value of a fact; null where it is not there or empty.</summary>
    public static string? Field(string info, string name)
    {
        foreach (var line in info.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length + 1 && line[name.Length] == ':')
            {
                return line[(name.Length + 1)..].Trim().ToString();
            }
        }

        return null;
    }
}
