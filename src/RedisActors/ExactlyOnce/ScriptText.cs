using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace RedisActors.ExactlyOnce;

/// <summary>A script's text, with the hash by which a server knows it.</summary>
internal sealed class ScriptText
{
    /// <summary>Whoever has more than this many scripts makes up texts as he goes, and hashes them as he goes.</summary>
    private const int MostKept = 1_000;

    private static readonly ConcurrentDictionary<string, ScriptText> Kept = new(StringComparer.Ordinal);

    private ScriptText? _once;

    public ScriptText(string text)
    {
        Text = text;
        Sha1 = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
        Sha1Argument = Encoding.ASCII.GetBytes(Sha1);
    }

    public string Text { get; }

    /// <summary>SHA-1 of the text, 40 lower-case hexadecimal digits.</summary>
    public string Sha1 { get; }

    /// <summary><see cref="Sha1"/> as an argument, made once.</summary>
    public RedisValue Sha1Argument { get; }

    /// <summary>
    /// The sender's own text, where this one is put together around it. A server has to take it alone first: so an error in it is told as it
    /// is, and it cannot end the function that it becomes.
    /// </summary>
    public ScriptText? Inner { get; private init; }

    /// <summary>The script that runs this one once per token.</summary>
    public ScriptText Once => _once ??= new ScriptText(SendersScript.Around(this)) { Inner = this };

    /// <summary>The text of a sender's script. Its hash is computed once, however often it is sent.</summary>
    public static ScriptText Of(string text)
    {
        if (Kept.TryGetValue(text, out var kept)) return kept;
        if (Kept.Count >= MostKept) Kept.Clear();
        return Kept.GetOrAdd(text, static text => new ScriptText(text));
    }
}
