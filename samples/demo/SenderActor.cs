using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>
/// Sends commands to the RedisActor at a steady rate, whatever the state of the server, and records each reply. A user's own actor
/// looks like this: it tells a <see cref="RedisCommand"/>, and receives a <see cref="RedisReply"/> or a failure.
/// </summary>
internal sealed class SenderActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly IActorRef _redis;
    private readonly SenderWork _work;
    private readonly double _rate;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _sent;

    public SenderActor(IActorRef redis, SenderWork work, double rate)
    {
        _redis = redis;
        _work = work;
        _rate = rate;
        Receive<SendDue>(_ => Send());
        Receive<RedisReply>(reply => ((IDemoEntry)reply.State!).Applied(reply.Value));
        Receive<Status.Failure>(failure => OnFailure((RedisOutcomeException)failure.Cause));
        Receive<StopSending>(_ =>
        {
            Timers.Cancel(nameof(SendDue));
            Sender.Tell(SendingStopped.Instance);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(SendDue), SendDue.Instance, Tick);

    private static void OnFailure(RedisOutcomeException failure) => ((IDemoEntry)failure.State!).Failed(failure.Outcome);

    private void Send()
    {
        var due = (long)(Stopwatch.GetElapsedTime(_started).TotalSeconds * _rate);
        for (; _sent < due; _sent++) _redis.Tell(_work.Next());
    }

    /// <summary>Stops sending; replies are still recorded. The sender replies with <see cref="SendingStopped"/>.</summary>
    public sealed record StopSending
    {
        public static StopSending Instance { get; } = new();
    }

    /// <summary>The sender has sent its last command.</summary>
    public sealed record SendingStopped
    {
        public static SendingStopped Instance { get; } = new();
    }

    private sealed record SendDue : IDeadLetterSuppression, INotInfluenceReceiveTimeout
    {
        public static SendDue Instance { get; } = new();
    }
}

/// <summary>
/// The commands of one sender. Of ten, six increment a counter of its own and two a shared one, one writes a growing number and one
/// reads it.
/// </summary>
internal sealed class SenderWork
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly LedgerCounter _own;
    private readonly LedgerCounter _shared;
    private readonly GrowingNumber _number;
    private long _next;

    public SenderWork(LedgerCounter own, LedgerCounter shared, GrowingNumber number)
    {
        _own = own;
        _shared = shared;
        _number = number;
    }

    public RedisCommand Next() => (_next++ % 10) switch
    {
        0 => _number.Write(Timeout),
        1 or 6 => Increment(_shared),
        5 => _number.Read(Timeout),
        _ => Increment(_own),
    };

    private static RedisCommand Increment(LedgerCounter counter) =>
        new("INCR", counter.Key)
        {
            State = new IncrementEntry(counter.Sent()),
            Timeout = Timeout,
            Delivery = DeliveryMode.ExactlyOnce,
        };

    private sealed class IncrementEntry(LedgerEntry entry) : IDemoEntry
    {
        public void Applied(RespValue value) => entry.Applied(value.AsInt64());

        public void Failed(Outcome outcome) => entry.Failed(outcome);
    }
}

/// <summary>The <see cref="RedisCommand.State"/> of the demo's commands: records the outcome.</summary>
internal interface IDemoEntry
{
    /// <summary>The command was <see cref="Outcome.Applied"/>.</summary>
    void Applied(RespValue value);

    /// <summary>The command ended with any other outcome.</summary>
    void Failed(Outcome outcome);
}
