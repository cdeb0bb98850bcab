using System.Text;

namespace RedisActors.Attack.Door;

/// <summary>What a client may write: requests, and what becomes of them when they are cut, flipped, spliced and lied about.</summary>
internal static class DoorInputs
{
    private static readonly string[] Commands =
    [
        "GET k", "SET k v", "MGET a b c", "HGETALL h", "ZRANGE z 0 -1 WITHSCORES", "XREAD STREAMS s 0", "BLPOP q 0", "SPOP s 2", "INFO",
        "MULTI", "EXEC", "DISCARD", "WATCH a b", "WATCH a", "UNWATCH", "SELECT 1", "SELECT x", "SELECT 0", "AUTH p", "AUTH u p", "HELLO", "HELLO 2", "HELLO 3",
        "HELLO 3 AUTH u p SETNAME n", "HELLO 4", "HELLO 3 SETNAME", "RESET", "PING", "PING text", "ECHO x", "CLIENT SETNAME n", "CLIENT GETNAME",
        "CLIENT ID", "CLIENT SETINFO lib-name x", "CLIENT", "EVAL script 1 k a", "EVAL script -1", "EVAL script 99999 k", "EVALSHA abc 0", "SCRIPT LOAD text",
        "SCRIPT FLUSH", "SCRIPT", "COMMAND DOCS", "EVAL_RO s 0", "FCALL f 0", "MULTI x", "EXEC x", "WATCH", "SUBSCRIBE", "nosuch", "GEOSEARCH g WITHCOORD WITHDIST",
        "CONFIG GET x", "ACL", "XINFO", "LCS a b IDX", "ZADD z INCR 1 a", "MONITOR", "COMMAND",
    ];

    private static readonly string[] Rare = ["QUIT", "SUBSCRIBE a b", "PSUBSCRIBE p*", "UNSUBSCRIBE", "UNSUBSCRIBE a", "SSUBSCRIBE s", "PUNSUBSCRIBE"];

    private static readonly string[] Numbers =
        ["-1", "0", "00", "+1", "1 ", "", "-0", "1048576", "1048577", "536870912", "536870913", "2147483648", "9223372036854775807", "99999999999999999999", "-9223372036854775809", "1e3", "0x10"];

    private static readonly string[] Lines =
    [
        "\r\n", "\n", "PING\r\n", "  get   k  \n", "SET k \"a\\x00b\\n\"\r\n", "SET k 'it\\'s'\r\n", "SET k \"open\r\n", "SET k \"a\"b\r\n", "\"\" x\r\n", "'\r\n", "GET \\\r\n",
        "*\r\n", "*0\r\n", "*-1\r\n", "*1\r\n$0\r\n\r\n", "$3\r\nGET\r\n", "*1\r\n*1\r\n", ":5\r\n", "\0\r\n", "*1\r\n$4\r\nPINGxx", "*2\r\n$3\r\nGET\r\n$-1\r\n",
    ];

    public static byte[] Next(Random random)
    {
        var input = Valid(random);
        for (var damages = random.Next(4); damages > 0; damages--) input = Damaged(random, input);
        return input;
    }

    public static byte[] Bytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Some requests, in either form.</summary>
    private static byte[] Valid(Random random)
    {
        using var wire = new MemoryStream();
        for (var count = random.Next(1, 8); count > 0; count--)
        {
            if (random.Next(20) == 0)
            {
                wire.Write(Encoding.Latin1.GetBytes(Lines[random.Next(Lines.Length)]));
                continue;
            }

            var words = (random.Next(60) == 0 ? Rare[random.Next(Rare.Length)] : Commands[random.Next(Commands.Length)]).Split(' ');
            if (random.Next(10) == 0)
            {
                wire.Write(Encoding.Latin1.GetBytes(string.Join(' ', words) + "\r\n"));
                continue;
            }

            var extra = random.Next(6) == 0 ? random.Next(1, 4) : 0;
            Write($"*{words.Length + extra}\r\n");
            foreach (var word in words) WriteWord(Encoding.Latin1.GetBytes(Cased(random, word)));
            for (; extra > 0; extra--) WriteWord(Bytes(random, random.Next(200) == 0 ? 70_000 : 40));
        }

        return wire.ToArray();

        void Write(string text) => wire.Write(Encoding.Latin1.GetBytes(text));

        void WriteWord(byte[] word)
        {
            Write($"${word.Length}\r\n");
            wire.Write(word);
            Write("\r\n");
        }
    }

    private static string Cased(Random random, string word) => random.Next(4) == 0 ? word.ToLowerInvariant() : word;

    private static byte[] Damaged(Random random, byte[] input)
    {
        if (input.Length == 0) return input;
        var at = random.Next(input.Length);
        switch (random.Next(8))
        {
            case 0:
                return input[..at];
            case 1:
                input[at] ^= (byte)(1 << random.Next(8));
                return input;
            case 2:
                return [.. input[..at], .. Bytes(random, 8), .. input[at..]];
            case 3:
                return [.. input[..at], .. input[Math.Min(input.Length, at + random.Next(1, 10))..]];
            case 4:
                var other = Valid(random);
                return [.. input[..at], .. other[random.Next(other.Length)..]];
            case 5:
                var end = Math.Min(input.Length, at + random.Next(1, 60));
                return [.. input[..end], .. input[at..]];
            case 6:
                return Lying(random, input);
            default:
                input[at] = (byte)"\r\n*$\"' :+-\0"[random.Next(11)];
                return input;
        }
    }

    /// <summary>With another number in the place of one of those that announce something.</summary>
    private static byte[] Lying(Random random, byte[] input)
    {
        var starts = Enumerable.Range(0, input.Length).Where(i => input[i] is (byte)'*' or (byte)'$').ToArray();
        if (starts.Length == 0) return input;
        var start = starts[random.Next(starts.Length)] + 1;
        var end = start;
        while (end < input.Length && input[end] is >= (byte)'0' and <= (byte)'9') end++;
        return [.. input[..start], .. Encoding.Latin1.GetBytes(Numbers[random.Next(Numbers.Length)]), .. input[end..]];
    }
}
