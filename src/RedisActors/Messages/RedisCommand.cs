using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>
/// What may be done with a command whose reply was lost because the connection broke. The setting <c>delivery</c> is for all commands
/// of a connection, <see cref="RedisCommand.Delivery"/> for one.
/// </summary>
public enum DeliveryMode : byte
{
    /// <summary>
    /// It is never sent twice. A lost reply ends it as <see cref="Outcome.Unknown"/>. (A command that certainly did not reach the
    /// server, or that the server refused without executing it, is still sent later: that is its first time.)
    /// </summary>
    AtMostOnce,

    /// <summary>
    /// It is replayed only if running it twice equals running it once, as far as <c>when-safe.limit</c> goes. Otherwise a lost reply
    /// ends it as <see cref="Outcome.Unknown"/>. The default.
    /// </summary>
    WhenSafe,

    /// <summary>It is replayed until it is answered or its timeout passes. It may be executed more than once.</summary>
    AtLeastOnce,

    /// <summary>
    /// It is executed once and the original reply is returned, even if the first reply was lost: a script on the server keeps
    /// a token and the reply beside the write, atomically, for <c>exactly-once.keep</c>. Commands that cannot be wrapped in a
    /// script are refused as <see cref="Outcome.NotSent"/>, with the reason. Commands that only read need no token and are sent
    /// as they are.
    /// </summary>
    ExactlyOnce,
}

/// <summary>
/// One Redis command, sent to a <see cref="RedisActor"/>. The sender gets exactly one answer: a <see cref="RedisReply"/>
/// if the server executed it, otherwise an Akka <c>Status.Failure</c> whose cause is a <see cref="RedisOutcomeException"/>.
/// </summary>
/// <remarks>
/// <para>
/// While there is no connection the command waits, in order, and is sent once the connection is back. The time it may take in all,
/// waiting included, is <see cref="Timeout"/>.
/// </para>
/// <para>
/// Commands that bind a connection to one caller (<c>SUBSCRIBE</c>, <c>MULTI</c>, <c>MONITOR</c> and the like)
/// do not fit a connection that all senders share; they are refused, see <see cref="RedisOutcomeException"/>. For several commands in one
/// step there is <see cref="RedisTransaction"/>, for a script <see cref="RedisScript"/>. Both are commands: what is said here of timeout,
/// delivery, state and outcome holds for them. A type of an application's own is sent as the command that it is made of.
/// </para>
/// <para>
/// Commands that block (<c>BLPOP</c>, <c>XREADGROUP</c> with <c>BLOCK</c>, <c>WAIT</c> and the like) get a connection for themselves, one of at
/// most <c>sessions.max</c>. They wait as long as their own argument says, and no longer than <see cref="Timeout"/>; then the reply is the
/// server's for "nothing". If their sender stops or gives up, the wait ends, and what was taken for it is put back.
/// </para>
/// <para>
/// Two commands are equal if Redis would be sent the same (names in any case, arguments by their bytes, so that 5 equals "5") and all
/// other properties are equal.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// redis.Tell(new RedisCommand("SET", "greeting", "hello"));
/// var reply = await redis.ExecuteAsync(new RedisCommand("INCR", "visits") { Timeout = TimeSpan.FromSeconds(5) });
/// </code>
/// </example>
public record RedisCommand : IRedisMessage
{
    // As small as they can be, since there are as many commands as an application sends: 0 stands for null, and what few have is apart.
    private readonly int _databaseComplement;
    private readonly Rare? _rare;

    /// <summary>Makes a command from its name and arguments, as one would type them into redis-cli.</summary>
    /// <param name="name">The command's name, one word of ASCII: <c>GET</c>, <c>CLIENT</c>, <c>JSON.SET</c>. Case does not matter.</param>
    /// <param name="arguments">
    /// The arguments, keys included, in the order of the command's page in the Redis documentation. They are copied, the content of byte
    /// arrays too; for values of many kilobytes there is <see cref="WithoutCopying"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name is empty, holds white space (a subcommand is an argument) or anything else but printable ASCII; or an argument is null
    /// (Redis has no null argument; an empty one is <see cref="RedisValue.EmptyString"/>). The message names the argument's position,
    /// from 1.
    /// </exception>
    public RedisCommand(string name, params ReadOnlySpan<RedisValue> arguments)
    {
        CheckName(name);
        Name = name;
        if (RedisTracing.IsOn) Trace = RedisTracing.Current;
        ArgumentArray = arguments.IsEmpty ? [] : new RedisValue[arguments.Length];
        for (var i = 0; i < arguments.Length; i++) ArgumentArray[i] = Own(arguments[i], i + 1, name);
    }

