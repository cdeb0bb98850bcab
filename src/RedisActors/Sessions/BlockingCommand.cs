using System.Globalization;
using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Sessions;

/// <summary>
/// A command that blocks, taken apart: how long it wants to wait, the same command with a shorter wait, and how to undo it when nobody
/// is there any more to take what it took. From the command pages at https://redis.io/docs/latest/commands/.
/// </summary>
internal sealed class BlockingCommand
{
    private const string Left = "LEFT";
    private const string Right = "RIGHT";

    private readonly int _timeoutAt;
    private readonly decimal _unitsPerMillisecond;
    private readonly Func<RespValue, RedisCommand>? _undo;

    private BlockingCommand(RedisCommand command, int timeoutAt, bool inSeconds, Func<RespValue, RedisCommand>? undo = null)
    {
        Command = command;
        _timeoutAt = timeoutAt;
        _unitsPerMillisecond = inSeconds ? 0.001m : 1;
        _undo = undo;
        BlockTime = timeoutAt < 0 || timeoutAt >= command.ArgumentArray.Length
            ? null
            : Milliseconds((string?)command.ArgumentArray[timeoutAt], inSeconds);
    }

    public RedisCommand Command { get; }

    /// <summary>
    /// How long it waits, in milliseconds; <see cref="long.MaxValue"/> is for ever. Null: the server will not take the argument, and
    /// says so when it gets the command as it is.
    /// </summary>
    public long? BlockTime { get; }

    /// <summary>Whether it waits for replicas, and not for something to take.</summary>
    public bool IsWaitForReplicas { get; private init; }

    /// <summary>Whether a reply says that nothing came in time.</summary>
    public bool IsNothing(RespValue reply) => IsWaitForReplicas ? !HasEnoughReplicas(reply) : reply.IsNull;

    /// <summary>The command that puts back what this one took, at the end where it was; null: nothing is lost if nobody gets the reply.</summary>
    public RedisCommand? Undo(RespValue reply) => _undo is null || reply.IsNull ? null : _undo(reply);

    /// <summary>The same command with another time to wait, in milliseconds, at least one.</summary>
    public RedisCommand WithBlockTime(long milliseconds)
    {
        RedisValue[] arguments = [.. Command.ArgumentArray];
        arguments[_timeoutAt] = (Math.Max(1, milliseconds) * _unitsPerMillisecond).ToString(CultureInfo.InvariantCulture);
        return new RedisCommand(Command.Name, arguments);
    }

    /// <summary>Takes a command apart that blocks (<see cref="CommandProfile.Blocks"/>).</summary>
    public static BlockingCommand Of(RedisCommand command)
    {
        var arguments = command.ArgumentArray;
        var last = arguments.Length - 1;
        switch (command.Name.ToUpperInvariant())
        {
            case "BLPOP":
                return new(command, last, inSeconds: true, reply => Push("LPUSH", reply, reply.AsArray()[1]));
            case "BRPOP":
                return new(command, last, inSeconds: true, reply => Push("RPUSH", reply, reply.AsArray()[1]));
            case "BZPOPMIN" or "BZPOPMAX":
                return new(command, last, inSeconds: true, reply => Add(reply.AsArray()[0], [reply.AsArray()[1], reply.AsArray()[2]]));
            case "BLMPOP":
                var push = IsFromRight(arguments) ? "RPUSH" : "LPUSH";
                return new(command, 0, inSeconds: true, reply => Push(push, reply, [.. reply.AsArray()[1].AsArray().Reverse()]));
            case "BZMPOP":
                return new(command, 0, inSeconds: true, reply => Add(reply.AsArray()[0], reply.AsArray()[1].AsArray().SelectMany(pair => pair.AsArray())));
            case "BLMOVE" or "BRPOPLPUSH":
                return new(command, last, inSeconds: true);
            case "WAIT" or "WAITAOF":
                return new(command, last, inSeconds: false) { IsWaitForReplicas = true };
            default:
                return new(command, StreamRead.Parse(arguments).BlockAt, inSeconds: false);
        }
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
            if (ArgumentSyntax.TryInteger(Command.ArgumentArray, i, out var wanted) && counts[i].AsInt64() < wanted) return false;
        }

        return true;
    }

    private static bool IsFromRight(ReadOnlySpan<RedisValue> arguments) =>
        ArgumentSyntax.TryInteger(arguments, 1, out var keys) && keys > 0 && keys < arguments.Length - 2
        && ArgumentSyntax.Is(arguments[(int)keys + 2], Right);

    private static RedisCommand Push(string name, RespValue reply, params IEnumerable<RespValue> elements) =>
        new(name, [reply.AsArray()[0].AsRedisValue(), .. elements.Select(element => element.AsRedisValue())]);

    /// <summary>Members that have come back by themselves meanwhile keep their new scores.</summary>
    private static RedisCommand Add(RespValue key, IEnumerable<RespValue> membersAndScores) =>
        new("ZADD", [key.AsRedisValue(), "NX", .. membersAndScores.Chunk(2).SelectMany(pair => new[] { pair[1].AsRedisValue(), pair[0].AsRedisValue() })]);
}
