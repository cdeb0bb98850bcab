using System.Text;
using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Attack;

/// <summary>
/// Commands as no one should send them: every name of the command table and some that nobody knows, with odd arguments, databases, delivery
/// modes and idempotency keys. The same seed gives the same commands.
/// </summary>
internal sealed class OddCommands(int seed)
{
    /// <summary>What an application has the right to do to a server, and what would end the run or the honest senders' data.</summary>
    public static readonly IReadOnlyDictionary<string, string> Excluded = new Dictionary<string, string>
    {
        ["FLUSHALL"] = "deletes the honest senders' data",
        ["FLUSHDB"] = "deletes the honest senders' data",
        ["SWAPDB"] = "puts the honest senders' data into another database",
        ["SHUTDOWN"] = "ends the server",
        ["DEBUG"] = "ends the server, or stops it for as long as it is told",
        ["CONFIG"] = "changes what the run relies on",
        ["ACL"] = "locks the RedisActor out",
        ["REPLICAOF"] = "replaces all data by another server's",
        ["SLAVEOF"] = "replaces all data by another server's",
        ["FAILOVER"] = "stops writes while it looks for a replica",
        ["MIGRATE"] = "stops the server while it looks for the host",
        ["CLIENT|PAUSE"] = "stops the server for as long as it is told",
        ["PFSELFTEST"] = "stops the server for seconds",
    };

    private const string Busy = """
        local t = redis.call('TIME')
        local ends = t[1] * 1000000 + t[2] + tonumber(ARGV[1])
        repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] >= ends
        return 1
        """;

    private static readonly string[][] Names = [.. CommandTable.Rows
        .SelectMany(row => row.Names.Split(' '))
        .Where(name => !name.EndsWith("|*", StringComparison.Ordinal) && !Excluded.ContainsKey(name) && !Excluded.ContainsKey(name.Split('|')[0]))
        .Order(StringComparer.Ordinal)
        .Select(name => name.Split('|'))];

    private static readonly string[] Words =
    [
        "EX", "PX", "NX", "XX", "GET", "KEEPTTL", "BLOCK", "0", "STREAMS", "GROUP", "COUNT", "LIMIT", "MATCH", "STORE", "BY", "WITHSCORES",
        "LEFT", "RIGHT", "ID", "IDLE", "ASYNC", "SYNC", "MAXLEN", "~", "=", "*", "$", ">", "-", "+", "(1", "[a", "inf", "-inf", "nan",
        "DB", "REPLACE", "ABSTTL", "FREQ", "HELP", "ON", "OFF", "YES", "NO", "TYPE", "normal", "NUMKEYS", "1", "2", "LOAD",
    ];

    private static readonly string[] Numbers =
    [
        "-1", "1", "3", "1000000", "2147483647", "-2147483648", "4294967296", "9223372036854775807", "-9223372036854775808",
        "9223372036854775808", "18446744073709551616", "1.5", "1e308", "-0", "00", " 1", "0x10",
    ];

    private static readonly string[] Scripts =
    [
        "return 1", "return redis.call('INCR', KEYS[1])", "return {redis.pcall('LPUSH', KEYS[1], 'x'), redis.pcall('INCR', KEYS[1])}",
        "return {1, {2, {3, {4, {5}}}}, 'six', false}", "return redis.error_reply('MOVED 1 127.0.0.1:1')",
        "return redis.error_reply('READONLY no')", "return redis.error_reply('NOSCRIPT none')", "return redis.error_reply('')",
        "return string.rep('x', 300000)", "error('no')", "return redis.call('SELECT', 3)", "this is no script", "",
    ];

    private const string MarkAndAnswer =
        "redis.call('HINCRBY', KEYS[1], ARGV[1], 1); if ARGV[2] == '' then return 1 end; return redis.error_reply(ARGV[2])";

    private static readonly string[] ServersWords =
    [
        "LOADING Redis is loading the dataset in memory", "BUSY Redis is busy running a script.", "MOVED 1 127.0.0.1:1", "ASK 1 127.0.0.1:1",
        "READONLY You can't write against a read only replica.", "NOREPLICAS Not enough good replicas to write.",
        "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", "NOAUTH Authentication required.",
        "CLUSTERDOWN Hash slot not served", "TRYAGAIN Multiple keys request during rehashing of slot", "ERR max number of clients reached",
    ];

    private static readonly DeliveryMode?[] Modes =
        [null, DeliveryMode.AtMostOnce, DeliveryMode.WhenSafe, DeliveryMode.AtLeastOnce, DeliveryMode.ExactlyOnce];

    private readonly Random _random = new(seed);

    /// <summary>One of these numbers.</summary>
    public int Next(int count) => _random.Next(count);

