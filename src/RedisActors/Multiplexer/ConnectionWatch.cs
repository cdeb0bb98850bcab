using Akka.Actor;
using Akka.Event;

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

    /// <summary>Whether commands flow, on all lanes.</summary>
    public bool IsReady => _isReady;

    public void Dispose()
    {
        _system.Stop(_watcher);
        _isReady = false;
    }

    /// <summary>Several lanes are one connection here: it is lost with the first, and back with the last.</summary>
    private sealed class Watcher : ReceiveActor
    {
        private readonly Dictionary<int, bool> _lanes = [];
        private bool _wasReady;

        public Watcher(IActorRef redis, ConnectionWatch watch, Action<string> onLost, Action onRestored)
        {
            redis.Tell(new SubscribeToState(Self));
            Receive<RedisConnectionEvent>(change =>
            {
                var before = watch._isReady;
                _lanes[change.Lane] = change is RedisReady;
                watch._isReady = _lanes.Values.All(ready => ready);
                var wasReady = _wasReady;
                _wasReady |= watch._isReady;
                if (before && !watch._isReady) Guard(() => onLost(CauseOf(change)));
                else if (!before && watch._isReady && wasReady) Guard(onRestored);
            });
            Receive<Status.Failure>(_ => { });
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
                Context.GetLogger().Warning(error, "a listener to the multiplexer's connection failed");
            }
        }

        private static string CauseOf(RedisConnectionEvent change) => change switch
        {
            RedisLost lost => lost.Cause,
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