    /// <summary>
    /// Makes a command whose arguments of bytes are not copied, for large values: with 100 kB a command takes a third less of the processor's
    /// time. From then on the memory belongs to the command, which may be sent again after an outage: do not change it, and do not return it to
    /// a pool, before the command is answered; never, if the answer is <see cref="Outcome.Unknown"/> or the command was cancelled.
    /// </summary>
    /// <param name="name">The command's name, as for the constructor.</param>
    /// <param name="arguments">The arguments, keys included.</param>
    /// <exception cref="ArgumentException">As for the constructor.</exception>
    public static RedisCommand WithoutCopying(string name, params ReadOnlySpan<RedisValue> arguments)
    {
        for (var i = 0; i < arguments.Length; i++) CheckArgument(arguments[i], i + 1, name);
        return Owning(name, arguments.ToArray());
    }

    /// <summary>For what is sent as a command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="owned">Its arguments, which nobody else has.</param>
    private protected RedisCommand(string name, RedisValue[] owned)
    {
        Name = name;
        if (RedisTracing.IsOn) Trace = RedisTracing.Current;
        ArgumentArray = owned;
    }

    /// <summary>The command's name, as it was given.</summary>
    public string Name { get; private protected init; }

    /// <summary>The arguments, keys included.</summary>
    public ImmutableArray<RedisValue> Arguments => ImmutableCollectionsMarshal.AsImmutableArray(ArgumentArray);

    /// <summary>
    /// The number of the logical database, 0 or more; <see langword="null"/>, the default, is the connection's own (the setting
    /// <c>database</c>).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int? Database
    {
        get => _databaseComplement == 0 ? null : ~_databaseComplement;
        init
        {
            if (value is { } database) ArgumentOutOfRangeException.ThrowIfNegative(database, nameof(Database));
            _databaseComplement = value is { } number ? ~number : 0;
        }
    }

