using Akka.Actor;
using Akka.Event;
using RedisActors.Supervision;

namespace RedisActors.AspNetCore;

/// <summary>
/// Records an actor system's connections, from when it is asked for first until the actor system terminates. Nothing in it waits for a
/// connection or a command.
/// </summary>
internal sealed class PageFeed : IExtension
{
    public const int MostViewers = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ExtendedActorSystem _system;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly PageRecorder _recorder = new();
    private readonly PageMeter _meter;
    private readonly HashSet<string> _followed = [];
    private readonly CancellationTokenSource _terminated = new();
    private TaskCompletionSource _changed = New();
    private int _viewers;

    private PageFeed(ExtendedActorSystem system)
    {
        _system = system;
        _meter = new PageMeter((connection, lane, state) =>
        {
            _recorder.SessionChanged(connection, lane, state, _clock.GetUtcNow());
            Announce();
        });
        system.RegisterOnTermination(_terminated.Cancel);
        FollowNew();
        _ = SampleAsync();
    }

    /// <summary>Completes with the next change, or sample.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>The actor system has terminated.</summary>
    public CancellationToken Terminated => _terminated.Token;

    public static PageFeed Of(ActorSystem system) => system.WithExtension<PageFeed, Provider>();

    public PageView View(long afterSample = 0) => _recorder.View(_clock.GetUtcNow(), afterSample);

    /// <summary>Somebody looks, until the result is disposed; null: as many look as may.</summary>
    public IDisposable? Look()
    {
        if (Interlocked.Increment(ref _viewers) > MostViewers)
        {
            Interlocked.Decrement(ref _viewers);
            return null;
        }

        return new Viewer(this, _meter.Look());
    }

    /// <summary>The RedisActor of a connection; null: there is none of this name.</summary>
    public IActorRef? Find(string connection) =>
        RedisExtension.Get(_system).Running.FirstOrDefault(running => running.Key == connection).Value;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Announce() => Interlocked.Exchange(ref _changed, New()).TrySetResult();

    /// <summary>The connection <c>default</c> may be started later than the others.</summary>
    private void FollowNew()
    {
        foreach (var (name, redis) in RedisExtension.Get(_system).Running)
        {
            if (!_followed.Add(name)) continue;
            _recorder.Add(name, _clock.GetUtcNow());
            _meter.Add(name);
            _system.SystemActorOf(Props.CreateBy(new Producer(this, name, redis)), $"redis-page-{name}");
        }
    }

    private async Task SampleAsync()
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        var last = _clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(Terminated).ConfigureAwait(false))
            {
                FollowNew();
                var now = _clock.GetTimestamp();
                _recorder.Sample(_clock.GetUtcNow(), _clock.GetElapsedTime(last, now), _meter.Levels(), _meter.Take());
                last = now;
                Announce();
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The actor system terminates, and no actor can be started any more; or a counter of somebody else failed.
            if (!_terminated.IsCancellationRequested) _system.Log.Warning(error, "The page of RedisActors takes no more samples.");
        }
        finally
        {
            _meter.Dispose();
        }
    }

    private sealed class Provider : ExtensionIdProvider<PageFeed>
    {
        public override PageFeed CreateExtension(ExtendedActorSystem system) => new(system);
    }

    private sealed class Viewer(PageFeed feed, IDisposable look) : IDisposable
    {
        private int _isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDone, 1) != 0) return;
            look.Dispose();
            Interlocked.Decrement(ref feed._viewers);
        }
    }

    private sealed class Producer(PageFeed feed, string connection, IActorRef redis) : IIndirectActorProducer
    {
        public Type ActorType => typeof(Follower);

        public ActorBase Produce() => new Follower(feed, connection, redis);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class Follower : ConnectionFollower
    {
        private readonly PageFeed _feed;
        private readonly string _connection;

        public Follower(PageFeed feed, string connection, IActorRef redis)
            : base(redis)
        {
            (_feed, _connection) = (feed, connection);
            Receive<Terminated>(_ =>
            {
                _feed._recorder.Stopped(_connection, _feed._clock.GetUtcNow());
                _feed.Announce();
                Context.Stop(Self);
            });
        }

        protected override void PreStart()
        {
            Context.Watch(Redis);
            base.PreStart();
        }

        protected override void OnChange(RedisConnectionEvent change)
        {
            _feed._recorder.Changed(change, _feed._clock.GetUtcNow());
            _feed.Announce();
        }

        protected override void OnStatus(RedisStatus status, bool isLatest)
        {
            _feed._recorder.Told(_connection, status.State, _feed._clock.GetUtcNow());
            _feed.Announce();
        }
    }
}
