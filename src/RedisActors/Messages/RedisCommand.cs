using System.Collections.Immutable;
using System.Runtime.InteropServices;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>
/// One Redis command, sent to a <see cref="RedisActor"/>. The sender gets exactly one answer: a <see cref="RedisReply"/>
/// when the server executed it, otherwise an Akka <c>Status.Failure</c> whose cause is a <see cref="RedisOutcomeException"/>.
/// </summary>
/// <remarks>
/// While Redis is away the command waits, in order, and is sent once the connection is back. The time it may take in all,
/// waiting included, is <see cref="Timeout"/>.
/// Commands that bind a connection to one caller (<c>SUBSCRIBE</c>, <c>MULTI</c>, <c>BLPOP</c>, <c>MONITOR</c> and the like)
/// do not fit a connection that all senders share; they are refused, see <see cref="RedisOutcomeException"/>.
/// </remarks>
/// <example>
/// <code>
/// redis.Tell(new RedisCommand("SET", "greeting", "hello"));
/// var reply = await redis.Ask&lt;RedisReply&gt;(new RedisCommand("INCR", "visits") { Timeout = TimeSpan.FromSeconds(5) });
/// </code>
/// </example>
public sealed record RedisCommand
{
    private readonly RedisValue[] _arguments;

    // As small as they can be, since there are as many commands as an application sends: 0 stands for null.
    private readonly long _timeoutTicks;
    private readonly int _databaseComplement;
    private readonly string? _token;

    /// <summary>Makes a command from its name and arguments, as one would type them into redis-cli.</summary>
    /// <param name="name">The command's name, one word: <c>GET</c>, <c>HSET</c>, <c>CLIENT</c>. Case does not matter.</param>
    /// <param name="arguments">The arguments, keys included, in the order of the command's page in the Redis documentation.</param>
    /// <exception cref="ArgumentException">The name is empty or holds white space (a subcommand is an argument).</exception>
    public RedisCommand(string name, params ReadOnlySpan<RedisValue> arguments)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.AsSpan().ContainsAny(" \t\r\n"))
        {
            throw new ArgumentException($"'{name}' is not one word; pass a subcommand as the first argument.", nameof(name));
        }

        Name = name;
        _arguments = arguments.IsEmpty ? [] : arguments.ToArray();
    }

    /// <summary>The command's name, as it was given.</summary>
    public string Name { get; }

    /// <summary>The arguments, keys included.</summary>
    public ImmutableArray<RedisValue> Arguments => ImmutableCollectionsMarshal.AsImmutableArray(_arguments);

    /// <summary>
    /// The number of the logical database, 0 or more; <see langword="null"/>, the default, is the connection's own
    /// (<c>database</c> in the settings).
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
    /// How long the command may take in all, from its arrival at the <see cref="RedisActor"/> to its answer, waiting for a
    /// connection included. <see langword="null"/>, the default, is <c>command-timeout</c> of the settings;
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits for ever.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or negative, and not infinite.</exception>
    public TimeSpan? Timeout
    {
        get => _timeoutTicks == 0 ? null : new TimeSpan(_timeoutTicks);
        init
        {
            if (value is { } timeout && timeout != System.Threading.Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(Timeout));
            }

            _timeoutTicks = value?.Ticks ?? 0;
        }
    }

    /// <summary>
    /// Anything of the sender's that helps it to recognise the answer. It comes back as <see cref="RedisReply.State"/>,
    /// <see cref="RedisOutcomeException.State"/> and the state of the <c>Status.Failure</c>; nobody looks into it.
    /// </summary>
    public object? State { get; init; }

    /// <summary>
    /// What may be done when the reply is lost. <see langword="null"/>, the default, is <c>delivery</c> of the settings.
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
    /// <exception cref="ArgumentException">The token is empty.</exception>
    public string? IdempotencyKey
    {
        get => _token;
        init
        {
            if (value is not null) ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(IdempotencyKey));
            _token = value;
        }
    }

    internal RedisValue[] ArgumentArray => _arguments;

    /// <summary>The name and the number of arguments; never their content, which may be secret.</summary>
    public override string ToString() =>
        _arguments.Length == 1 ? $"{Name} (1 argument)" : $"{Name} ({_arguments.Length} arguments)";
}