    /// <summary>
    /// How long the command may take in all, from its arrival at the <see cref="RedisActor"/> to its answer, the wait for a connection
    /// included. <see langword="null"/>, the default, is the setting <c>command-timeout</c>;
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or negative, and not infinite.</exception>
    public TimeSpan? Timeout
    {
        get => _rare?.Timeout;
        init
        {
            if (value is { } timeout && timeout != System.Threading.Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(Timeout));
            }

            if (value is not null || _rare is not null) _rare = (_rare ?? Rare.None) with { Timeout = value, Deadline = 0 };
        }
    }

    /// <summary>
    /// Anything of the sender's that helps it to recognise the answer. It comes back as <see cref="RedisReply.State"/>,
    /// <see cref="RedisOutcomeException.State"/> and the state of the <c>Status.Failure</c>; nobody looks into it.
    /// </summary>
    public object? State { get; init; }

    /// <summary>
    /// What may be done if the reply is lost. <see langword="null"/>, the default, is the setting <c>delivery</c>.
    /// </summary>
    public DeliveryMode? Delivery { get; init; }

    /// <summary>
    /// What running the command a second time would do, where the library cannot know: a script, a module's command.
    /// <see langword="null"/>, the default, takes it from the library's table of commands, or from the server's own flags.
    /// </summary>
    public ReplayClass? ReplayClass { get; init; }

    /// <summary>
    /// With <see cref="DeliveryMode.ExactlyOnce"/>, the token under which the server keeps the reply. Whoever sends the same
    /// command with the same token again, from anywhere, gets the one original reply and executes nothing, for as long as
    /// <c>exactly-once.keep</c>. <see langword="null"/>, the default, is a token of the library's own, which is forgotten on the
    /// server soon after the reply has come.
    /// </summary>
    /// <remarks>
    /// A token belongs to one command. Another command (another name, other arguments) with the same token, for a key of the same hash
    /// slot in the same database, is answered <see cref="Outcome.Rejected"/> and does not run. A command with a token that is not
    /// delivered exactly-once is answered <see cref="Outcome.NotSent"/>. Commands that only read ignore it.
    /// </remarks>
    /// <exception cref="ArgumentException">The token is empty or white space.</exception>
    public string? IdempotencyKey
    {
        get => _rare?.Token;
        init
        {
            if (value is not null) ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(IdempotencyKey));
            if (value != IdempotencyKey) _rare = (_rare ?? Rare.None) with { Token = value };
        }
    }

    internal RedisValue[] ArgumentArray { get; private protected init; }

    /// <summary>
    /// Instead of <see cref="Timeout"/>, when it has to be answered, in milliseconds of this actor system's monotonic clock: the time
    /// that it spends on its way to the RedisActor counts, even if the process is stopped meanwhile. It does not travel. 0: there is none.
    /// </summary>
    internal long Deadline
    {
        get => _rare?.Deadline ?? 0;
        init => _rare = (_rare ?? Rare.None) with { Timeout = null, Deadline = Math.Max(1, value) };
    }

    /// <summary>When it has to be answered, in milliseconds; <see cref="long.MaxValue"/> is never.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="usual">The timeout of a command that has none itself.</param>
    internal long DeadlineFrom(long now, TimeSpan usual)
    {
        if (_rare is { Deadline: > 0 and var deadline }) return deadline;
        var timeout = Timeout ?? usual;
        return timeout == System.Threading.Timeout.InfiniteTimeSpan ? long.MaxValue : now + (long)Math.Ceiling(timeout.TotalMilliseconds);
    }

    /// <summary>
    /// Whether the server may have executed it already, for a RedisActor on another node: an error then says nothing about that, and
    /// neither does a token that may have been evicted.
    /// </summary>
    internal bool WasSentBefore
    {
        get => _rare?.WasSentBefore == true;
        init
        {
            if (value != WasSentBefore) _rare = (_rare ?? Rare.None) with { WasSentBefore = value };
        }
    }

    /// <summary>The span within which it was sent; the default one: none, or nobody listened.</summary>
    internal ActivityContext Trace
    {
        get => (_rare as Traced)?.Trace ?? default;
        init
        {
            if (value != Trace) _rare = new Traced(_rare ?? Rare.None, value);
        }
    }

    /// <summary>Whether something was said of that.</summary>
    internal bool IsTraced => _rare is Traced;

    /// <summary>A command whose arguments nobody else has or changes: they are not copied.</summary>
    internal static RedisCommand Owning(
        string name, RedisValue[] arguments, int? database = null, DeliveryMode? delivery = null, ReplayClass? replayClass = null, string? token = null,
        bool wasSentBefore = false)
    {
        CheckName(name);
        return new RedisCommand(name, arguments)
        {
            Database = database,
            Delivery = delivery,
            ReplayClass = replayClass,
            IdempotencyKey = token,
            WasSentBefore = wasSentBefore,
        };
    }

    /// <inheritdoc/>
    public virtual bool Equals(RedisCommand? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && EqualityContract == other.EqualityContract
            && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase)
            && _databaseComplement == other._databaseComplement
            && Timeout == other.Timeout
            && (_rare?.Deadline ?? 0) == (other._rare?.Deadline ?? 0)
            && Delivery == other.Delivery
            && ReplayClass == other.ReplayClass
            && IdempotencyKey == other.IdempotencyKey
            && Equals(State, other.State)
            && HasArgumentsOf(other));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Name, StringComparer.OrdinalIgnoreCase);
        hash.Add(_databaseComplement);
        hash.Add(IdempotencyKey);
        foreach (var argument in ArgumentArray) hash.AddBytes(BytesOf(argument).Span);
        return hash.ToHashCode();
    }

    /// <summary>The name and the number of arguments; never their content, which may be secret.</summary>
    public override string ToString() =>
        ArgumentArray.Length == 1 ? $"{Name} (1 argument)" : $"{Name} ({ArgumentArray.Length} arguments)";

    /// <summary>
    /// A message does not change any more: of bytes it has a copy, so that it does not matter what becomes of the sender's memory while
    /// the command waits.
    /// </summary>
    private protected static RedisValue Own(RedisValue argument, int position, string name)
    {
        CheckArgument(argument, position, name);
        if (argument.IsInteger || argument.Box() is string or double or float) return argument;
        try
        {
            var bytes = GC.AllocateUninitializedArray<byte>(argument.GetByteCount());
            argument.CopyTo(bytes);
            return bytes;
        }
        catch (Exception error)
        {
            throw new ArgumentException($"Argument {position} of {name} cannot be read: {error.Message}", "arguments", error);
        }
    }

    private static void CheckArgument(RedisValue argument, int position, string name)
    {
        if (!argument.IsNull) return;
        throw new ArgumentException(
            $"Argument {position} of {name} is null. Redis has no null argument; an empty one is RedisValue.EmptyString.", "arguments");
    }

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!name.AsSpan().ContainsAnyExceptInRange('!', '~')) return;
        throw new ArgumentException(
            name.AsSpan().ContainsAny(" \t\r\n")
                ? $"'{name}' is not one word; pass a subcommand as the first argument."
                : $"'{name}' is not the name of a command: it holds something else than printable ASCII.",
            nameof(name));
    }

    private bool HasArgumentsOf(RedisCommand other)
    {
        var (mine, others) = (ArgumentArray, other.ArgumentArray);
        if (mine.Length != others.Length) return false;
        for (var i = 0; i < mine.Length; i++)
        {
            if (!BytesOf(mine[i]).Span.SequenceEqual(BytesOf(others[i]).Span)) return false;
        }

        return true;
    }

    /// <summary>What Redis is sent. (As values of StackExchange.Redis, "05" equals 5.)</summary>
    private static ReadOnlyMemory<byte> BytesOf(RedisValue argument) => argument;

    private record Rare(TimeSpan? Timeout, long Deadline, string? Token, bool WasSentBefore)
    {
        public static readonly Rare None = new(null, 0, null, false);
    }

    private sealed record Traced : Rare
    {
        public Traced(Rare other, ActivityContext trace)
            : base(other) => Trace = trace;

        public ActivityContext Trace { get; }
    }
}
