using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.TestKit.Model;

/// <summary>
/// The library's own scripts, which run no Lua here: the one that keeps a token beside a write (<see cref="ExactlyOnceScript"/>), and the
/// two of transactions (<see cref="TransactionScript"/>).
/// </summary>
internal static class ScriptModel
{
    /// <summary>Runs a command, or answers it from what a test has said.</summary>
    public delegate RespValue Runner(string name, string[] arguments);

    /// <summary>Why a command would not even be queued; null: it would.</summary>
    public delegate ModelError? Refuser(string name, int count);

    /// <summary>Whether this is one of the library's scripts.</summary>
    public static bool IsKnown(RedisValue[] request) =>
        request.Length > 1 && request[0].ToString() is var sha
        && (sha == ExactlyOnceScript.Sha1 || sha == TransactionScript.Once.Sha1 || sha == TransactionScript.Plain.Sha1);

    /// <summary>The commands that a request would run: name first.</summary>
    public static List<string[]> CommandsOf(RedisValue[] request)
    {
        var words = Words(request, out var sha);
        if (sha == TransactionScript.Plain.Sha1) return PackedReader.Read(words[0]);
        var (digest, rest) = (words[1], BehindLimits(words));
        if (sha == TransactionScript.Once.Sha1) return PackedReader.Read(rest[0]);
        return digest switch
        {
            ExactlyOnceScript.Group => PackedReader.Read(rest[0], rest[1..]),
            ExactlyOnceScript.Each => PackedReader.Read(rest[0], rest[1..]).ConvertAll(each => each[2..]),
            _ => [rest],
        };
    }

    /// <summary>Answers as the script would.</summary>
    public static RespValue Run(Keyspace keys, DateTimeOffset now, Refuser refuses, Runner run, RedisValue[] request)
    {
        var words = Words(request, out var sha);
        if (sha == TransactionScript.Plain.Sha1) return Call.Bulk(Transaction(refuses, run, words[0], words[1]));

        var (token, digest, rest) = (Call.Text(request[2]), words[1], BehindLimits(words));
        var expires = now.AddMilliseconds(Call.IntegerOf(words[0]));
        if (digest == ExactlyOnceScript.Each)
        {
            // The digest and the latest time stand before each name.
            var members = PackedReader.Read(rest[0], rest[1..]);
            var texts = members.Select((member, i) => Once(keys, expires, Call.Text(request[2 + i]), member[0], () => Encode(run(member[2], member[3..]))));
            return Call.Bulk($"*{members.Count}\r\n{string.Concat(texts)}");
        }

        if (keys.Find(token)?.Value is string stored) return Call.Bulk(FromToken(stored, digest));

        string text;
        if (sha == TransactionScript.Once.Sha1)
        {
            text = Transaction(refuses, run, rest[0], rest[1]);
            if (text.StartsWith('-')) return Call.Bulk(text);
        }
        else if (digest == ExactlyOnceScript.Group)
        {
            var replies = PackedReader.Read(rest[0], rest[1..]).Select(each => each.Length == 0 ? "-SKIPPED\r\n" : Encode(run(each[0], each[1..]))).ToList();
            text = $"*{replies.Count}\r\n{string.Concat(replies)}";
        }
        else
        {
            text = Encode(run(rest[0], rest[1..]));
        }

        keys.Set(token, digest + text).ExpiresAt = expires;
        return Call.Bulk(text);
    }

    /// <summary>Answers a sender's script from what a test has said of it: once per token, if it has one.</summary>
    public static RespValue RunSenders(
        Keyspace keys, DateTimeOffset now, RedisValue[] request, ScriptText script, Func<RedisScript, RespValue> answer)
    {
        var words = Words(request, out var sha);
        if (sha == script.Sha1) return answer(new RedisScript(script.Text, KeysOf(request), request[(2 + (int)request[1])..]));

        var (token, digest) = (Call.Text(request[2]), words[1]);
        RedisValue[] values = [.. BehindLimits(words)[1..].Select(word => (RedisValue)Encoding.Latin1.GetBytes(word))];
        return Call.Bulk(Once(
            keys, now.AddMilliseconds(Call.IntegerOf(words[0])), token, digest,
            () => $"*1\r\n{Encode(answer(new RedisScript(script.Text, KeysOf(request)[1..], values)))}"));
    }

    private static RedisValue[] KeysOf(RedisValue[] request) => request[2..(2 + (int)request[1])];

    /// <summary>The reply that the token holds; where it is not there, the one of now, which it holds from then on.</summary>
    private static string Once(Keyspace keys, DateTimeOffset expires, string token, string digest, Func<string> run)
    {
        if (keys.Find(token)?.Value is string stored) return FromToken(stored, digest);
        var text = run();
        keys.Set(token, digest + text).ExpiresAt = expires;
        return text;
    }

    private static string FromToken(string stored, string digest) => stored.StartsWith(digest, StringComparison.Ordinal)
        ? stored[digest.Length..]
        : "-TOKENMISMATCH the token belongs to another command: name or arguments differ. Nothing was executed\r\n";

    /// <summary>What stands behind the keys.</summary>
    private static string[] Words(RedisValue[] request, out string sha)
    {
        sha = request[0].ToString();
        return [.. request.Skip(2 + (int)request[1]).Select(Call.Text)];
    }

    /// <summary>Without the three words of a request that is not to run in any case: nothing is evicted here, and nobody else has the token.</summary>
    private static string[] BehindLimits(string[] words) => words[2].Length == 0 ? words[5..] : words[2..];

    private static string Transaction(Refuser refuses, Runner run, string commands, string conditions)
    {
        var members = PackedReader.Read(commands);
        foreach (var member in members)
        {
            if (refuses(member[0].ToUpperInvariant(), member.Length - 1) is { } refused) return $"-{refused.Message}\r\n";
        }

        foreach (var check in PackedReader.Read(conditions))
        {
            var value = run(check[2], check[3..]);
            if (value.Kind == RespKind.Error) return Encode(value);
            if (!Holds(check[0], check[1], value)) return "$-1\r\n";
        }

        return $"*{members.Count}\r\n{string.Concat(members.Select(member => Encode(run(member[0], member[1..]))))}";
    }

    private static bool Holds(string test, string expected, RespValue value)
    {
        var text = value.IsNull ? null : Call.Text(value.AsRedisValue());
        double? number = text is not null && value.TryGetDouble(out var read) ? read : null;
        return test switch
        {
            "there" => text is not null,
            "missing" => text is null,
            "equal" => text == expected,
            "not-equal" => text != expected,
            "number" => number is not null && number == Call.DoubleOf(expected),
            "not-number" => number != Call.DoubleOf(expected),
            "unchanged" => Convert.ToHexStringLower(SHA1.HashData(Encoding.Latin1.GetBytes(text ?? string.Empty))) == expected,
            "less" => number < Call.DoubleOf(expected),
            _ => number > Call.DoubleOf(expected),
        };
    }

    /// <summary>A reply as the scripts write it.</summary>
    private static string Encode(RespValue value) => value.Kind switch
    {
        RespKind.Null => "$-1\r\n",
        RespKind.Integer => string.Create(CultureInfo.InvariantCulture, $":{value.AsInt64()}\r\n"),
        RespKind.BulkString when Call.Text(value.AsRedisValue()) is var text => $"${text.Length}\r\n{text}\r\n",
        RespKind.SimpleString => $"+{value.AsString()}\r\n",
        RespKind.Error => $"-{value.AsString()}\r\n",
        _ => $"*{value.AsArray().Length}\r\n{string.Concat(value.AsArray().Select(Encode))}",
    };
}
