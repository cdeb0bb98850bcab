using System.Globalization;
using static RedisActors.CommandMetadata.ServerErrorKind;
using static RedisActors.CommandMetadata.ServerErrorScope;

namespace RedisActors.CommandMetadata;

/// <summary>What a server's error means for the command that got it.</summary>
internal enum ServerErrorKind
{
    /// <summary>The answer of the command: it will not go away by itself, or the command may have had an effect.</summary>
    Final,

    /// <summary>The command certainly did nothing; the server will take it later, over the same connection.</summary>
    Retry,

    /// <summary>The command certainly did nothing; this server does not take it, the one of a new connection may.</summary>
    Reconnect,

    /// <summary>
    /// The command certainly did nothing: another node of the Redis Cluster has its hash slot. See <see cref="SlotRedirect"/>.
    /// </summary>
    Moved,

    /// <summary>
    /// The command certainly did nothing: the server does not have its script. For the library's own script this means: load it,
    /// then retry. For a sender's <c>EVALSHA</c> it is the answer, since only the sender has that script.
    /// </summary>
    NoScript,
}

/// <summary>What else would get the same error now.</summary>
internal enum ServerErrorScope
{
    /// <summary>Only the command itself.</summary>
    Command,

    /// <summary>Commands to keys of the same hash slot.</summary>
    Slot,

    /// <summary>All writes to that server; it still reads.</summary>
    Writes,

    /// <summary>All commands to that server.</summary>
    Server,
}

/// <summary>
/// Tells the errors that certainly mean "not executed" from those that answer the command. When in doubt, an error is an answer.
/// </summary>
/// <remarks>
/// A script may answer with any words, these included (<c>redis.error_reply('BUSY come back later')</c>), after it has written. So
/// an error is recognized by the beginning of the server's full sentence, not by its first word; and one that names a line of a
/// script or function arose while that ran. One that a script caught and returned (<c>return redis.pcall(…)</c>) names no line;
/// but the server refuses all writes of a script for the reasons below, or none, so such a script has written nothing (it may have
/// published). A star stands for one word: forks put their own name there.
/// </remarks>
internal static class RetryableErrors
{
    private const string BusyWord = "BUSY ";

    private static readonly Known[] Table =
    [
        new("LOADING * is loading the dataset", Retry, Server),
        new("BUSY * is busy running", Retry, Server),
        new("MASTERDOWN Link with MASTER is down", Retry, Server),
        new("CLUSTERDOWN Hash slot not served", Retry, Slot),
        new("CLUSTERDOWN The cluster is down and only accepts read commands", Retry, Writes),
        new("CLUSTERDOWN The cluster is down", Retry, Server),
        new("TRYAGAIN Multiple keys request during rehashing of slot", Retry, Slot),
        new("MISCONF * is configured to save", Retry, Writes),
        new("MISCONF Errors writing to the AOF file", Retry, Writes),
        new("NOREPLICAS Not enough good", Retry, Writes),
        new("READONLY You can't write against a read only", Reconnect, Writes),
        new("NOAUTH Authentication required", Reconnect, Server),
        new("ERR max number of clients", Reconnect, Server),
        new("UNBLOCKED force unblock from blocking operation", Reconnect, Server),
        new("TOKENLATE the time of the command is over", Reconnect, Server),
        new("NOSCRIPT No matching script", NoScript, Command),
    ];

    /// <inheritdoc cref="Classify(string, out ServerErrorScope)"/>
    public static ServerErrorKind Classify(string error) => Classify(error, out _);

    /// <summary>What a server's error means, from its text as the server sent it, without the leading dash.</summary>
    public static ServerErrorKind Classify(string error, out ServerErrorScope scope)
    {
        if (SlotRedirect.TryParse(error, out var redirect))
        {
            scope = Slot;
            return redirect.IsMoved ? Moved : Retry;
        }

        if (ScriptPosition(error) < 0)
        {
            foreach (var known in Table)
            {
                if (!known.Begins(error)) continue;

                scope = known.Scope;
                return known.Kind;
            }
        }

        scope = Command;
        return Final;
    }

