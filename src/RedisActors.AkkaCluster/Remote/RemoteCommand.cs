using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.AkkaCluster;

/// <summary>A command that was given to the front and has not been answered.</summary>
/// <param name="command">The command, as the sender gave it.</param>
/// <param name="sender">Who waits for the answer.</param>
/// <param name="delivery">What may be done when the answer is lost.</param>
/// <param name="token">The token of an exactly-once command; otherwise null.</param>
/// <param name="deadline">When it has to be answered, in milliseconds; <see cref="long.MaxValue"/> is never.</param>
internal sealed class RemoteCommand(RedisCommand command, IActorRef sender, DeliveryMode delivery, string? token, long deadline)
{
    /// <summary>The part of a token's time in which it is relied on; the rest is for the way to the server.</summary>
    private const double Reliable = 0.9;

    private long _firstAskedAt = -1;

    public RedisCommand Command => command;

    public IActorRef Sender => sender;

    public long Deadline => deadline;

    /// <summary>The hash slot of its first key; what has none, or nobody knows, is of one order with all others of that kind.</summary>
    public int Slot { get; } = HashSlot.Of(command) ?? -1;

    /// <summary>The number under which a node has it at this moment; 0: none has.</summary>
    public long Attempt { get; private set; }

    /// <summary>Whether a node had it that did not say what became of it.</summary>
    public bool MayHaveRun { get; private set; }

    private bool IsReadOnly =>
        (command.ReplayClass ?? CommandTable.Find(command.Name, command.ArgumentArray)?.Class) == ReplayClass.ReadOnly;

    /// <summary>
    /// Whether another node may be asked while nobody knows what the first one has done or will do with it. A write of which the last
    /// wins is not among these: the first node may live on, cut off, and write once more later.
    /// </summary>
    public bool MayBeAskedElsewhere(long now, TimeSpan tokensKeptFor) => delivery switch
    {
        DeliveryMode.AtLeastOnce => true,
        DeliveryMode.ExactlyOnce => IsReadOnly || now < ReliableUntil(tokensKeptFor),
        DeliveryMode.WhenSafe => IsReadOnly,
        _ => false,
    };

    /// <summary>It is given to a node now: what is sent to it. With a token it has no longer than the token is kept.</summary>
    public RedisCommand Ask(long attempt, long now, TimeSpan tokensKeptFor)
    {
        Attempt = attempt;
        if (_firstAskedAt < 0) _firstAskedAt = now;
        var until = token is null ? deadline : Math.Min(deadline, ReliableUntil(tokensKeptFor));
        return command with
        {
            State = attempt,
            Delivery = delivery,
            IdempotencyKey = token,
            Timeout = until == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(1, until - now)),
        };
    }

    /// <summary>The node has not taken it.</summary>
    public void Return() => Attempt = 0;

    /// <summary>The node is not waited for any longer.</summary>
    public void Withdraw()
    {
        Attempt = 0;
        MayHaveRun = true;
    }

    /// <summary>What is true of a command that ends without an answer.</summary>
    public Outcome OutcomeWithoutAnswer => Attempt != 0 || MayHaveRun ? Outcome.Unknown : Outcome.NotSent;

    /// <summary>What is true of it when a node says this: one that never had it does not know what the one before did.</summary>
    public Outcome Truth(Outcome told) => told == Outcome.NotSent && MayHaveRun ? Outcome.Unknown : told;

    private long ReliableUntil(TimeSpan tokensKeptFor) => _firstAskedAt + (long)(tokensKeptFor.TotalMilliseconds * Reliable);
}
