using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>RedisActors: a few actors tell commands to a RedisActor with default settings, except for the delivery mode.</summary>
internal sealed class RedisActorsClient : IOutageClient
{
    public const string Name = "redisactors";

    private const int Senders = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ActorSystem _system;
    private readonly List<IActorRef> _senders = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<long> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RedisActorsClient(string endpoint, OutageLoad load)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF, loggers = [] }
            redis-actors.default.endpoint = "{{endpoint}}"
            {{(load.Delivery is { } delivery ? $"redis-actors.default.delivery = {delivery}" : string.Empty)}}
            """);
        _system = ActorSystem.Create("outage", config);
        _system.ActorOf(Props.Create(() => new ErrorPrinter()), "errors");
        var redis = RedisExtension.Get(_system).RedisActor;
        redis.Tell(new SubscribeToState(_system.ActorOf(Props.Create(() => new Watcher(_ready, _lost)), "watcher")));
        var count = Math.Min(Senders, load.InFlight);
        for (var i = 0; i < count; i++)
        {
            var window = load.InFlight / count + (i < load.InFlight % count ? 1 : 0);
            _senders.Add(_system.ActorOf(Props.Create(() => new SenderActor(redis, load, window)), $"sender-{i + 1}"));
        }
    }

    public Task Ready => _ready.Task;

    public Task<long> Lost => _lost.Task;

    public static Task<IOutageClient> StartAsync(string endpoint, OutageLoad load) =>
        Task.FromResult<IOutageClient>(new RedisActorsClient(endpoint, load));

    public Task StopSendingAsync() =>
        Task.WhenAll(_senders.Select(sender => sender.Ask<SendingStopped>(StopSending.Instance, Patience)));

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        _system.Dispose();
    }

    /// <summary>Keeps a number of commands in flight and records each answer.</summary>
    private sealed class SenderActor : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _redis;
        private readonly OutageLoad _load;
        private readonly int _window;
        private int _resting;
        private bool _stopped;

        public SenderActor(IActorRef redis, OutageLoad load, int window)
        {
            _redis = redis;
            _load = load;
            _window = window;
            Receive<RedisReply>(OnReply);
            Receive<Status.Failure>(failure => OnFailure((RedisOutcomeException)failure.Cause));
            Receive<RestIsOver>(_ => SendAfterRest());
            Receive<StopSending>(_ => OnStopSending());
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartPeriodicTimer(nameof(RestIsOver), RestIsOver.Instance, OutageLoad.Rest);
            for (var i = 0; i < _window; i++) Send();
        }

        private void OnReply(RedisReply reply)
        {
            ((LedgerEntry)reply.State!).Applied(reply.Value.AsInt64());
            if (_load.RestsAfterSuccess) _resting++;
            else Send();
        }

        private void OnFailure(RedisOutcomeException failure)
        {
            ((LedgerEntry)failure.State!).Failed(failure.Outcome);
            _resting++;
        }

        private void SendAfterRest()
        {
            for (; _resting > 0; _resting--) Send();
        }

        private void OnStopSending()
        {
            _stopped = true;
            Sender.Tell(SendingStopped.Instance);
        }

        private void Send()
        {
            if (_stopped) return;

            var counter = _load.Next();
            _redis.Tell(new RedisCommand("INCR", counter.Key) { State = counter.Sent() });
        }
    }

    /// <summary>Receives the connection's state events.</summary>
    private sealed class Watcher : ReceiveActor
    {
        public Watcher(TaskCompletionSource ready, TaskCompletionSource<long> lost)
        {
            Receive<RedisReady>(_ => ready.TrySetResult());
            Receive<RedisLost>(_ => lost.TrySetResult(Stopwatch.GetTimestamp()));
            ReceiveAny(static _ => { });
        }
    }

    /// <summary>An error in an actor is not an outcome and would otherwise go unnoticed.</summary>
    private sealed class ErrorPrinter : ReceiveActor
    {
        public ErrorPrinter()
        {
            Receive<Error>(error => Console.Error.WriteLine($"  {error.LogSource}: {error.Message} {error.Cause}"));
        }

        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(Error));
    }

    private sealed record StopSending
    {
        public static StopSending Instance { get; } = new();
    }

    private sealed record SendingStopped
    {
        public static SendingStopped Instance { get; } = new();
    }

    private sealed record RestIsOver : IDeadLetterSuppression, INotInfluenceReceiveTimeout
    {
        public static RestIsOver Instance { get; } = new();
    }
}