    /// <summary>Whether two errors mean that the server refuses commands for the same reason.</summary>
    public static bool IsSameRefusal(string one, string other) =>
        SlotRedirect.TryParse(one, out var redirect)
            ? SlotRedirect.TryParse(other, out var otherRedirect) && redirect == otherRedirect
            : Classify(other) != Final && FirstWord(one).SequenceEqual(FirstWord(other));

    /// <summary>Whether a node does not serve commands because it misses other nodes of its Redis Cluster.</summary>
    public static bool IsClusterDown(string? error) => error?.StartsWith("CLUSTERDOWN ", StringComparison.Ordinal) == true;

    /// <summary>Whether the server takes nothing but what ends the script or function that keeps it busy.</summary>
    public static bool IsBusy(string? error) =>
        error?.StartsWith(BusyWord, StringComparison.Ordinal) == true && Classify(error) == Retry;

    /// <summary>
    /// An error without the place in a script where it arose. Only for a script that is known to have written nothing before
    /// that place: for such a one, <see cref="Classify(string)"/> may judge the rest like a command's error.
    /// </summary>
    public static string WithoutScriptPosition(string error)
    {
        var position = ScriptPosition(error);
        return position < 0 ? error : error[..position];
    }

    private static ReadOnlySpan<char> FirstWord(string error) =>
        error.AsSpan(0, error.IndexOf(' ') is >= 0 and var end ? end : error.Length);

    /// <summary>
    /// Redis 7 ends such an error with <c> script: NAME, on @user_script:LINE.</c> or <c>@user_function:LINE.</c>
    /// </summary>
    private static int ScriptPosition(string error)
    {
        var position = error.LastIndexOf(" script: ", StringComparison.Ordinal);
        return position >= 0 && error.IndexOf(", on @", position, StringComparison.Ordinal) >= 0 ? position : -1;
    }

    private sealed class Known(string words, ServerErrorKind kind, ServerErrorScope scope)
    {
        private readonly string[] _parts = words.Split('*');

        public ServerErrorKind Kind => kind;

        public ServerErrorScope Scope => scope;

        public bool Begins(string error)
        {
            if (!error.StartsWith(_parts[0], StringComparison.Ordinal)) return false;
            if (_parts.Length == 1) return true;

            var rest = error.AsSpan(_parts[0].Length);
            var wordEnd = rest.IndexOf(' ');
            return wordEnd > 0 && rest[wordEnd..].StartsWith(_parts[1], StringComparison.Ordinal);
        }
    }
}

/// <summary>
/// What a node of a Redis Cluster answers to a command for a key that it does not have: <c>MOVED 3999 127.0.0.1:6381</c> where the
/// whole slot belongs to another node, <c>ASK 3999 127.0.0.1:6381</c> where the slot is migrating and this key has left.
/// https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
/// </summary>
internal readonly record struct SlotRedirect(bool IsMoved, int Slot)
{
    private const string MovedWord = "MOVED ";
    private const string AskWord = "ASK ";

    /// <summary>Reads the server's error; false where it is another one.</summary>
    public static bool TryParse(string error, out SlotRedirect redirect)
    {
        redirect = default;
        var isMoved = error.StartsWith(MovedWord, StringComparison.Ordinal);
        if (!isMoved && !error.StartsWith(AskWord, StringComparison.Ordinal)) return false;

        var rest = error.AsSpan(isMoved ? MovedWord.Length : AskWord.Length);
        var end = rest.IndexOf(' ');
        if (end < 0 || rest[(end + 1)..].Contains(' ') || rest[end..].LastIndexOf(':') < 0) return false;
        if (!int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var slot) || slot >= HashSlot.Count) return false;

        redirect = new SlotRedirect(isMoved, slot);
        return true;
    }
}
