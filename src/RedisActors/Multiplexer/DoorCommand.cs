using System.Collections.Frozen;
using System.Text;
using RedisActors.CommandMetadata;

namespace RedisActors.Multiplexer;

/// <summary>What a door does with a command.</summary>
internal enum DoorAction : byte
{
    /// <summary>It is the server's to answer.</summary>
    Pass,
    Auth,
    Client,
    Command,
    Discard,
    Echo,
    Eval,
    EvalReadOnly,
    EvalSha,
    EvalShaReadOnly,
    Exec,
    Hello,
    Multi,
    Ping,
    PSubscribe,
    PUnsubscribe,
    Quit,
    Reset,
    Script,
    Select,
    SSubscribe,
    Subscribe,
    SUnsubscribe,

    /// <summary>It is no command: not one word of printable ASCII.</summary>
    Unknown,

    Unsubscribe,
    Unwatch,
    Watch,
}

/// <summary>A command's name as it is used here, and what a door does with it.</summary>
/// <param name="Name">In capitals; of an unknown one as the client called it, so far as an error can say it.</param>
/// <param name="Action">What a door does.</param>
/// <param name="NullIsArray">Whether the server answers with an array, so that its null is one of arrays.</param>
internal sealed record DoorCommand(string Name, DoorAction Action, bool NullIsArray)
{
    private const int LongestName = 64;
    private const int LongestShown = 32;

    /// <summary>These answer with an array, or with the null array of RESP2: https://redis.io/docs/latest/commands/.</summary>
    private static readonly FrozenSet<string> Arrays = FrozenSet.Create(
        StringComparer.Ordinal,
        "BLPOP", "BRPOP", "BLMPOP", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "LMPOP", "ZMPOP", "XREAD", "XREADGROUP", "EXEC");

    private static readonly FrozenDictionary<string, DoorCommand> Known =
        CommandTable.Rows.SelectMany(row => row.Names.Split(' ')).Select(name => name.Split('|')[0])
            .Concat(Enum.GetNames<DoorAction>().Where(name => name is not (nameof(DoorAction.Pass) or nameof(DoorAction.Unknown))).Select(NameOf))
            .Distinct()
            .ToFrozenDictionary(name => name, Of, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, DoorCommand>.AlternateLookup<ReadOnlySpan<char>> ByLetters =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The command of this name.</summary>
    public static DoorCommand Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > LongestName) return Unknown(name);
        Span<char> letters = stackalloc char[name.Length];
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] is < (byte)'!' or > (byte)'~') return Unknown(name);
            letters[i] = (char)name[i];
        }

        return ByLetters.TryGetValue(letters, out var known) ? known : new DoorCommand(letters.ToString(), DoorAction.Pass, NullIsArray: false);
    }

    private static DoorCommand Unknown(ReadOnlySpan<byte> name) =>
        new(Encoding.Latin1.GetString(name[..Math.Min(name.Length, LongestShown)]), DoorAction.Unknown, NullIsArray: false);

    private static DoorCommand Of(string name) =>
        new(name, Enum.GetValues<DoorAction>().FirstOrDefault(action => NameOf(action.ToString()) == name), Arrays.Contains(name));

    private static string NameOf(string action) => action switch
    {
        nameof(DoorAction.EvalReadOnly) => "EVAL_RO",
        nameof(DoorAction.EvalShaReadOnly) => "EVALSHA_RO",
        _ => action.ToUpperInvariant(),
    };
}
