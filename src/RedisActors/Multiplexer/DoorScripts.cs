using System.Collections.Concurrent;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>
/// The scripts that clients send. One that is called by its hash becomes a <see cref="RedisScript"/>, so that it needs no server that knows
/// it already, and can be delivered exactly-once.
/// </summary>
internal sealed class DoorScripts(bool isCluster)
{
    private const int MostKept = 10_000;

    /// <summary>The texts of all connections: whoever loads a script may call it from another one.</summary>
    private static readonly ConcurrentDictionary<string, ScriptText> Known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The script that a client calls; null: it is for the server to say what this is.</summary>
    public RedisScript? CommandOf(DoorCommand command, RedisValue[] arguments)
    {
        if (TextOf(command.Action, arguments) is not { } text || arguments.Length < 2) return null;
        if (!arguments[1].TryParse(out int keys) || keys < 0 || keys > arguments.Length - 2) return null;
        var script = new RedisScript(text, arguments.AsSpan(2, keys), arguments.AsSpan(2 + keys));
        return command.Action is DoorAction.EvalReadOnly or DoorAction.EvalShaReadOnly ? script with { ReadOnly = true } : script;
    }

    /// <summary>A command within a transaction: a server that does not know a script could not be given it there.</summary>
    public RedisCommand MemberOf(DoorCommand command, RedisValue[] arguments)
    {
        if (command.Action is not (DoorAction.EvalSha or DoorAction.EvalShaReadOnly) || TextOf(command.Action, arguments) is not { } text)
        {
            return RedisCommand.Owning(command.Name, arguments);
        }

        return RedisCommand.Owning(command.Action == DoorAction.EvalSha ? "EVAL" : "EVAL_RO", [text, .. arguments.AsSpan(1)]);
    }

    /// <summary>What is answered without a server; null: nothing.</summary>
    public RespValue? AnswerTo(DoorCommand command, RedisValue[] arguments)
    {
        if (command.Action != DoorAction.Script || arguments.Length == 0) return null;
        string subcommand = arguments[0]!;
        if (arguments.Length == 2 && subcommand.Equals("LOAD", StringComparison.OrdinalIgnoreCase))
        {
            var script = Remember(arguments[1]);

            // The server may refuse it, and others may call it there.
            return isCluster ? RespValue.BulkString(script.Sha1) : null;
        }

        if (subcommand.Equals("FLUSH", StringComparison.OrdinalIgnoreCase)) Known.Clear();
        return null;
    }

    private static string? TextOf(DoorAction action, RedisValue[] arguments) => action switch
    {
        DoorAction.Eval or DoorAction.EvalReadOnly when arguments.Length > 0 => Remember(arguments[0]).Text,
        DoorAction.EvalSha or DoorAction.EvalShaReadOnly when arguments.Length > 0 => Known.GetValueOrDefault(arguments[0].ToString())?.Text,
        _ => null,
    };

    private static ScriptText Remember(RedisValue text)
    {
        var script = ScriptText.Of(text.ToString());
        if (Known.Count >= MostKept) Known.Clear();
        return Known.GetOrAdd(script.Sha1, script);
    }
}
