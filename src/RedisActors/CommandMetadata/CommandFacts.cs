namespace RedisActors.CommandMetadata;

/// <summary>
/// What is known of commands: from <see cref="CommandTable"/>, or, where that does not have a command (a module's, a newer
/// server's), from what the server of this link says of it. Used by one command actor.
/// </summary>
/// <remarks>
/// A server is asked <c>COMMAND INFO name</c>, https://redis.io/docs/latest/commands/command-info/. It answers with the name, the
/// arity, the flags, the positions of the first and last key and the step between keys, and since Redis 7 with the subcommands.
/// </remarks>
internal sealed class CommandFacts
{
    private const int FlagsAt = 2;
    private const int FirstKeyAt = 3;
    private const int LastKeyAt = 4;
    private const int StepAt = 5;
    private const int SubcommandsAt = 9;

    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Learned> _learned = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is known of a command; null where nothing is.</summary>
    public CommandProfile? Find(RedisCommand command) => CommandTable.Find(command) ?? FindLearned(command);

    /// <summary>
    /// Whether to ask the server about a command: the table does not have it, and the server was not asked yet. True once.
    /// </summary>
    public bool IsUnheardOf(RedisCommand command) => CommandTable.Find(command) is null && _asked.Add(command.Name);

    /// <summary>Takes the server's answer to <c>COMMAND INFO name</c>: one description, null for an unknown command.</summary>
    public void Learn(string name, RespValue commandInfo)
    {
        var descriptions = commandInfo.Kind == RespKind.Array ? commandInfo.AsArray() : [];
        if (descriptions.IsEmpty || Parse(name, descriptions[0]) is not { } profile) return;

        Dictionary<string, CommandProfile>? subcommands = null;
        var parts = descriptions[0].AsArray();
        if (parts.Length > SubcommandsAt && parts[SubcommandsAt] is { Kind: RespKind.Array } list && !list.AsArray().IsEmpty)
        {
            subcommands = new Dictionary<string, CommandProfile>(StringComparer.OrdinalIgnoreCase);
            foreach (var item in list.AsArray())
            {
                // A subcommand gives its full name, NAME|SUB.
                if (item.Kind != RespKind.Array || item.AsArray() is not [{ Kind: not RespKind.Array } fullName, ..]) continue;
                if (fullName.AsString() is not { } words || Parse(words, item) is not { } subcommand) continue;
                subcommands[words[(words.IndexOf('|') + 1)..]] = subcommand;
            }
        }

        _learned[name] = new Learned(profile, subcommands);
    }

    /// <summary>The next link may lead to another server, or to another version.</summary>
    public void Forget()
    {
        _asked.Clear();
        _learned.Clear();
    }

    /// <summary>One description of <c>COMMAND INFO</c> as a profile; null where it is none.</summary>
    public static CommandProfile? Parse(string name, RespValue description)
    {
        if (description.Kind != RespKind.Array) return null;

        var parts = description.AsArray();
        if (parts.Length <= StepAt || parts[FlagsAt].Kind != RespKind.Array) return null;

        var flags = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var flag in parts[FlagsAt].AsArray())
        {
            if (flag.Kind != RespKind.Array && flag.AsString() is { } word) flags.Add(word);
        }

        return new CommandProfile(name, ClassOf(flags), KeysOf(flags, parts[FirstKeyAt], parts[LastKeyAt], parts[StepAt]));
    }

    private CommandProfile? FindLearned(RedisCommand command)
    {
        if (!_learned.TryGetValue(command.Name, out var learned)) return null;
        var arguments = command.ArgumentArray;
        return learned.Subcommands is null || arguments.Length == 0
            ? learned.Profile
            : learned.Subcommands.GetValueOrDefault((string?)arguments[0] ?? string.Empty);
    }

    /// <summary>
    /// A server says whether a command writes, not whether it may write twice; so a write counts as one that may not. A command
    /// without flags counts as a write.
    /// </summary>
    private static ReplayClass ClassOf(HashSet<string> flags)
    {
        if (flags.Contains("blocking") || flags.Contains("pubsub")) return ReplayClass.Never;
        if (flags.Contains("admin")) return ReplayClass.Administration;
        if (flags.Contains("write")) return ReplayClass.Accumulating;
        if (flags.Contains("readonly")) return ReplayClass.ReadOnly;

        // Neither reads nor writes, and is of no use inside a script: it is about the connection.
        return flags.Contains("noscript") && !flags.Contains("movablekeys") ? ReplayClass.Never : ReplayClass.Accumulating;
    }

    /// <summary>
    /// The server counts the name as position 0. A first key of 0 with movable keys means that only the server can tell.
    /// </summary>
    private static KeySpec KeysOf(HashSet<string> flags, RespValue first, RespValue last, RespValue step)
    {
        if (flags.Contains("movablekeys")) return KeySpec.Unknown;
        if (!TryNumber(first, out var firstKey) || !TryNumber(last, out var lastKey) || !TryNumber(step, out var keyStep))
        {
            return KeySpec.Unknown;
        }

        if (firstKey <= 0) return KeySpec.None;

        return keyStep > 0 ? KeySpec.Range(firstKey - 1, lastKey < 0 ? lastKey : lastKey - 1, keyStep) : KeySpec.Unknown;
    }

    private static bool TryNumber(RespValue value, out int number)
    {
        var fits = value.Kind == RespKind.Integer && value.AsInt64() is >= int.MinValue and <= int.MaxValue;
        number = fits ? (int)value.AsInt64() : 0;
        return fits;
    }

    private sealed record Learned(CommandProfile Profile, Dictionary<string, CommandProfile>? Subcommands);
}
