using System.Globalization;
using System.Text;

namespace RedisActors.Attack.Door;

/// <summary>Reads what a door wrote, as strictly as a client may.</summary>
internal static class RespCheck
{
    /// <summary>How many replies there are.</summary>
    /// <exception cref="InvalidOperationException">Something is no reply, or is not whole.</exception>
    public static int Count(ReadOnlySpan<byte> output)
    {
        var (at, count) = (0, 0);
        for (; at < output.Length; count++) at = Skip(output, at);
        return count;
    }

    private static int Skip(ReadOnlySpan<byte> output, int at)
    {
        var length = output[at..].IndexOf("\r\n"u8);
        if (length < 0) throw new InvalidOperationException($"a reply does not end, at byte {at}");
        var line = Encoding.Latin1.GetString(output.Slice(at + 1, length - 1));
        var next = at + length + 2;
        switch ((char)output[at])
        {
            case '+' or '-' when !line.Contains('\n') && !line.Contains('\r'):
                return next;
            case ':':
                _ = long.Parse(line, CultureInfo.InvariantCulture);
                return next;
            case '_' when line.Length == 0:
                return next;
            case ',':
                return next;
            case '$' or '=':
                var bytes = int.Parse(line, CultureInfo.InvariantCulture);
                if (bytes < 0) return next;
                if (next + bytes + 2 > output.Length || !output.Slice(next + bytes, 2).SequenceEqual("\r\n"u8)) throw new InvalidOperationException($"a string does not end, at byte {at}");
                return next + bytes + 2;
            case '*' or '~' or '>':
                return Skip(output, next, int.Parse(line, CultureInfo.InvariantCulture));
            case '%':
                return Skip(output, next, 2 * int.Parse(line, CultureInfo.InvariantCulture));
            default:
                throw new InvalidOperationException($"no reply begins with {(char)output[at]}, at byte {at}");
        }
    }

    private static int Skip(ReadOnlySpan<byte> output, int at, int items)
    {
        for (; items > 0; items--) at = Skip(output, at);
        return at;
    }
}
