using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

namespace RedisActors.Streams;

/// <summary>
/// Emits what a subscriber is told. How many messages may be on their way to a subscriber that has not taken them, the RedisActor bounds; a
/// message counts as taken when it is emitted, so that bound is the one of this stage's queue.
/// </summary>
internal sealed class SubscriptionStage(IActorRef redis, RedisSubscriptionOptions options)
    : GraphStageWithMaterializedValue<SourceShape<IRedisMessage>, RedisSubscriptionControl>
{
    private readonly Outlet<IRedisMessage> _out = new("redis-subscription.out");

    public override SourceShape<IRedisMessage> Shape => new(_out);

    protected override Attributes InitialAttributes => Attributes.CreateName("redis-subscription");

    public override ILogicAndMaterializedValue<RedisSubscriptionControl> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var end = new SourceEnd();
        var subscribed = new TaskCompletionSource<RedisSubscribed>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new LogicAndMaterializedValue<RedisSubscriptionControl>(
            new Logic(this, redis, options, end, subscribed), new RedisSubscriptionControl(end, subscribed.Task));
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly Outlet<IRedisMessage> _out;
        private readonly IActorRef _redis;
        private readonly RedisSubscriptionOptions _options;
        private readonly SourceEnd _end;
        private readonly TaskCompletionSource<RedisSubscribed> _subscribed;

        /// <summary>Messages, events, marks and at last the end, in their order.</summary>
        private readonly Queue<object> _waiting = new();
        private Mark? _markAtTail;
        private bool _hasEnded;
        private Exception? _failure;
        private IActorRef _self = ActorRefs.Nobody;

        public Logic(
            SubscriptionStage stage, IActorRef redis, RedisSubscriptionOptions options, SourceEnd end, TaskCompletionSource<RedisSubscribed> subscribed)
            : base(stage.Shape)
        {
            (_out, _redis, _options, _end, _subscribed) = (stage._out, redis, options, end, subscribed);
            SetHandler(_out, this);
        }

        public override void PreStart()
        {
            var actor = GetStageActor(received => OnTold(received.Item1, received.Item2));
            _self = actor.Ref;
            actor.Watch(_redis);
            _redis.Tell(_options.SubscribeFor(_self), _self);
            var stop = GetAsyncCallback(() => _redis.Tell(_options.UnsubscribeFor(_self), _self));
            _end.WhenAsked(stop);
        }

        public override void OnPull() => Emit();

        public override void PostStop()
        {
            // Whatever the reason why the stage is gone; asking twice is no harm.
            _redis.Tell(_options.UnsubscribeFor(_self), ActorRefs.NoSender);
            if (_failure is null) _subscribed.TrySetCanceled();
            else if (_subscribed.TrySetException(_failure)) _ = _subscribed.Task.Exception;
            _end.Set(_failure);
        }

        private void OnTold(IActorRef sender, object message)
        {
            switch (message)
            {
                case Identify question:
                    OnMark(sender, question.MessageId);
                    break;
                case RedisSubscribed subscribed:
                    _subscribed.TrySetResult(subscribed);
                    break;
                case RedisUnsubscribed:
                    OnEnd(null);
                    break;
                case RedisSubscriptionEnded ended:
                    OnEnd(new RedisSubscriptionException(ended));
                    break;
                case Terminated:
                    OnEnd(new RedisSubscriptionException(new RedisSubscriptionEnded(_options.Kind, _options.Name, "the RedisActor stopped")));
                    break;
                case RedisMessage or RedisSubscriptionEvent:
                    Add(message);
                    break;
            }

            Emit();
        }

        /// <summary>
        /// The RedisActor wants to know when everything before this has been taken. A later question, with nothing in between, stands for an
        /// earlier one.
        /// </summary>
        private void OnMark(IActorRef sender, object id)
        {
            if (_markAtTail is { } mark && mark.Sender.Equals(sender)) mark.Id = id;
            else Add(new Mark(sender) { Id = id });
        }

        private void OnEnd(Exception? failure)
        {
            if (_hasEnded) return;
            _hasEnded = true;
            Add(new End(failure));
        }

        private void Add(object item)
        {
            _waiting.Enqueue(item);
            _markAtTail = item as Mark;
        }

        private void Emit()
        {
            while (_waiting.TryPeek(out var next))
            {
                if (next is IRedisMessage && !IsAvailable(_out)) return;
                _waiting.Dequeue();
                if (_waiting.Count == 0) _markAtTail = null;
                switch (next)
                {
                    case IRedisMessage message:
                        Push(_out, message);
                        break;
                    case Mark mark:
                        mark.Sender.Tell(new ActorIdentity(mark.Id, _self), _self);
                        break;
                    case End { Failure: null }:
                        CompleteStage();
                        return;
                    case End { Failure: var failure }:
                        _failure = failure;
                        FailStage(failure);
                        return;
                }
            }
        }
    }

    private sealed class Mark(IActorRef sender)
    {
        public IActorRef Sender => sender;

        public object Id { get; set; } = string.Empty;
    }

    private sealed record End(Exception? Failure);
}
