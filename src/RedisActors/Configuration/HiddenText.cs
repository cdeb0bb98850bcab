using System.Text.RegularExpressions;

namespace RedisActors.Configuration;

/// <summary>
/// Decides which texts a message may repeat. Settings are mixed up: a connection string in the place of an endpoint and a key in the place
/// of its file hold secrets, and messages end up in logs.
/// </summary>
internal static partial class HiddenText
{
    private const string Replacement = "(a text that may contain a secret)";
    private const int ShortestKey = 40;

    // The first byte of every key and certificate: a DER sequence.
    private const byte Sequence = 0x30;

    private static readonly string[] SecretWords = ["password", "passwd", "pwd", "secret=", "-----", "@", "\n", "\r"];

    /// <summary>The text in quotation marks, unless it may contain a secret.</summary>
    public static string Quoted(string text) => MayHoldSecret(text) ? Replacement : $"'{text}'";

    /// <summary>The same for what stands in the place of an endpoint: shown where it has the form of one, however wrong its parts are.</summary>
    public static string QuotedEndpoint(string text) => IsHiddenEndpoint(text) ? Replacement : $"'{text}'";

    /// <summary>Whether this is no endpoint and may hold a secret, such as a connection string.</summary>
    public static bool IsHiddenEndpoint(string text) =>
        !RedisEndpoint.TryParse(text, out _) && (MayHoldSecret(text) || !LikeEndpoint().IsMatch(text));

    /// <summary>A key of HOCON: shown where it is a word, such as a misspelt one.</summary>
    public static string Key(string key) => LikeKey().IsMatch(key) || !MayHoldSecret(key) ? key : Replacement;

    /// <summary>Whether this is a key or a certificate itself, in PEM or its Base64, and not the path of a file.</summary>
    public static bool IsKeyMaterial(string text) => text.Contains("-----", StringComparison.Ordinal) || text.Contains('\n') || IsDer(text);

    private static bool MayHoldSecret(string text) =>
        IsDer(text) || Array.Exists(SecretWords, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsDer(string text)
    {
        if (text.Length < ShortestKey) return false;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) && count > 0 && bytes[0] == Sequence;
    }

    [GeneratedRegex(@"^([a-z]{1,10}://)?(\[[0-9A-Za-z.:%-]*\]|[0-9A-Za-z._-]*|[0-9A-Fa-f:.]*)(:[0-9]{0,5})?/?\z")]
    private static partial Regex LikeEndpoint();

    [GeneratedRegex(@"^[0-9A-Za-z_.-]{0,80}\z")]
    private static partial Regex LikeKey();
}
