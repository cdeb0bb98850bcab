using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using RedisActors.Supervision;

namespace RedisActors.Hosting;

/// <summary>What is known of a connection at a moment.</summary>
/// <param name="State">The state, the worst of its lanes; null: there has been no attempt yet.</param>
/// <param name="Since">When it came to this state.</param>
/// <param name="AwaySince">Since when commands wait, or are answered; null: the connection is ready.</param>
internal sealed record WatchedState(RedisConnectionEvent? State, DateTimeOffset Since, DateTimeOffset? AwaySince)
{
    /// <summary>What answers for it.</summary>
    public string Actor { get; init; } = nameof(RedisActor);

    /// <summary>That has stopped.</summary>
    public bool IsOver { get; init; }

    /// <summary>The last attempt, counted since the connection was last stable; null: none is known of.</summary>
    public int? Attempt { get; init; }

    /// <summary>Why the connection was lost, or the last attempt failed; null: nothing is known, or it is ready.</summary>
    public string? Cause { get; init; }

    public static WatchedState Initial(DateTimeOffset now) => new(null, now, now);

    /// <summary>The same after the RedisActor was asked.</summary>
    public WatchedState With(RedisConnectionEvent? state, DateTimeOffset now)
    {
        if (Equals(state, State)) return this;
        var isReady = state is RedisReady;
        return new WatchedState(state, now, isReady ? null : AwaySince ?? now)
        {
            Actor = Actor,
            Attempt = state switch
            {
                RedisConnecting connecting => connecting.Attempt,
                RedisBackingOff { Attempt: > 1 } waiting => waiting.Attempt - 1,
                RedisReady => null,
                _ => Attempt,
            },
            Cause = isReady ? null : ConnectionFollower.CauseOf(state) ?? Cause,
        };
    }
}

/// <summary>Follows the state of one connection, for those who are no actors. There is one for each connection that somebody asks about.</summary>
internal sealed class ConnectionWatch
{
    private readonly TimeProvider _clock = TimeProvider.System;
    private ImmutableArray<Func<Action<RedisConnectionEvent>?>> _listeners = [];
    private volatile WatchedState _current;

    private ConnectionWatch(IActorRef redis, string actor)
    {
        Redis = redis;
        _current = WatchedState.Initial(_clock.GetUtcNow()) with { Actor = actor };
    }

    public IActorRef Redis { get; }

    public WatchedState Current => _current;

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>The one of a connection of an actor system; the connection's RedisActor is started if it was not.</summary>
    /// <exception cref="ArgumentException">There is no such connection.</exception>
    public static ConnectionWatch Of(ActorSystem system, string connection) =>
        Of(system, RedisExtension.Get(system).Connection(connection), nameof(RedisActor));

    /// <summary>The one of an actor that tells the state of a connection as a RedisActor does.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="redis">The actor.</param>
    /// <param name="actor">What it is called.</param>
    public static ConnectionWatch Of(ActorSystem system, IActorRef redis, string actor) =>
        system.WithExtension<Watches, WatchesProvider>().Of(redis, actor);

    /// <summary>Calls these handlers for each change from now on. What one of them throws is logged, and keeps no other from being called.</summary>
    public void Listen(Func<Action<RedisConnectionEvent>?> handlers) => ImmutableInterlocked.Update(ref _listeners, (all, added) => all.Add(added), handlers);

    private sealed class Watches(ExtendedActorSystem system) : IExtension
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<IActorRef, ConnectionWatch> _watches = [];

        public ConnectionWatch Of(IActorRef redis, string actor)
        {
            lock (_gate)
            {
                if (_watches.TryGetValue(redis, out var watch)) return watch;
                watch = new ConnectionWatch(redis, actor);
                system.SystemActorOf(Props.CreateBy(new Producer(watch)), $"{redis.Path.Name}-watch");
                _watches.Add(redis, watch);
                return watch;
            }
        }
    }

    private sealed class WatchesProvider : ExtensionIdProvider<Watches>
    {
        public override Watches CreateExtension(ExtendedActorSystem system) => new(system);
    }

    private sealed class Producer(ConnectionWatch watch) : IIndirectActorProducer
    {
        public Type ActorType => typeof(Watcher);

        public ActorBase Produce() => new Watcher(watch);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class Watcher : ConnectionFollower
    {
        private readonly ConnectionWatch _watch;
        private readonly ILoggingAdapter _log = Context.GetLogger();

        public Watcher(ConnectionWatch watch)
            : base(watch.Redis)
        {
            _watch = watch;
            Receive<Terminated>(_ => OnTerminated());
        }

        protected override void PreStart()
        {
            Context.Watch(Redis);
            base.PreStart();
        }

        protected override void OnChange(RedisConnectionEvent change)
        {
            // It is away from now on, and not only from when the answer about all lanes comes, behind the commands that are stashed now.
            if (change is RedisLost && _watch._current.AwaySince is null) _watch._current = _watch._current.With(change, _watch.Now);
            foreach (var handlers in _watch._listeners)
            {
                foreach (var handler in Delegate.EnumerateInvocationList(handlers())) Call(handler, change);
            }
        }

        protected override void OnStatus(RedisStatus status, bool isLatest) => _watch._current = _watch._current.With(status.State, _watch.Now);

        private void Call(Action<RedisConnectionEvent> handler, RedisConnectionEvent change)
        {
            try
            {
                handler(change);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _log.Warning(error, "A handler of RedisClient.StateChanged failed.");
            }
        }

        private void OnTerminated()
        {
            _watch._current = _watch._current with { IsOver = true, AwaySince = _watch._current.AwaySince ?? _watch.Now };
            Context.Stop(Self);
        }
    }
}
