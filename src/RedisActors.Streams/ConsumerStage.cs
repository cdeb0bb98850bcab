using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

namespace RedisActors.Streams;

/// <summary>
/// The handler of a <see cref="RedisStreamConsumer"/>: emits its entries as they are wanted, and tells it the answers. The consumer bounds how
/// many entries are here and on their way through the stream together.
/// </summary>
/// <remarks>
/// The stream's time for an entry begins when it is emitted, and is measured here: an entry that nobody has asked for yet has not failed.
/// Nobody but the consumer speaks to the server. When no more is wanted, the stage goes on until the consumer has told the server of what is
/// still being answered.
/// </remarks>
internal sealed class ConsumerStage(IActorRef redis, RedisStreamConsumerOptions options)
    : GraphStageWithMaterializedValue<SourceShape<CommittableStreamEntry>, RedisSourceControl>
{
    private readonly Outlet<CommittableStreamEntry> _out = new("redis-consumer.out");

    public override SourceShape<CommittableStreamEntry> Shape => new(_out);

    protected override Attributes InitialAttributes => Attributes.CreateName("redis-consumer");

    public override ILogicAndMaterializedValue<RedisSourceControl> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var end = new SourceEnd();
        return new LogicAndMaterializedValue<RedisSourceControl>(new Logic(this, redis, options, end), new RedisSourceControl(end));
    }

    private sealed class Logic : TimerGraphStageLogic
    {
        private static readonly TimeSpan Endless = TimeSpan.FromDays(36_500);
        private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

        private readonly Outlet<CommittableStreamEntry> _out;
        private readonly IActorRef _redis;
        private readonly RedisStreamConsumerOptions _options;
        private readonly SourceEnd _end;

        /// <summary>Entries that have not been emitted, in the order of the stream.</summary>
        private readonly LinkedList<RedisStreamEntry> _waiting = new();

        /// <summary>Entries that have been emitted and not answered, and when their time is up.</summary>
        private readonly Dictionary<string, TimeSpan> _emitted = [];
        private IActorRef _self = ActorRefs.Nobody;
        private IActorRef _consumer = ActorRefs.Nobody;
        private Action<(string Id, string? Reason)> _onAnswer = static _ => { };
        private bool _isStopping;
        private Exception? _failure;

        public Logic(ConsumerStage stage, IActorRef redis, RedisStreamConsumerOptions options, SourceEnd end)
            : base(stage.Shape)
        {
            (_out, _redis, _options, _end) = (stage._out, redis, options, end);
            SetHandler(_out, Emit, _ => Stop());
        }

        private ActorSystem System => ((ActorMaterializer)Materializer).System;

        private TimeSpan Now => System.Scheduler.MonotonicClock;

        public override void PreStart()
        {
            SetKeepGoing(true);
            var actor = GetStageActor(received => OnTold(received.Item2));
            _self = actor.Ref;
            _onAnswer = GetAsyncCallback<(string Id, string? Reason)>(answer => OnAnswer(answer.Id, answer.Reason));
            _consumer = System.ActorOf(RedisStreamConsumer.Props(_redis, _options with { HandlerTimeout = Endless }, _self));
            actor.Watch(_consumer);
            actor.Watch(_redis);
            ScheduleRepeatedly(nameof(OnTimer), _options.HandlerTimeout < LongestLook ? _options.HandlerTimeout : LongestLook);
            _end.WhenAsked(GetAsyncCallback(Stop));
        }

        public override void PostStop() => _end.Set(_failure);

        protected override void OnTimer(object timerKey)
        {
            var now = Now;
            foreach (var (id, due) in _emitted)
            {
                if (now >= due) OnAnswer(id, $"no answer of the stream within {_options.HandlerTimeout}");
            }
        }

        private void OnTold(object message)
        {
            switch (message)
            {
                case RedisStreamEntry entry when _isStopping:
                    LetGo(entry);
                    break;
                case RedisStreamEntry entry:
                    Add(entry);
                    Emit();
                    break;
                case Terminated { ActorRef: var actor } when actor.Equals(_consumer):
                    CompleteStage();
                    break;
                case Terminated:
                    _failure = new InvalidOperationException($"The RedisActor stopped; the stream {_options.Stream} is read no more.");
                    FailStage(_failure);
                    break;
            }
        }

        /// <summary>An entry that comes again before it was emitted takes the place of the former.</summary>
        private void Add(RedisStreamEntry entry)
        {
            for (var node = entry.Deliveries > 1 ? _waiting.First : null; node is not null; node = node.Next)
            {
                if (node.Value.Id != entry.Id) continue;
                node.Value = entry;
                return;
            }

            _waiting.AddLast(entry);
        }

        private void Emit()
        {
            if (_waiting.First is not { Value: var entry } || !IsAvailable(_out)) return;
            _waiting.RemoveFirst();
            _emitted[entry.Id] = Now + _options.HandlerTimeout;
            Push(_out, new CommittableStreamEntry(entry, (id, reason) => _onAnswer((id, reason))));
        }

        private void OnAnswer(string id, string? reason)
        {
            _emitted.Remove(id);
            _consumer.Tell(reason is null ? new AcknowledgeStreamEntry(id) : new FailStreamEntry(id, reason), _self);
        }

        private void Stop()
        {
            if (_isStopping) return;
            _isStopping = true;
            foreach (var entry in _waiting) LetGo(entry);
            _waiting.Clear();
            _consumer.Tell(StopConsuming.Instance, _self);
            Complete(_out);
        }

        private void LetGo(RedisStreamEntry entry) => _consumer.Tell(new LetGoOfStreamEntry(entry.Id), _self);
    }
}
