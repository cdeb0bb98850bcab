using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>RedisActors from actor to actor: a few senders, each with its share of the window, tell commands and count replies.</summary>
internal sealed class TellLoad : ILoad
{
    private const int Senders = 8;

    private readonly IActorRef[] _senders;
    private readonly Place[][] _places;
    private readonly Task _stopped;

    public TellLoad(ActorSystem system, IReadOnlyList<IActorRef> redis, DeliveryMode delivery, LoadShape shape, bool copies = true)
    {
        _places =
        [
            .. Enumerable.Range(0, shape.InFlight)
                .Select(i => new Place(i, redis[i % redis.Count], Work.KeyOf(i), shape.Latency))
                .Chunk((shape.InFlight + Senders - 1) / Senders),
        ];
        TaskCompletionSource[] stopped = [.. _places.Select(_ => new TaskCompletionSource())];
        _senders =
        [
            .. _places.Zip(stopped, (places, done) => system.ActorOf(Props.Create(() => new SenderActor(delivery, copies, shape.Work.Value, places, done)))),
        ];
        _stopped = Task.WhenAll(stopped.Select(done => done.Task));
    }

    public long Answered => _places.Sum(places => places.Sum(place => place.Answered));

    public Task StopAsync()
    {
        foreach (var sender in _senders) sender.Tell(Stop.Instance);
        return _stopped;
    }

    private sealed class Stop
    {
        public static Stop Instance { get; } = new();
    }

    /// <summary>A slot of the window, which each command carries as its state so that its reply can be matched.</summary>
    private sealed class Place(int number, IActorRef redis, RedisValue key, LatencyRecorder? latency)
    {
        private long _answered;

        public IActorRef Redis => redis;

        public RedisValue Key => key;

        public long Answered => Volatile.Read(ref _answered);

        /// <summary>SET comes first, then the two alternate.</summary>
        public bool IsSet => (_answered & 1) == 0;

        public void Count()
        {
            Volatile.Write(ref _answered, _answered + 1);
            latency?.Answered(number);
        }
    }

    private sealed class SenderActor : ReceiveActor
    {
        private readonly DeliveryMode _delivery;
        private readonly bool _copies;
        private readonly RedisValue _value;
        private readonly Place[] _places;
        private readonly TaskCompletionSource _stopped;
        private int _underWay;
        private bool _stopping;

        public SenderActor(DeliveryMode delivery, bool copies, RedisValue value, Place[] places, TaskCompletionSource stopped)
        {
            _delivery = delivery;
            _copies = copies;
            _value = value;
            _places = places;
            _stopped = stopped;
            Receive<RedisReply>(OnReply);
            Receive<Stop>(_ => OnStop());
            Receive<Status.Failure>(failure => Fail(failure.Cause));
        }

        protected override void PreStart()
        {
            foreach (var place in _places) Send(place);
        }

        protected override void PostStop() => _stopped.TrySetResult();

        private void OnReply(RedisReply reply)
        {
            _underWay--;
            var place = (Place)reply.State!;
            var expected = place.IsSet ? Work.Ok : _value;
            if (reply.Value.AsRedisValue() != expected)
            {
                Fail(new InvalidOperationException($"{(place.IsSet ? "OK" : "The value")} was expected, another reply came."));
                return;
            }

            place.Count();
            Send(place);
        }

        private void Fail(Exception error)
        {
            _stopped.TrySetException(error);
            Context.Stop(Self);
        }

        private void Send(Place place)
        {
            if (_stopping)
            {
                if (_underWay == 0) Context.Stop(Self);
                return;
            }

            _underWay++;
            place.Redis.Tell((place.IsSet, _copies) switch
            {
                (false, _) => new RedisCommand("GET", place.Key) { State = place, Delivery = _delivery },
                (true, true) => new RedisCommand("SET", place.Key, _value) { State = place, Delivery = _delivery },
                (true, false) => RedisCommand.WithoutCopying("SET", place.Key, _value) with { State = place, Delivery = _delivery },
            });
        }

        private void OnStop()
        {
            _stopping = true;
            if (_underWay == 0) Context.Stop(Self);
        }
    }
}
