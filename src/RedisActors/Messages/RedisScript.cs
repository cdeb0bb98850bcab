using System.Collections.Immutable;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>
/// A Lua script, sent to a <see cref="RedisActor"/> and answered as a <see cref="RedisCommand"/> is. It goes by its hash
/// (<c>EVALSHA</c>); a server that does not know it, since it was restarted, took over from another, or has run <c>SCRIPT FLUSH</c>, is given
/// the text once, by the library.
/// </summary>
/// <remarks>
/// <para>
/// What a second run would do, nobody knows, so a script whose reply was lost is not replayed under <see cref="DeliveryMode.WhenSafe"/>,
/// unless it is <see cref="ReadOnly"/> or its <see cref="RedisCommand.ReplayClass"/> says so. With
/// <see cref="DeliveryMode.ExactlyOnce"/> it runs once and gets the reply of that run: the server keeps a token beside what the script writes,
/// in one step. For that it needs at least one key.
/// </para>
/// <para>
/// An error comes back in the server's words, with the line of the text (<c>… on @user_script:3.</c>). An error that the script raises, also
/// after it has written, is its answer: <see cref="Outcome.Rejected"/>. What it had written by then stays written, as always with Redis.
/// </para>
/// <para>
/// Permissions: <c>EVALSHA</c> (or <c>EVALSHA_RO</c>), <c>EVAL</c>, <c>SCRIPT LOAD</c>, <c>SCRIPT EXISTS</c>, and those of the commands that it
/// runs. See https://redis.io/docs/latest/develop/programmability/eval-intro/.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// const string Take = "if tonumber(redis.call('GET', KEYS[1]) or 0) &lt; tonumber(ARGV[1]) then return false end return redis.call('DECRBY', KEYS[1], ARGV[1])";
/// redis.Tell(new RedisScript(Take, ["stock:4711"], 3) { Delivery = DeliveryMode.ExactlyOnce });
/// </code>
/// </example>
public sealed record RedisScript : RedisCommand
{
    private const string Evaluate = "EVALSHA";
    private const string EvaluateReadOnly = "EVALSHA_RO";
    private const int FirstKey = 2;

    /// <summary>Makes a script.</summary>
    /// <param name="text">The script. Use the same text each time, with keys and arguments for what changes.</param>
    /// <param name="keys">Its <c>KEYS</c>: every key that it touches. In a Redis Cluster they are in one hash slot.</param>
    /// <param name="arguments">Its <c>ARGV</c>.</param>
    /// <exception cref="ArgumentException">A key or an argument is null.</exception>
    /// <exception cref="ArgumentNullException">There is no text.</exception>
    public RedisScript(string text, ReadOnlySpan<RedisValue> keys, params ReadOnlySpan<RedisValue> arguments)
        : this(Known(text), keys, arguments)
    {
    }

    private RedisScript(ScriptText script, ReadOnlySpan<RedisValue> keys, ReadOnlySpan<RedisValue> arguments)
        : base(Evaluate, ArgumentsOf(script, keys, arguments))
    {
        Script = script;
        ReadOnly = ForbidsWrites(script.Text);
    }

    /// <summary>The script's text.</summary>
    public string Text => Script.Text;

    /// <summary>Its <c>KEYS</c>.</summary>
    public ImmutableArray<RedisValue> Keys => Arguments.Slice(FirstKey, KeyCount);

    /// <summary>Its <c>ARGV</c>.</summary>
    public ImmutableArray<RedisValue> Values => Arguments[(FirstKey + KeyCount)..];

    /// <summary>
    /// Whether it only reads, so that it can be replayed safely. The server makes sure of that: it goes as <c>EVALSHA_RO</c>, since Redis 7.
    /// The default is <see langword="false"/>, unless the text begins with a <c>#!lua</c> line that says <c>no-writes</c>.
    /// </summary>
    public bool ReadOnly
    {
        get => Name == EvaluateReadOnly;
        init => Name = value ? EvaluateReadOnly : Evaluate;
    }

    internal ScriptText Script { get; }

    /// <summary>Its arguments without hash, number of keys and keys.</summary>
    internal ReadOnlySpan<RedisValue> ValueSpan => ArgumentArray.AsSpan(FirstKey + KeyCount);

    private int KeyCount => (int)ArgumentArray[1];

    /// <inheritdoc/>
    public bool Equals(RedisScript? other) => base.Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <summary>The hash, and the number of keys and arguments; never their content, which may be secret.</summary>
    public override string ToString() => $"script {Script.Sha1} ({KeyCount} keys, {ValueSpan.Length} arguments)";

    private static ScriptText Known(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ScriptText.Of(text);
    }

    private static RedisValue[] ArgumentsOf(ScriptText script, ReadOnlySpan<RedisValue> keys, ReadOnlySpan<RedisValue> arguments)
    {
        var all = new RedisValue[FirstKey + keys.Length + arguments.Length];
        all[0] = script.Sha1Argument;
        all[1] = keys.Length;
        var next = FirstKey;
        for (var i = 0; i < keys.Length; i++) all[next++] = Own(keys[i], i + 1, "the script's keys");
        for (var i = 0; i < arguments.Length; i++) all[next++] = Own(arguments[i], i + 1, "the script");
        return all;
    }

    private static bool ForbidsWrites(string text) =>
        text.StartsWith("#!", StringComparison.Ordinal)
        && text.AsSpan(0, text.IndexOf('\n') is >= 0 and var end ? end : text.Length).Contains("no-writes", StringComparison.Ordinal);
}
