using RedisActors.CommandMetadata;
using RedisActors.Connection;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>Who spoke when a sender's script was answered in the words with which the server refuses a command.</summary>
internal enum Speaker : byte
{
    /// <summary>Nobody has asked yet.</summary>
    NotAsked,

    /// <summary>The server: it did not run the script.</summary>
    Server,

    /// <summary>The script: it ran, and these words are its answer.</summary>
    Script,

    /// <summary>The link was lost before it was known.</summary>
    Unknown,
}

/// <summary>
/// Runs a script that does nothing, on the keys of a sender's script and right behind it: a script may answer in the words with which the
/// server refuses a command, after it has written. When the server refuses this one too, it refused the other. A server takes what comes
/// together in one go, so it refuses both or neither; asked later, it might be busy with somebody else's script by then.
/// </summary>
/// <remarks>
/// Since Redis 7 a server refuses a script that begins with <c>#!lua</c> when it would refuse its writes (READONLY, MISCONF, NOREPLICAS):
/// https://redis.io/docs/latest/develop/programmability/eval-intro/. An older one compiles no such script, but says so only where it would
/// have run it. Whoever may not use <c>EVAL</c> is told the words as the script's answer.
/// </remarks>
internal sealed class ScriptWitness : LinkRequest
{
    private static readonly RedisValue Nothing = "#!lua\nreturn 0";

    private readonly PendingCommand _script;
    private readonly Action<CommandRefused> _tell;

    /// <param name="script">The command that was sent.</param>
    /// <param name="tell">Told once, from any thread, that the command came back and who spoke.</param>
    public ScriptWitness(PendingCommand script, Action<CommandRefused> tell)
    {
        _script = script;
        _tell = tell;
        var keys = new List<RedisValue>();
        CommandTable.Find(script.Command)?.TryGetKeys(script.Command.ArgumentArray, keys);
        Arguments = [Nothing, keys.Count, .. keys];
    }

    public override string Name => "EVAL";

    public override RedisValue[] Arguments { get; }

    public override int? Database => _script.Database;

    public override void Succeed(in RespValue value) => Tell(
        _script is ScriptCommand { WasUnknown: true, RefusalReason: { } reason } && ExactlyOnceScript.IsMissing(reason) ? Speaker.Server : Speaker.Script);

    public override void Reject(string serverError) =>
        Tell(_script.RefusalReason is { } reason && RetryableErrors.IsSameRefusal(reason, serverError) ? Speaker.Server : Speaker.Script);

    public override void Garble(string reason) => Tell(Speaker.Script);

    public override void Refuse(string reason) => Tell(Speaker.Unknown);

    public override void Fail(LinkFault fault) => Tell(Speaker.Unknown);

    /// <summary>By then the script has been answered; most often it was not refused, and there was no doubt.</summary>
    private void Tell(Speaker speaker)
    {
        _script.Speaker = speaker;
        if (_script.RefusalReason is not null) _tell(new CommandRefused(_script, speaker));
    }
}

/// <summary>
/// Asks, right behind a sender's script that went by its hash, whether the server knows it: a script may answer <c>NOSCRIPT</c> itself. Whoever
/// may not use <c>SCRIPT EXISTS</c> is told that as the script's answer.
/// </summary>
internal sealed class ScriptInquiry(ScriptCommand script) : LinkRequest
{
    public override string Name => "SCRIPT";

    public override RedisValue[] Arguments { get; } = ["EXISTS", script.Script.Sha1Argument];

    public override int? Database => null;

    public override void Succeed(in RespValue value) =>
        script.WasUnknown = value.Kind == RespKind.Array && value.AsArray() is [{ Kind: RespKind.Integer } known] && known.AsInt64() == 0;

    public override void Reject(string serverError)
    {
    }

    public override void Garble(string reason)
    {
    }

    public override void Refuse(string reason)
    {
    }

    public override void Fail(LinkFault fault)
    {
    }
}
