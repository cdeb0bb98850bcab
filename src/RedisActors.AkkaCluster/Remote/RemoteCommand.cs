using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.Commands;

namespace RedisActors.AkkaCluster;

/// <summary>A command that a <see cref="RemoteRedis"/> has accepted and not answered.</summary>
/// <param name="command">The command, as the sender gave it.</param>
/// <param name="sender">Who waits for the answer.</param>
/// <param name="delivery">What may be done when the answer is lost.</param>
/// <param name="token">The token of an exactly-once command; otherwise the sender's, if there is one.</param>
/// <param name="deadline">When it has to be answered, in milliseconds; <see cref="long.MaxValue"/> is never.</param>
/// <param name="profile">What the table says of it. What follows from its arguments is found out at once: later, their memory may be gone.</param>
internal sealed class RemoteCommand(RedisCommand command, IActorRef sender, DeliveryMode delivery, string? token, long deadline, CommandProfile? profile)
{
    /// <summary>The part of a token's lifetime in which it is relied on; the rest is for the way to the server.</summary>
    public const double Reliable = 0.9;

    private long _firstSentAt = -1;

    /// <inheritdoc cref="RemoteCommand(RedisCommand, IActorRef, DeliveryMode, string, long, CommandProfile)"/>
    public RemoteCommand(RedisCommand command, IActorRef sender, DeliveryMode delivery, string? token, long deadline)
        : this(command, sender, delivery, token, deadline, CommandTable.Find(command))
    {
    }

    public RedisCommand Command => command;

    public IActorRef Sender => sender;

    public long Deadline => deadline;

    /// <summary>The hash slot of its first key; commands without a key, or with an unknown one, share one order.</summary>
    public int Slot { get; } = HashSlot.Of(command, profile) ?? -1;

    /// <summary>Where it is, as soon as it is accepted, and what is before and behind it there.</summary>
    public RemoteTrack Track { get; set; } = null!;

    public RemoteCommand? Previous { get; set; }

    public RemoteCommand? Next { get; set; }

    /// <summary>The number under which a node has it at this moment; 0: none has.</summary>
    public long Attempt { get; private set; }

    /// <summary>Whether its sender has been told.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether a node had it that did not say what became of it.</summary>
    public bool MayHaveRun { get; private set; }

    /// <summary>The truthful outcome of a command that ends without an answer.</summary>
    public Outcome OutcomeWithoutAnswer => Attempt != 0 || MayHaveRun ? Outcome.Unknown : Outcome.NotSent;

    /// <summary>What it takes of a message between nodes, in bytes, at most.</summary>
    public long Size { get; } = FrameSize.Of(command) + FrameSize.Of(token);

    private bool IsReadOnly { get; } = ReplayPolicy.ClassOf(command, profile) == ReplayClass.ReadOnly;

    /// <summary>
    /// Whether it may be sent to another node while nobody knows what the first one has done or will do with it. That does not include a
    /// write of which the last wins: the first node may live on, cut off, and write once more later.
    /// </summary>
    public bool MayBeSentElsewhere(long now, TimeSpan tokensKeptFor) => delivery switch
    {
        DeliveryMode.AtLeastOnce => true,
        DeliveryMode.ExactlyOnce => IsReadOnly || now < ReliableUntil(tokensKeptFor),
        DeliveryMode.WhenSafe => IsReadOnly,
        _ => false,
    };

    /// <summary>Makes sure, right before a node gets it, that its sender has not given it up.</summary>
    public bool TryClaim() => ICancellableSender.TryClaimOf(sender);

    /// <summary>
    /// A node gets it now. Returns what to send to that node; a command with a token has no longer than the token is kept.
    /// </summary>
    public RemoteRequest NextAttempt(long attempt, long now, TimeSpan tokensKeptFor)
    {
        Attempt = attempt;
        if (_firstSentAt < 0) _firstSentAt = now;
        var until = token is null ? deadline : Math.Min(deadline, ReliableUntil(tokensKeptFor));
        var sent = command with
        {
            State = null,
            Delivery = delivery,
            IdempotencyKey = token,
            WasSentBefore = MayHaveRun,
            Timeout = null,
        };
        return new RemoteRequest(attempt, until, sent, TokenMayGo: token is not null && command.IdempotencyKey is null && !MayHaveRun);
    }

    /// <summary>The node has not taken it.</summary>
    public void Return() => Attempt = 0;

    /// <summary>The node's answer is no longer awaited.</summary>
    public void Withdraw()
    {
        Attempt = 0;
        MayHaveRun = true;
    }

    /// <summary>
    /// The truthful outcome when a node reports this one: a node that never had the command does not know what the one before did with it.
    /// </summary>
    public Outcome TruthfulOutcome(Outcome reported) => reported == Outcome.NotSent && MayHaveRun ? Outcome.Unknown : reported;

    private long ReliableUntil(TimeSpan tokensKeptFor) => _firstSentAt + (long)(tokensKeptFor.TotalMilliseconds * Reliable);
}
