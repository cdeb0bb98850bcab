using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>
/// Commands that <see cref="CommandTable"/> does not have, as the server itself describes them: those of modules and of newer
/// servers. Kept per server version, so that a server is asked once and an upgraded one again.
/// </summary>
/// <remarks>
/// The description is the reply of <c>COMMAND INFO</c>, https://redis.io/docs/latest/commands/command-info/: per command its
/// name, arity, flags, the positions of the first and last key and the step between keys, and since Redis 7 its subcommands.
/// Safe for use by several threads.
/// </remarks>
internal sealed class ServerCommandTable
{
    private const int FlagsAt = 2;
    private const int FirstKeyAt = 3;
    private const int LastKeyAt = 4;
    private const int StepAt = 5;
    private const int SubcommandsAt = 9;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, Described>> _versions = new();

    /// <summary>
    /// What a server of that version said of a command. False when it was not asked; true with a null profile when it was
    /// asked and does not know the command or subcommand, so that asking again is of no use.
    /// </summary>
    public bool TryFind(string version, string name, ReadOnlySpan<RedisValue> arguments, out CommandProfile? profile)
    {
        profile = null;
        if (!_versions.TryGetValue(version, out var commands) || !commands.TryGetValue(name, out var described)) return false;

        if (described.HasSubcommands && !arguments.IsEmpty)
        {
            described = commands.GetValueOrDefault($"{name}|{(string?)arguments[0]}", Described.Missing);
        }

        profile = described.Profile;
        return true;
    }

    /// <summary>What a server of that version said of a command; null when it was not asked or does not know it.</summary>
    public CommandProfile? Find(string version, string name, params ReadOnlySpan<RedisValue> arguments) =>
        TryFind(version, name, arguments, out var profile) ? profile : null;

    /// <summary>
    /// Keeps what is known of a command; null when the server does not know it. A subcommand is <c>NAME|SUB</c>.
    /// </summary>
    public void Remember(string version, string name, CommandProfile? profile) =>
        CommandsOf(version)[name] = new Described(profile, HasSubcommands: false);

    /// <summary>
    /// Keeps the reply of <c>COMMAND INFO name …</c>, subcommands included.
    /// </summary>
    /// <param name="version">The server's version, <c>redis_version</c> of INFO.</param>
    /// <param name="names">The names that were asked for, in that order.</param>
    /// <param name="reply">One description or null for each.</param>
    public void Remember(string version, ReadOnlySpan<string> names, RespValue reply)
    {
        var commands = CommandsOf(version);
        var descriptions = reply.Kind == RespKind.Array ? reply.AsArray() : [];
        for (var index = 0; index < names.Length; index++)
        {
            var description = index < descriptions.Length ? descriptions[index] : RespValue.Null;
            if (!TryDescribe(description, out var described)) described = Described.Missing;

            // Subcommands first: whoever finds the container finds them too.
            foreach (var item in described.HasSubcommands ? Subcommands(description) : [])
            {
                // A subcommand gives its full name, NAME|SUB, whatever the container was asked for as.
                if (!TryDescribe(item, out var subcommand) || item.AsArray()[0].AsString() is not { } fullName) continue;
                commands[$"{names[index]}|{fullName[(fullName.IndexOf('|') + 1)..]}"] = subcommand;
            }

            commands[names[index]] = described;
        }
    }

    /// <summary>One description of <c>COMMAND INFO</c> as a profile; null when there is none, or it cannot be read.</summary>
    public static CommandProfile? Parse(RespValue description) =>
        TryDescribe(description, out var described) ? described.Profile : null;

    private ConcurrentDictionary<string, Described> CommandsOf(string version) =>
        _versions.GetOrAdd(version, _ => new ConcurrentDictionary<string, Described>(StringComparer.OrdinalIgnoreCase));

    private static bool TryDescribe(RespValue description, [NotNullWhen(true)] out Described? described)
    {
        described = null;
        if (description.Kind != RespKind.Array) return false;

        var parts = description.AsArray();
        if (parts.Length <= StepAt || parts[FlagsAt].Kind != RespKind.Array) return false;

        var flags = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var flag in parts[FlagsAt].AsArray())
        {
            if (flag.Kind != RespKind.Array && flag.AsString() is { } word) flags.Add(word);
        }

        var keys = ReadKeys(flags, parts[FirstKeyAt], parts[LastKeyAt], parts[StepAt]);
        var subcommands = parts.Length > SubcommandsAt
            && parts[SubcommandsAt] is { Kind: RespKind.Array } list && !list.AsArray().IsEmpty;
        described = new Described(keys.Profile(ReadClass(flags)), subcommands);
        return true;
    }

    /// <summary>
    /// A server says whether a command writes, not whether it may write twice; so a write is taken for one that may not. Nor
    /// does it say anything of a command without flags, which is taken for a write.
    /// </summary>
    private static ReplayClass ReadClass(HashSet<string> flags)
    {
        if (flags.Contains("blocking") || flags.Contains("pubsub")) return ReplayClass.Never;
        if (flags.Contains("admin")) return ReplayClass.Administration;
        if (flags.Contains("write")) return ReplayClass.Accumulating;
        if (flags.Contains("readonly")) return ReplayClass.ReadOnly;

        // Neither reads nor writes and is of no use inside a script: it is about the connection.
        return flags.Contains("noscript") && !flags.Contains("movablekeys") ? ReplayClass.Never : ReplayClass.Accumulating;
    }

    /// <summary>
    /// The server counts the name as position 0. A first key of 0 with movable keys means that only the server can tell.
    /// </summary>
    private static KeySpec ReadKeys(HashSet<string> flags, RespValue first, RespValue last, RespValue step)
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

    private static IEnumerable<RespValue> Subcommands(RespValue description) =>
        description.AsArray()[SubcommandsAt].AsArray().Where(item => item is { Kind: RespKind.Array } && !item.AsArray().IsEmpty);

    private sealed record Described(CommandProfile? Profile, bool HasSubcommands)
    {
        public static Described Missing { get; } = new(null, HasSubcommands: false);
    }
}
