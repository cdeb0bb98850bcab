using System.Buffers.Text;
using System.Security.Cryptography;

namespace RedisActors.ExactlyOnce;

/// <summary>
/// Makes tokens that no other source makes, in this process, in another or after a restart: twelve random characters (72 bits)
/// per source, and a counter. Not thread-safe.
/// </summary>
/// <remarks>Among a million sources, the chance that any two share their first part is about one in ten billion.</remarks>
internal sealed class TokenSource
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly string _prefix;
    private ulong _count;

    public TokenSource()
    {
        Span<byte> random = stackalloc byte[9];
        RandomNumberGenerator.Fill(random);
        _prefix = Base64Url.EncodeToString(random);
    }

    /// <summary>The next token: letters, digits, <c>-</c> and <c>_</c>. All first parts have the same length, so no two tokens are equal.</summary>
    public string Next()
    {
        Span<char> digits = stackalloc char[11];
        var start = digits.Length;
        var rest = _count++;
        do
        {
            digits[--start] = Digits[(int)(rest % (ulong)Digits.Length)];
            rest /= (ulong)Digits.Length;
        }
        while (rest > 0);

        return string.Concat(_prefix, digits[start..]);
    }
}
