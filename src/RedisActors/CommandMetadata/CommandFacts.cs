namespace RedisActors.CommandMetadata;

/// <summary>
/// What is known of a command: from the library's table, or from what this server says of commands that are not in it (a newer
/// server's, a module's).
/// </summary>
internal sealed class CommandFacts
{
    private const string ThisServer = "";

    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);
    private ServerCommandTable _server = new();

    /// <summary>What is known of it, or null.</summary>
    public CommandProfile? Find(RedisCommand command) =>
        CommandTable.Find(command.Name, command.ArgumentArray) ?? _server.Find(ThisServer, command.Name, command.ArgumentArray);

    /// <summary>Whether the server should be asked about a command: nothing is known of it and it was not asked yet.</summary>
    public bool IsUnheardOf(RedisCommand command) =>
        CommandTable.Find(command.Name, command.ArgumentArray) is null && _asked.Add(command.Name);

    /// <summary>The server's answer to <c>COMMAND INFO name</c>.</summary>
    public void Learn(string name, RespValue commandInfo) => _server.Remember(ThisServer, [name], commandInfo);

    /// <summary>It may be another server, or another version: what was learnt is learnt anew.</summary>
    public void Forget()
    {
        _asked.Clear();
        _server = new ServerCommandTable();
    }
}
