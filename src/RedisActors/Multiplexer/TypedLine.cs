namespace RedisActors.Multiplexer;

/// <summary>
/// A command as a person types it: words between spaces. <c>"…"</c> takes <c>\n</c>, <c>\r</c>, <c>\t</c>, <c>\b</c>, <c>\a</c>, <c>\xHH</c>
/// and a backslash before anything else; <c>'…'</c> takes <c>\'</c>.
/// </summary>
internal static class TypedLine
{
    private const string Unbalanced = "unbalanced quotes in request";

    /// <exception cref="RespProtocolException">A quote is not closed, or is followed by something else than a space.</exception>
    public static List<byte[]> Split(ReadOnlySpan<byte> line)
    {
        var words = new List<byte[]>();
        var word = new List<byte>();
        for (var at = 0; ;)
        {
            while (at < line.Length && IsSpace(line[at])) at++;
            if (at == line.Length) return words;
            word.Clear();
            while (at < line.Length && !IsSpace(line[at]))
            {
                if (line[at] is (byte)'"' or (byte)'\'') at = TakeQuoted(line, at, word);
                else word.Add(line[at++]);
            }

            words.Add([.. word]);
        }
    }

    /// <summary>Where it goes on behind the closing quote.</summary>
    private static int TakeQuoted(ReadOnlySpan<byte> line, int at, List<byte> word)
    {
        var quote = line[at++];
        while (at < line.Length && line[at] != quote)
        {
            if (line[at] != '\\' || at + 1 == line.Length) word.Add(line[at++]);
            else if (quote == '"') at = TakeEscaped(line, at + 1, word);
            else
            {
                if (line[at + 1] == '\'') at++;
                word.Add(line[at++]);
            }
        }

        if (at == line.Length || (++at < line.Length && !IsSpace(line[at]))) throw new RespProtocolException(Unbalanced);
        return at;
    }

    private static int TakeEscaped(ReadOnlySpan<byte> line, int at, List<byte> word)
    {
        if (line[at] == 'x' && at + 2 < line.Length && char.IsAsciiHexDigit((char)line[at + 1]) && char.IsAsciiHexDigit((char)line[at + 2]))
        {
            word.Add(Convert.FromHexString([(char)line[at + 1], (char)line[at + 2]])[0]);
            return at + 3;
        }

        word.Add(line[at] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            var other => other,
        });
        return at + 1;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0x0b or 0x0c;
}
