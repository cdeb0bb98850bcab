using System.Globalization;
using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Sessions;

/// <summary>
/// A command that blocks, taken apart: how long it wants to wait, the same with a shorter wait or none, and how to undo it when nobody is
/// there any more to have what it took. From the command pages at https://redis.io/docs/latest/commands/.
/// </summary>
internal sealed class BlockingCommand
{
    private const decimal SecondsPerMillisecond = 0.001m;

    private readonly RedisValue[] _arguments;
    private readonly int _timeoutAt;
    private readonly bool _inSeconds;

    private BlockingCommand(RedisCommand command, int timeoutAt, bool inSeconds)
    {
        Command = command;
        _arguments = [.. command.ArgumentArray];
        _timeoutAt = timeoutAt;
        _inSeconds = inSeconds;
        BlockTime = timeoutAt < 0 || timeoutAt >= _arguments.Length ? null : Milliseconds((string?)_arguments[timeoutAt], inSeconds);
    }

    public RedisCommand Command { get; }

    /// <summary>
    /// How long it waits, in milliseconds; <see cref="long.MaxValue"/> is for ever. Null: the server will not take the argument, and
    /// says so when it gets the command as it is.
    /// </summary>
    public long? BlockTime { get; }

    /// <summary>What asking again does when a reply was lost.</summary>
    public ReplayClass ReplayClass { get; private init; } = ReplayClass.Accumulating;

    /// <summary>Whether it waits for replicas, and not for something to take.</summary>
    public bool IsWaitForReplicas => ReplayClass == ReplayClass.Never;

    /// <summary>The commands that take without waiting, to be tried in this order; none where there is nothing to take.</summary>
    public IReadOnlyList<Attempt> Attempts { get; private init; } = [];

    /// <summary>The keys, where it takes from lists or sorted sets: there is something to take where one of them exists.</summary>
    public RedisValue[] Keys { get; private init; } = [];

    /// <summary>Whether it takes from lists.</summary>
    public bool IsOfLists { get; private init; }

    /// <summary>The streams that it reads; none for other commands.</summary>
    public IReadOnlyList<StreamPlace> Streams { get; private init; } = [];

    /// <summary>The command that puts back what a reply brought, at the end where it was; null: nothing is lost if nobody gets the reply.</summary>
    public Func<RespValue, RedisCommand>? Undo { get; private init; }

    /// <summary>Whether a reply says that nothing came in time.</summary>
    public bool IsNothing(RespValue reply) => IsWaitForReplicas ? !HasEnoughReplicas(reply) : reply.IsNull;

    /// <summary>The same command with another time to wait, in milliseconds, at least one.</summary>
    public RedisCommand WithBlockTime(long milliseconds)
    {
        milliseconds = Math.Max(1, milliseconds);
        RedisValue[] arguments = [.. _arguments];
        arguments[_timeoutAt] = _inSeconds ? Seconds(milliseconds) : milliseconds;
        return new RedisCommand(Command.Name, arguments);
    }

    /// <summary>A time in milliseconds as the server takes seconds.</summary>
    public static RedisValue Seconds(long milliseconds) => (milliseconds * SecondsPerMillisecond).ToString(CultureInfo.InvariantCulture);

    /// <summary>From here on it reads a stream after this entry.</summary>
    public void ReadAfter(StreamPlace stream, string id) => _arguments[stream.IdAt] = id;

    /// <summary>Takes a command apart that blocks (<see cref="CommandProfile.Blocks"/>).</summary>
    public static BlockingCommand Of(RedisCommand command)
    {
        var arguments = command.ArgumentArray;
        var last = arguments.Length - 1;
        switch (command.Name.ToUpperInvariant())
        {
            case "BLPOP":
                return Pop(command, "LPOP", "LPUSH");
            case "BRPOP":
                return Pop(command, "RPOP", "RPUSH");
            case "BZPOPMIN":
                return PopMember(command, "ZPOPMIN");
            case "BZPOPMAX":
                return PopMember(command, "ZPOPMAX");
            case "BLMPOP":
                var push = IsFromRight(arguments) ? "RPUSH" : "LPUSH";
                return new(command, timeoutAt: 0, inSeconds: true)
                {
                    IsOfLists = true,
                    Keys = CountedKeys(arguments),
                    Attempts = [new Attempt("LMPOP", arguments[Math.Min(1, arguments.Length)..])],
                    Undo = reply => Push(push, reply.AsArray()[0], reply.AsArray()[1].AsArray().Reverse()),
                };
            case "BZMPOP":
                return new(command, timeoutAt: 0, inSeconds: true)
                {
                    Keys = CountedKeys(arguments),
                    Attempts = [new Attempt("ZMPOP", arguments[Math.Min(1, arguments.Length)..])],
                    Undo = reply => Add(reply.AsArray()[0], reply.AsArray()[1].AsArray().SelectMany(pair => pair.AsArray())),
                };
            case "BLMOVE":
                return Move(command, "LMOVE");
            case "BRPOPLPUSH":
                return Move(command, "RPOPLPUSH");
            case "WAIT" or "WAITAOF":
                return new(command, last, inSeconds: false) { ReplayClass = ReplayClass.Never };
            case "XREAD":
                return new(command, StreamRead.Parse(arguments).BlockAt, inSeconds: false) { ReplayClass = ReplayClass.ReadOnly, Streams = StreamsOf(arguments) };
            default:
                var read = StreamRead.Parse(arguments);
                return new(command, read.BlockAt, inSeconds: false)
                {
                    Streams = StreamsOf(arguments),
                    Attempts = read.BlockAt < arguments.Length
                        ? [new Attempt(command.Name, [.. arguments[..(read.BlockAt - 1)], .. arguments[(read.BlockAt + 1)..]])]
                        : [],
                };
        }
    }

