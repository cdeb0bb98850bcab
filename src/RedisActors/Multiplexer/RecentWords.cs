namespace RedisActors.Multiplexer;

/// <summary>
/// Copies of words that came lately: an application asks for the same keys time and again, and need not hold each of them anew for each
/// command. Used by one thread at a time; nobody changes the bytes.
/// </summary>
internal sealed class RecentWords
{
    private const int Kept = 512;
    private const int Longest = 64;

    private readonly byte[]?[] _words = new byte[]?[Kept];

    public byte[] CopyOf(ReadOnlySpan<byte> word)
    {
        if (word.Length > Longest) return word.ToArray();
        ref var kept = ref _words[HashOf(word) % Kept];
        if (kept is null || !word.SequenceEqual(kept)) kept = word.ToArray();
        return kept;
    }

    /// <summary>FNV-1a: short, and good enough for a place in a small table.</summary>
    private static uint HashOf(ReadOnlySpan<byte> word)
    {
        var hash = 2166136261;
        foreach (var value in word) hash = (hash ^ value) * 16777619;
        return hash ^ (hash >> 15);
    }
}
