using Akka.Actor;
using Akka.Event;
using RedisActors.Sessions;

namespace RedisActors.Multiplexer;

/// <summary>Knows whether a connection is ready, and tells when it is lost and when it is back.</summary>
internal sealed class ConnectionWatch : IDisposable
{
    private readonly ExtendedActorSystem _system;
    private readonly IActorRef _watcher;
    private volatile bool _isReady;

    /// <param name="redis">The <see cref="RedisActor"/>.</param>
    /// <param name="system">Its actor system.</param>
    /// <param name="onLost">Told why a connection was lost.</param>
    /// <param name="onRestored">Told that it is back; not of the first time.</param>
    public ConnectionWatch(IActorRef redis, ExtendedActorSystem system, Action<string> onLost, Action onRestored)
    {
        _system = system;
        _watcher = system.SystemActorOf(Props.CreateBy(new Producer(redis, this, onLost, onRestored)), null!);
    }

    /// <summary>Whether commands flow, on all lanes that count.</summary>
    public bool IsReady => _isReady;

    public void Dispose()
    {
        _system.Stop(_watcher);
        _isReady = false;
    }

    /// <summary>
    /// Asks the RedisActor after each change, since it alone knows which of its lanes count. A loss needs no question: it may be over before
    /// that is answered.
    /// </summary>
    private sealed class Watcher : ReceiveActor
    {
        private readonly IActorRef _redis;
        private readonly ConnectionWatch _watch;
        private readonly Action<string> _onLost;
        private readonly Action _onRestored;
        private bool _wasReady;
        private bool _isAsking;
        private bool _hasChanged;

        public Watcher(IActorRef redis, ConnectionWatch watch, Action<string> onLost, Action onRestored)
        {
            _redis = redis;
            _watch = watch;
            _onLost = onLost;
            _onRestored = onRestored;
            Receive<RedisConnectionEvent>(OnChange);
            Receive<RedisStatus>(OnStatus);
            Receive<Status.Failure>(_ => OnAnswered());
        }

        protected override void PreStart() => _redis.Tell(new SubscribeToState(Self));

        private void OnChange(RedisConnectionEvent change)
        {
            // A session is one command's affair.
            if (change is RedisLost lost && lost.Lane < RedisSessions.FirstLane) Lost(lost.Cause);
            Ask();
        }

        private void OnStatus(RedisStatus status)
        {
            if (!OnAnswered()) return;
            if (status.State is RedisReady) Ready();
            else Lost(CauseOf(status.State));
        }

        private void Ask()
        {
            _hasChanged = _isAsking;
            if (_isAsking) return;
            _isAsking = true;
            _redis.Tell(GetStatus.Instance, Self);
        }

        /// <summary>False: there has been a change since, and the answer may be from before it.</summary>
        private bool OnAnswered()
        {
            _isAsking = false;
            if (!_hasChanged) return true;
            Ask();
            return false;
        }

        private void Ready()
        {
            if (_watch._isReady) return;
            _watch._isReady = true;
            if (_wasReady) Guard(_onRestored);
            _wasReady = true;
        }

        private void Lost(string cause)
        {
            if (!_watch._isReady) return;
            _watch._isReady = false;
            Guard(() => _onLost(cause));
        }

        /// <summary>What a listener throws is its own affair, and none of those who follow.</summary>
        private static void Guard(Action tell)
        {
            try
            {
                tell();
            }
            catch (Exception error)
            {
                Context.GetLogger().Warning(error, "A listener to the connection of a multiplexer failed.");
            }
        }

        private static string CauseOf(RedisConnectionEvent? state) => state switch
        {
            RedisBackingOff away => away.Cause,
            RedisSuspended suspended => suspended.Cause,
            RedisGaveUp gaveUp => gaveUp.Cause,
            _ => "the connection is being made again",
        };
    }

    private sealed class Producer(IActorRef redis, ConnectionWatch watch, Action<string> onLost, Action onRestored) : IIndirectActorProducer
    {
        public Type ActorType => typeof(Watcher);

        public ActorBase Produce() => new Watcher(redis, watch, onLost, onRestored);

        public void Release(ActorBase actor)
        {
        }
    }
}