    private static BlockingCommand Pop(RedisCommand command, string pop, string push)
    {
        var arguments = command.ArgumentArray;
        var keys = arguments[..Math.Max(0, arguments.Length - 1)];
        return new(command, arguments.Length - 1, inSeconds: true)
        {
            IsOfLists = true,
            Keys = keys,
            Attempts = [.. keys.Select(key => new Attempt(pop, [key]) { Shape = element => RespValue.Array(RespValue.BulkString(key), element) })],
            Undo = reply => Push(push, reply.AsArray()[0], [reply.AsArray()[1]]),
        };
    }

    private static BlockingCommand PopMember(RedisCommand command, string pop)
    {
        var arguments = command.ArgumentArray;
        var keys = arguments[..Math.Max(0, arguments.Length - 1)];
        return new(command, arguments.Length - 1, inSeconds: true)
        {
            Keys = keys,
            Attempts = [.. keys.Select(key => new Attempt(pop, [key]) { Shape = pair => RespValue.Array([RespValue.BulkString(key), .. pair.AsArray()]) })],
            Undo = reply => Add(reply.AsArray()[0], reply.AsArray().Skip(1)),
        };
    }

    private static BlockingCommand Move(RedisCommand command, string move)
    {
        var arguments = command.ArgumentArray;
        return new(command, arguments.Length - 1, inSeconds: true)
        {
            IsOfLists = true,
            Keys = arguments[..Math.Min(1, arguments.Length)],
            Attempts = [new Attempt(move, arguments[..Math.Max(0, arguments.Length - 1)])],
        };
    }

    private static RedisValue[] CountedKeys(RedisValue[] arguments) =>
        ArgumentSyntax.TryInteger(arguments, 1, out var count) && count > 0 && count <= arguments.Length - 2 ? arguments[2..(int)(count + 2)] : [];

    private static StreamPlace[] StreamsOf(RedisValue[] arguments)
    {
        var read = StreamRead.Parse(arguments);
        return
        [
            .. Enumerable.Range(read.FirstKey, read.KeyCount)
                .Select(at => new StreamPlace(arguments[at], at + read.KeyCount, (string?)arguments[at + read.KeyCount] == StreamPlace.Latest)),
        ];
    }

    private static bool IsFromRight(RedisValue[] arguments)
    {
        var direction = CountedKeys(arguments).Length + 2;
        return direction < arguments.Length && ArgumentSyntax.Is(arguments[direction], "RIGHT");
    }

    /// <summary>A number of seconds as the server reads it, or a whole number of milliseconds.</summary>
    private static long? Milliseconds(string? text, bool inSeconds)
    {
        long milliseconds;
        if (!inSeconds)
        {
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out milliseconds)) return null;
        }
        else
        {
            const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            if (!double.TryParse(text, Styles, CultureInfo.InvariantCulture, out var seconds) || !double.IsFinite(seconds)) return null;
            if (seconds * 1000 >= long.MaxValue) return null;
            milliseconds = (long)Math.Ceiling(seconds * 1000);
        }

        return milliseconds switch
        {
            < 0 => null,
            0 => long.MaxValue,
            _ => milliseconds,
        };
    }

    private bool HasEnoughReplicas(RespValue reply)
    {
        var counts = reply.Kind == RespKind.Array ? reply.AsArray() : [reply];
        for (var i = 0; i < counts.Length; i++)
        {
            if (ArgumentSyntax.TryInteger(_arguments, i, out var wanted) && counts[i].AsInt64() < wanted) return false;
        }

        return true;
    }

    private static RedisCommand Push(string name, RespValue key, IEnumerable<RespValue> elements) =>
        new(name, [key.AsRedisValue(), .. elements.Select(element => element.AsRedisValue())]);

    /// <summary>Members that have come back by themselves meanwhile keep their new scores.</summary>
    private static RedisCommand Add(RespValue key, IEnumerable<RespValue> membersAndScores) =>
        new("ZADD", [key.AsRedisValue(), "NX", .. membersAndScores.Chunk(2).SelectMany(pair => new[] { pair[1].AsRedisValue(), pair[0].AsRedisValue() })]);
}

/// <summary>A command that takes without waiting, what a blocking one would.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record Attempt(string Name, RedisValue[] Arguments)
{
    /// <summary>What the blocking command would reply instead of this reply.</summary>
    public Func<RespValue, RespValue> Shape { get; init; } = static reply => reply;

    public RedisCommand Command => new(Name, Arguments);

    /// <summary>Whether there was nothing to take.</summary>
    public static bool TookNothing(RespValue reply) => reply.IsNull || (reply.Kind == RespKind.Array && reply.AsArray().IsEmpty);
}

/// <summary>One of the streams that a command reads.</summary>
/// <param name="Key">Its key.</param>
/// <param name="IdAt">The position of the id among the arguments.</param>
/// <param name="IsLatest">Whether that id is <c>$</c>: whatever comes after the command.</param>
internal sealed record StreamPlace(RedisValue Key, int IdAt, bool IsLatest)
{
    public const string Latest = "$";

    /// <summary>Asks for the id of the latest entry.</summary>
    public RedisCommand AskLatest() => new("XINFO", "STREAM", Key);

    /// <summary>The id of the latest entry, from the answer; null: the answer does not say.</summary>
    public static string? LatestIn(RespValue answer)
    {
        if (answer.Kind != RespKind.Array) return null;
        var parts = answer.AsArray();
        for (var i = 0; i + 1 < parts.Length; i += 2)
        {
            if (parts[i].Kind != RespKind.Array && parts[i].AsString() == "last-generated-id") return parts[i + 1].AsString();
        }

        return null;
    }
}
