using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace RedisActors.Demo;

/// <summary>
/// Sends commands to the RedisActor at a steady rate, however the server is, and writes each answer down. This is what a user's
/// own actor looks like: it tells a <see cref="RedisCommand"/>, and receives a <see cref="RedisReply"/> or a failure.
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
        Receive<Status.Failure>(failure => Failed((RedisOutcomeException)failure.Cause));
        Receive<StopSending>(_ =>
        {
            Timers.Cancel(nameof(SendDue));
            Sender.Tell(SendingStopped.Instance);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(SendDue), SendDue.Instance, Tick);

    private static void Failed(RedisOutcomeException failure) => ((IDemoEntry)failure.State!).Failed(failure.Outcome);

    private void Send()
    {
        var due = (long)(Stopwatch.GetElapsedTime(_started).TotalSeconds * _rate);
        for (; _sent < due; _sent++) _redis.Tell(_work.Next());
    }

    /// <summary>Send no more; answers are still written down. Answered with <see cref="SendingStopped"/>.</summary>
    public sealed record StopSending
    {
        public static StopSending Instance { get; } = new();
    }

    /// <summary>From here on the sender sends nothing.</summary>
    public sealed record SendingStopped
    {
        public static SendingStopped Instance { get; } = new();
    }

    private sealed record SendDue : IDeadLetterSuppression, INotInfluenceReceiveTimeout
    {
        public static SendDue Instance { get; } = new();
    }
}
