using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>The replay class of a command whose arguments decide it.</summary>
internal delegate ReplayClass ReplayRule(ReadOnlySpan<RedisValue> arguments, KeySpec keys);

/// <summary>Something that is true of a command with these arguments.</summary>
internal delegate bool ArgumentTest(ReadOnlySpan<RedisValue> arguments);

/// <summary>Which nodes of a Redis Cluster a command concerns.</summary>
internal enum ClusterScope
{
    /// <summary>The node that has its keys.</summary>
    ByKey,

    /// <summary>Any: each would answer the same, or passes on what it is told.</summary>
    AnyNode,

    /// <summary>One, and its arguments do not say which.</summary>
    OneNode,

    /// <summary>All: on one of them it would do, or tell, only a part.</summary>
    AllNodes,
}

/// <summary>Everything that is known of a command: one row of the <see cref="CommandTable"/>.</summary>
internal sealed class CommandProfile
{
    private readonly ReplayClass _replay;
    private readonly ReplayRule? _replayRule;
    private readonly CommandLimits? _limits;
    private readonly string? _whyNotInCluster;

    /// <summary>A command with keys: in a Redis Cluster, the node that has them runs it.</summary>
    /// <param name="names">
    /// The commands, separated by spaces. A subcommand is <c>CONFIG|SET</c>, every other one of its container <c>CONFIG|*</c>.
    /// </param>
    /// <param name="replay">What a second run does.</param>
    /// <param name="keys">Where its keys are.</param>
    /// <param name="limits">What it cannot be used for, and why; null: it can be used for everything.</param>
    public CommandProfile(string names, ReplayClass replay, KeySpec keys, CommandLimits? limits = null)
        : this(names, keys, ClusterScope.ByKey, limits) => _replay = replay;

    /// <inheritdoc cref="CommandProfile(string, ReplayClass, KeySpec, CommandLimits?)"/>
    public CommandProfile(string names, ReplayRule replay, KeySpec keys, CommandLimits? limits = null)
        : this(names, keys, ClusterScope.ByKey, limits) => _replayRule = replay;

    /// <summary>A command without keys.</summary>
    /// <param name="names">As for the others.</param>
    /// <param name="replay">What a second run does.</param>
    /// <param name="scope">Which nodes of a Redis Cluster it concerns.</param>
    /// <param name="limits">As for the others.</param>
    public CommandProfile(string names, ReplayClass replay, ClusterScope scope, CommandLimits? limits = null)
        : this(names, KeySpec.None, scope, limits) => _replay = replay;

    /// <inheritdoc cref="CommandProfile(string, ReplayClass, ClusterScope, CommandLimits?)"/>
    public CommandProfile(string names, ReplayRule replay, ClusterScope scope, CommandLimits? limits = null)
        : this(names, KeySpec.None, scope, limits) => _replayRule = replay;

    private CommandProfile(string names, KeySpec keys, ClusterScope scope, CommandLimits? limits)
    {
        Names = names;
        Keys = keys;
        Scope = scope;
        _limits = limits;
    }

    public string Names { get; }

    public KeySpec Keys { get; }

    /// <summary>Which nodes of a Redis Cluster it concerns.</summary>
    public ClusterScope Scope
    {
        get;
        init
        {
            field = value;
            _whyNotInCluster = WhyNotInCluster(value, "use a connection of its own to that node", "use redis-cli --cluster call");
        }
    }

    /// <summary>What to do in a Redis Cluster, where it is refused, if there is something better than the usual advice.</summary>
    public string Instead
    {
        init => _whyNotInCluster = WhyNotInCluster(Scope, value, value);
    }

    /// <summary>
    /// With which arguments its reply is short whatever the keys hold, a number or a word, so that it may share a request with others;
    /// null: with none.
    /// </summary>
    public ArgumentTest? ShortReply { private get; init; }

    /// <summary>Whether it runs a script or a function, which may answer in any words, the server's own included.</summary>
    public bool RunsScript { get; init; }

    /// <summary>With which arguments the limits hold; null: with all.</summary>
    public ArgumentTest? LimitedWhen { private get; init; }

    /// <summary>With which arguments the server takes it while a script or function keeps it busy; null: with none.</summary>
    public ArgumentTest? PassesBusyWhen { private get; init; }

    /// <summary>What a second run does with these arguments.</summary>
    public ReplayClass ClassOf(ReadOnlySpan<RedisValue> arguments) => _replayRule?.Invoke(arguments, Keys) ?? _replay;

    /// <summary>
    /// Whether the server takes it while a script or function runs too long: it ends what keeps the server busy, or tells what
    /// that is, so it must not wait behind the commands that were answered <c>BUSY</c>.
    /// </summary>
    public bool PassesBusy(ReadOnlySpan<RedisValue> arguments) => PassesBusyWhen?.Invoke(arguments) == true;

    /// <summary>
    /// Whether it changes the server rather than the data in it, or empties whole databases. What only tells something of the server does not.
    /// </summary>
    public bool Administers(ReadOnlySpan<RedisValue> arguments) => ClassOf(arguments) switch
    {
        ReplayClass.Administration => true,
        ReplayClass.Never => _limits == CommandLimits.Administers || _limits == CommandLimits.Crashes,
        _ => false,
    };

    /// <summary>Whether its reply is short whatever the keys hold.</summary>
    public bool HasShortReply(ReadOnlySpan<RedisValue> arguments) => ShortReply?.Invoke(arguments) == true;