    /// <summary>
    /// The arguments of a command's constructor, which may refuse them; with what it must refuse, a null argument, now and then.
    /// </summary>
    public (string Name, RedisValue[] Arguments) Next()
    {
        if (Of(0.01)) return ("EVAL", [Busy, 0, 1000 * _random.Next(1, 150)]);
        if (Of(0.02)) return ("EVAL", [Pick(Scripts), 1, Key()]);
        if (Of(0.02)) return (OddName(), Arguments());
        var words = Pick(Names);
        if (words.Length == 1 || Of(0.1)) return (words[0], Arguments());
        return (words[0], [words[1], .. Arguments()]);
    }

    /// <summary>A script or a transaction, of odd commands with odd conditions. Its constructors may refuse what it is made of.</summary>
    public RedisCommand NextCompound()
    {
        if (Of(0.4)) return new RedisScript(Pick(Scripts), [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Key())], Arguments()) { ReadOnly = Of(0.2) };
        return new RedisTransaction([.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Member())])
        {
            Conditions = [.. Enumerable.Range(0, Of(0.5) ? 0 : _random.Next(1, 3)).Select(_ => Condition())],
        };
    }

    /// <summary>
    /// A command that sets a mark: itself, in a transaction with another one, or by a script, which may answer in the words with which the
    /// server refuses a command.
    /// </summary>
    public RedisCommand Mark(int number)
    {
        var mark = new RedisCommand("HINCRBY", MarkAccount.Hash, number, 1);
        var words = Of(0.5) ? string.Empty : Pick(ServersWords);
        return _random.Next(10) switch
        {
            < 5 => mark,
            < 7 => new RedisCommand("EVAL", MarkAndAnswer, 1, MarkAccount.Hash, number, words),
            7 => new RedisScript(MarkAndAnswer, [MarkAccount.Hash], number, words),
            8 => new RedisTransaction(mark, Member()),
            _ => new RedisTransaction(Member(), mark) { Conditions = [RedisCondition.KeyNotExists("never there")] },
        };
    }

    public RedisCommand WithOddOptions(RedisCommand command) => command with
    {
        Database = OddDatabase(),
        Delivery = Pick(Modes),
        IdempotencyKey = Of(0.05) ? $"key-{_random.Next(5)}" : null,
        Timeout = TimeSpan.FromMilliseconds(Of(0.05) ? 1 : _random.Next(1_000, 10_000)),
    };

    /// <summary>Mostly the connection's own; at times one of the server's sixteen; at times none of them.</summary>
    public int? OddDatabase() => _random.NextDouble() switch
    {
        < 0.7 => null,
        < 0.95 => _random.Next(16),
        _ => Pick([16, 17, 99, 1_000_000, int.MaxValue]),
    };

    /// <summary>Mostly one that a server takes.</summary>
    private RedisCommand Member()
    {
        if (Of(0.6)) return new RedisCommand(Pick(["SET", "INCR", "LPUSH", "GETSET"]), [Key(), .. Of(0.7) ? [_random.Next()] : Array.Empty<RedisValue>()]);
        try
        {
            var (name, arguments) = Next();
            return new RedisCommand(name, arguments);
        }
        catch (ArgumentException)
        {
            return new RedisCommand("PING");
        }
    }

    private RedisCondition Condition() => _random.Next(5) switch
    {
        0 => RedisCondition.KeyExists(Key()),
        1 => RedisCondition.StringNotEqual(Key(), Bytes(_random.Next(64))),
        2 => RedisCondition.HashEqual(Key(), Pick(Words), RedisValue.Null),
        3 => RedisCondition.ListLengthLessThan(Key(), _random.Next()),
        _ => RedisCondition.SortedSetScoreNotExists(Key(), _random.NextDouble()),
    };

    private RedisValue[] Arguments() => [.. Enumerable.Range(0, _random.Next(7)).Select(_ => Argument())];

    private RedisValue Argument() => _random.NextDouble() switch
    {
        < 0.35 => Key(),
        < 0.55 => Pick(Words),
        < 0.72 => Pick(Numbers),
        < 0.82 => _random.Next(),
        < 0.86 => RedisValue.EmptyString,
        < 0.95 => Bytes(_random.Next(64)),
        < 0.98 => Bytes(_random.Next(100_000)),
        < 0.985 => Bytes(_random.Next(2_000_000)),
        < 0.99 => RedisValue.Null,
        _ => Pick(Scripts),
    };

    private RedisValue Key() => Of(0.1) ? $"{{tag}}k{_random.Next(5)}" : $"k{_random.Next(10)}";

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string OddName() => _random.Next(6) switch
    {
        0 => string.Empty,
        1 => "GET k1",
        2 => "GÉT",
        3 => "PING\r\nFLUSHALL",
        4 => new StringBuilder().Append('X', _random.Next(1, 2000)).ToString(),
        _ => $"XQ{_random.Next():x}",
    };

    private bool Of(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}
