using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Tests.Decisions;

/// <summary>Makes pending commands and writes down every answer that their sender is told, without an actor system.</summary>
internal sealed class RecordingSender : MinimalActorRef, ITokenHolder
{
    private readonly Lock _lock = new();
    private long _sequence;
    private readonly List<(object? State, string Answer)> _told = [];

    public override ActorPath Path { get; } = ActorPath.Parse("akka://test/user/sender");

    public override IActorRefProvider Provider => throw new NotSupportedException();

    /// <summary>Every answer in its order: the command's state, and the outcome.</summary>
    public IReadOnlyList<(object? State, string Answer)> Told
    {
        get
        {
            lock (_lock) return [.. _told];
        }
    }

    /// <summary>The answers as "state outcome".</summary>
    public string[] Lines => [.. Told.Select(told => $"{told.State} {told.Answer}")];

    public PendingCommand Command(object state, long deadline = long.MaxValue, string? value = null) =>
        Command(value is null ? new RedisCommand("INCR", "key") { State = state } : new RedisCommand("APPEND", "key", value) { State = state }, deadline);

    public PendingCommand Command(RedisCommand command, long deadline = long.MaxValue) =>
        new(command, this, Nobody.Instance, DeliveryMode.WhenSafe, deadline, ++_sequence);

    /// <summary>The replies among them, in their order.</summary>
    public List<RedisReply> Replies { get; } = [];

    /// <summary>The failures among them, in their order.</summary>
    public List<RedisOutcomeException> Failures { get; } = [];

    /// <summary>Of which commands the tokens may go, and their keys.</summary>
    public List<(object? State, string Key)> MayGo { get; } = [];

    /// <summary>To whose answer this sender throws.</summary>
    public object? ThrowAt { get; set; }

    void ITokenHolder.TokenMayGo(object? state, HeldToken token) => MayGo.Add((state, token.Key.ToString()));

    protected override void TellInternal(object message, IActorRef sender)
    {
        var told = Describe(message);
        if (told.State is { } state && state.Equals(ThrowAt)) throw new InvalidOperationException("a mailbox that throws");
        lock (_lock)
        {
            _told.Add(told);
            if (message is RedisReply reply) Replies.Add(reply);
            if (message is Status.Failure { Cause: RedisOutcomeException failure }) Failures.Add(failure);
        }
    }

    private static (object? State, string Answer) Describe(object message)
    {
        switch (message)
        {
            case RedisReply reply:
                return (reply.State, nameof(Outcome.Applied));
            case Status.Failure { Cause: RedisOutcomeException failure } status:
                Assert.Equal(failure.State, status.State);
                return (failure.State, failure.Outcome.ToString());
            default:
                return (null, $"unexpected {message}");
        }
    }
}