    /// <summary>Why it is not sent over a connection that all senders share; null where it is.</summary>
    public string? WhyRefused(ReadOnlySpan<RedisValue> arguments, bool inCluster) =>
        _limits?.OnSharedConnection is { } reason && AreLimited(arguments) ? reason : inCluster ? _whyNotInCluster : null;

    /// <summary>Why it is not sent to a Redis Cluster, over whichever connection; null where it is.</summary>
    public string? WhyRefusedInCluster => _whyNotInCluster;

    /// <summary>Whether it blocks its connection with these arguments.</summary>
    public bool Blocks(ReadOnlySpan<RedisValue> arguments) => _limits == CommandLimits.Blocks && AreLimited(arguments);

    /// <summary>Why it cannot be delivered exactly-once; null where it can, as far as its name and arguments tell.</summary>
    public string? WhyNotExactlyOnce(ReadOnlySpan<RedisValue> arguments) =>
        _limits is not null && AreLimited(arguments) ? _limits.ExactlyOnce : null;

    /// <summary>Why it cannot be one of several commands that a script runs in one step; null where it can.</summary>
    public string? WhyNotInScript(ReadOnlySpan<RedisValue> arguments) =>
        _limits == CommandLimits.Publishes ? null : WhyNotExactlyOnce(arguments);

    /// <summary>The first key, in the order of the arguments. False where there is none, or where nobody knows.</summary>
    public bool TryGetFirstKey(ReadOnlySpan<RedisValue> arguments, out RedisValue key) => Keys.TryGetFirst(arguments, out key);

    /// <summary>
    /// Adds all keys to a list. False where nobody knows which they are, or the arguments do not fit the command; a command
    /// without keys is true and adds none.
    /// </summary>
    public bool TryGetKeys(ReadOnlySpan<RedisValue> arguments, List<RedisValue> keys) => Keys.TryCollect(arguments, keys);

    public override string ToString() => $"{Names}: {_replayRule?.Method.Name ?? _replay.ToString()}, keys {Keys}, {Scope}";

    private bool AreLimited(ReadOnlySpan<RedisValue> arguments) => LimitedWhen?.Invoke(arguments) ?? true;

    private static string? WhyNotInCluster(ClusterScope scope, string insteadOfOne, string insteadOfAll) => scope switch
    {
        ClusterScope.OneNode => $"in a Redis Cluster it speaks of one node only, and does not say which; {insteadOfOne}",
        ClusterScope.AllNodes =>
            $"in a Redis Cluster it has to reach every primary, and a command goes to one node; {insteadOfAll}",
        _ => null,
    };
}

/// <summary>What a kind of command cannot be used for, each with the reason that its sender is told.</summary>
/// <param name="OnSharedConnection">Why it is not sent over a connection that all senders share; null: it is.</param>
/// <param name="ExactlyOnce">Why it cannot be delivered exactly-once.</param>
internal sealed record CommandLimits(string? OnSharedConnection, string ExactlyOnce)
{
    private const string NotAKey = "it concerns the connection or the server, and a token belongs to a key";
    private const string NotKept = "pub/sub reaches whoever listens at that moment, and nothing of it is kept";

    public static readonly CommandLimits Subscribes =
        new("it turns the connection that all senders share into a subscriber; send a Subscribe, PSubscribe or SSubscribe message", NotKept);

    public static readonly CommandLimits Publishes = new(null, NotKept);

    public static readonly CommandLimits Transacts = new(
        "a transaction would take in the commands of other senders on the shared connection; send a RedisTransaction",
        "it belongs to a transaction of several commands, and a token stands for one");

    public static readonly CommandLimits Blocks = new(
        "it would block the connection that all senders share", "it blocks, and a script cannot wait");

    /// <summary>What it changes would hold for the commands of all senders.</summary>
    public static readonly CommandLimits ChangesConnection = new(
        "it changes the connection that all senders share; use the settings, or RedisCommand.Database", NotAKey);

    /// <summary>Every later command would be answered with the debugger's text.</summary>
    public static readonly CommandLimits Debugs = new(
        "it turns the connection that all senders share into a debugging session", NotAKey);

    /// <summary>What the server sends from then on are no replies; <c>REPLCONF ACK</c> has none itself.</summary>
    public static readonly CommandLimits TakesOver = new(
        "the server would send a stream of its own over the connection that all senders share, instead of replies", NotAKey);

    public static readonly CommandLimits Crashes = new("it makes the server crash or restart instead of answering", NotAKey);

    public static readonly CommandLimits Administers = new(null, NotAKey);

    public static readonly CommandLimits IsScript = new(
        null, "it is a script itself, and Redis lets no script run another; send a RedisScript, which can be delivered exactly-once");

    public static readonly CommandLimits IsFunction = new(
        null, "it is a function, and Redis lets no script run one; send a RedisScript, or let the function keep a token of its own");

    public static readonly CommandLimits WholeDatabase = new(
        null, "it concerns whole databases, and a token belongs to the hash slot of a key");

    public static readonly CommandLimits OtherServer = new(
        null, "it acts on another server too, which cannot be one step with a token on this one");

    public static readonly CommandLimits WideIntegers = new(
        null, "its reply may be an integer beyond 2^53, which a script cannot carry exactly; types up to i53 and u53 do");
}
