using System.Globalization;

namespace RedisActors.CommandMetadata;

/// <summary>
/// What a node of a cluster answers to a command for a key that it does not have: <c>MOVED 3999 127.0.0.1:6381</c> where the whole
/// slot is another node's, <c>ASK 3999 127.0.0.1:6381</c> where the slot is on its way there and this key has arrived.
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
