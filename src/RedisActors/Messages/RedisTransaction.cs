using System.Collections.Immutable;
using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>
/// Several commands that the server runs in one step, all of them or none, with nobody else's in between. It is sent to a
/// <see cref="RedisActor"/> and answered as a <see cref="RedisCommand"/> is: with one outcome for the whole, whatever happens. If its reply is
/// lost, it is <see cref="Outcome.Unknown"/> for all of its commands together.
/// </summary>
/// <remarks>
/// <para>
/// The value of its <see cref="RedisReply"/> is an array with the reply to each command, in order. A command that failed where the others ran
/// (<c>WRONGTYPE</c>: Redis undoes nothing) has an error there. Where a condition does not hold, nothing runs and the value is a null:
/// <c>reply.Committed</c> is <see langword="false"/>. If the server refuses one of the commands beforehand (out of
/// memory, not permitted, unknown, wrong number of arguments), nothing runs either and the whole is <see cref="Outcome.Rejected"/>.
/// </para>
/// <para>
/// Of its commands count name and arguments; database, timeout, state, delivery and idempotency key are those of the transaction. Without
/// conditions it goes as <c>MULTI</c> … <c>EXEC</c>. With conditions, or <see cref="DeliveryMode.ExactlyOnce"/>, it goes as a script, so that
/// there is nothing to <c>WATCH</c> and nothing to try again; it then needs permission to run <c>EVALSHA</c>, <c>SCRIPT LOAD</c> and
/// <c>COMMAND INFO</c>, and cannot hold scripts or what concerns the server. In a Redis Cluster all its keys are in one hash slot.
/// </para>
/// <para>
/// Its <see cref="RedisCommand.ReplayClass"/> is the one of its commands that allows least. With conditions it is at least
/// <see cref="ReplayClass.Conditional"/>; and where two of its commands touch the same key, unless each only overwrites it, or only reads it,
/// it is <see cref="ReplayClass.Accumulating"/>: a second run would find what the first one left.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// redis.Tell(new RedisTransaction(new RedisCommand("DECRBY", "account:1", 5), new RedisCommand("INCRBY", "account:2", 5))
/// {
///     Conditions = [RedisCondition.StringEqual("account:1:open", 1)],
///     Delivery = DeliveryMode.ExactlyOnce,
/// });
/// </code>
/// </example>
public sealed record RedisTransaction : RedisCommand
{
    private const string Multi = "MULTI";

    /// <summary>In place of the number of keys, where nobody knows them all.</summary>
    private const string NobodyKnows = "?";

    private readonly RedisCommand[] _commands;
    private readonly RedisCondition[] _conditions = [];
    private readonly int _contentAt;

    /// <summary>Makes a transaction.</summary>
    /// <param name="commands">The commands, in the order in which they are to run; at least one.</param>
    /// <exception cref="ArgumentException">There is no command, one is null, or one is a transaction itself.</exception>
    public RedisTransaction(params ReadOnlySpan<RedisCommand> commands)
        : base(Multi, Flatten(Checked(commands), [], out var contentAt))
    {
        _commands = commands.ToArray();
        _contentAt = contentAt;
    }

    /// <summary>The commands.</summary>
    public ImmutableArray<RedisCommand> Commands => [.. _commands];

    /// <summary>What has to be true for them to run; the default is none.</summary>
    /// <exception cref="ArgumentException">One is null.</exception>
    public ImmutableArray<RedisCondition> Conditions
    {
        get => [.. _conditions];
        init
        {
            _conditions = value.IsDefaultOrEmpty ? [] : [.. value];
            if (Array.Exists(_conditions, static condition => condition is null)) throw new ArgumentException("A condition is null.", nameof(Conditions));
            ArgumentArray = Flatten(_commands, _conditions, out _contentAt);
        }
    }

    internal RedisCommand[] CommandArray => _commands;

    internal RedisCondition[] ConditionArray => _conditions;

    /// <summary>What tells it from another one: its conditions and commands, whatever is known of them.</summary>
    internal ReadOnlySpan<RedisValue> Content => ArgumentArray.AsSpan(_contentAt);

    /// <inheritdoc/>
    public bool Equals(RedisTransaction? other) => base.Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <summary>How many commands and conditions it has; never their content, which may be secret.</summary>
    public override string ToString() => $"transaction ({_commands.Length} commands, {_conditions.Length} conditions)";

    private static ReadOnlySpan<RedisCommand> Checked(ReadOnlySpan<RedisCommand> commands)
    {
        if (commands.IsEmpty) throw new ArgumentException("A transaction has at least one command.", nameof(commands));
        foreach (var command in commands)
        {
            if (command is null) throw new ArgumentException("A command of the transaction is null.", nameof(commands));
            if (command is RedisTransaction) throw new ArgumentException("A transaction cannot be within a transaction.", nameof(commands));
        }

        return commands;
    }

    /// <summary>
    /// All of it as the arguments of one command, as <see cref="CommandTable.Transaction"/> reads them: the replay class, the number of keys,
    /// the keys; then the content.
    /// </summary>
    private static RedisValue[] Flatten(ReadOnlySpan<RedisCommand> commands, ReadOnlySpan<RedisCondition> conditions, out int contentAt)
    {
        var effect = new TransactionEffect();
        foreach (var command in commands) effect.Add(command);
        foreach (var condition in conditions) effect.Add(condition.Key);
        List<RedisValue> all = [(int)effect.Class, effect.KnowsKeys ? effect.Keys.Count : NobodyKnows];
        if (effect.KnowsKeys) all.AddRange(effect.Keys);
        contentAt = all.Count;
        all.Add(conditions.Length);
        foreach (var condition in conditions) Append(condition.Check);
        foreach (var command in commands) Append(command);
        return [.. all];

        void Append(RedisCommand command)
        {
            all.Add(command.ArgumentArray.Length);
            all.Add(command.Name.ToUpperInvariant());
            all.AddRange(command.ArgumentArray);
        }
    }
}

/// <summary>Reads the reply to a <see cref="RedisTransaction"/>.</summary>
public static class RedisTransactionReply
{
    extension(RedisReply reply)
    {
        /// <summary>
        /// Of the reply to a <see cref="RedisTransaction"/>: whether its conditions held, so that its commands ran; each has its reply in
        /// <see cref="RedisReply.Value"/>. <see langword="false"/>: nothing ran.
        /// </summary>
        public bool Committed => !reply.Value.IsNull;
    }
}
