using Akka.Actor;
using Akka.Event;
using RedisActors.Sessions;
using RedisActors.Supervision;

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

    /// <summary>A loss needs no question: it may be over before that is answered.</summary>
    private sealed class Watcher(IActorRef redis, ConnectionWatch watch, Action<string> onLost, Action onRestored) : ConnectionFollower(redis)
    {
        private bool _wasReady;

        protected override void OnChange(RedisConnectionEvent change)
        {
            // A session is one command's affair.
            if (change is RedisLost lost && lost.Lane < RedisSessions.FirstLane) Lost(lost.Cause);
        }

        protected override void OnStatus(RedisStatus status, bool isLatest)
        {
            if (!isLatest) return;
            if (status.State is RedisReady) Ready();
            else Lost(CauseOf(status.State) ?? "the connection is being made again");
        }

        private void Ready()
        {
            if (watch._isReady) return;
            watch._isReady = true;
            if (_wasReady) Guard(onRestored);
            _wasReady = true;
        }

        private void Lost(string cause)
        {
            if (!watch._isReady) return;
            watch._isReady = false;
            Guard(() => onLost(cause));
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
