using Akka.Actor;
using Akka.Event;

namespace RedisActors.Demo;

/// <summary>Brings what there is to see to the <see cref="DemoState"/>: changes of state, how the RedisActor stands, errors.</summary>
internal sealed class WatcherActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(100);

    private readonly IActorRef _redis;
    private readonly DemoState _state;

    public WatcherActor(IActorRef redis, DemoState state)
    {
        _redis = redis;
        _state = state;
        Receive<RedisConnectionEvent>(_state.Tell);
        Receive<RedisStatus>(status => _state.Status = status);
        Receive<AskStatus>(_ => _redis.Tell(GetStatus.Instance));
        Receive<Error>(error => _state.Tell(TimelineKind.Trouble, $"{error.LogSource}: {error.Message}"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _redis.Tell(new SubscribeToState(Self));
        Context.System.EventStream.Subscribe(Self, typeof(Error));
        Timers.StartPeriodicTimer(nameof(AskStatus), AskStatus.Instance, StatusInterval);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private sealed record AskStatus : IDeadLetterSuppression
    {
        public static AskStatus Instance { get; } = new();
    }
}
