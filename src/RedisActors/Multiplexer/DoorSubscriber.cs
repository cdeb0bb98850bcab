using Akka.Actor;

namespace RedisActors.Multiplexer;

/// <summary>The subscriber of a connection's channels and patterns, or of its shard channels: turns what it is told into frames.</summary>
internal sealed class DoorSubscriber : ReceiveActor, IWithTimers
{
    private readonly DoorSettings _settings;
    private readonly FrontDoor _door;
    private readonly DoorSubscriptions _subscriptions;
    private readonly DoorEra _era;
    private readonly bool _ofShardChannels;
    private readonly RespValue _message;
    private readonly HashSet<(RedisSubscriptionKind Kind, string Name)> _topics = [];
    private readonly Dictionary<(RedisSubscriptionKind Kind, string Name), Queue<Answer>> _joining = [];
    private readonly Dictionary<(RedisSubscriptionKind Kind, string Name), Queue<Answer>> _leaving = [];

    public DoorSubscriber(DoorSettings settings, FrontDoor door, DoorSubscriptions subscriptions, DoorEra era, bool ofShardChannels)
    {
        _settings = settings;
        _door = door;
        _subscriptions = subscriptions;
        _era = era;
        _ofShardChannels = ofShardChannels;
        _message = Text(ofShardChannels ? "smessage" : "message");
        Receive<Join>(OnJoin);
        Receive<Leave>(OnLeave);
        Receive<TooLate>(OnTooLate);
        Receive<RedisSubscribed>(subscribed => OnSubscribed(subscribed.Kind, subscribed.Channel));
        Receive<RedisSubscriptionResumed>(resumed => OnSubscribed(resumed.Kind, resumed.Channel));
        Receive<RedisUnsubscribed>(OnUnsubscribed);
        Receive<RedisSubscriptionEnded>(OnEnded);
        Receive<RedisSubscriptionEvent>(_ => { });
        ReceiveAsync<RedisMessage>(OnMessageAsync);
    }

    /// <summary>Set by Akka.</summary>
    ITimerScheduler IWithTimers.Timers { get; set; } = null!;

    public static Props Props(DoorSettings settings, FrontDoor door, DoorSubscriptions subscriptions, DoorEra era, bool ofShardChannels) =>
        Akka.Actor.Props.CreateBy(new Producer(settings, door, subscriptions, era, ofShardChannels));

    /// <summary>What was not confirmed yet has its place in the order of replies all the same.</summary>
    protected override void PostStop()
    {
        foreach (var (all, word) in new[] { (_joining, "subscribe"), (_leaving, "unsubscribe") })
        {
            foreach (var ((kind, _), waiting) in all)
            {
                var error = RespValue.Error($"{OutcomeText.NotSent} {WordOf(word, kind).ToUpperInvariant()}: the connection was reset before it was confirmed");
                foreach (var answer in waiting) Add(answer, error);
            }
        }

        base.PostStop();
    }

    private void OnJoin(Join message)
    {
        var answer = new Answer(message.Reply, message.Names.Length);
        foreach (var name in message.Names)
        {
            Enqueue(_joining, (message.Kind, name), answer);
            _settings.Redis.Tell(RedisSubscribe.To(message.Kind, name, Self), Self);
        }

        if (_settings.CommandTimeout != Timeout.InfiniteTimeSpan)
        {
            ((IWithTimers)this).Timers.StartSingleTimer(answer, new TooLate(message, answer), _settings.CommandTimeout);
        }
    }

    private void OnLeave(Leave message)
    {
        var names = message.Names.Length > 0 ? message.Names : [.. _topics.Where(topic => topic.Kind == message.Kind).Select(topic => topic.Name)];
        var answer = new Answer(message.Reply, Math.Max(names.Length, 1));
        if (names.Length == 0) Add(answer, RespValue.Array(Text(WordOf("unsubscribe", message.Kind)), RespValue.Null, RespValue.Integer(_topics.Count)));
        foreach (var name in names)
        {
            Enqueue(_leaving, (message.Kind, name), answer);
            _settings.Redis.Tell(RedisUnsubscribe.From(message.Kind, name, Self), Self);
        }
    }

    /// <summary>Whoever has asked for it until now has it: a client asks again for what has not been confirmed, and is told once.</summary>
    private void OnSubscribed(RedisSubscriptionKind kind, string name)
    {
        var topic = (kind, name);
        _topics.Add(topic);
        while (Dequeue(_joining, topic) is { } answer) Add(answer, Frame("subscribe", topic));
    }

    private void OnUnsubscribed(RedisUnsubscribed message)
    {
        var topic = (message.Kind, message.Channel);

        // What was not confirmed yet has been and gone.
        while (Dequeue(_joining, topic) is { } joining) Add(joining, Frame("subscribe", topic));
        _topics.Remove(topic);
        if (Dequeue(_leaving, topic) is { } answer) Add(answer, Frame("unsubscribe", topic));
    }

    /// <summary>A client that was told it subscribes cannot be told otherwise: it has to connect again, and to subscribe again.</summary>
    private void OnEnded(RedisSubscriptionEnded message)
    {
        var topic = (message.Kind, message.Channel);
        var had = _topics.Remove(topic);
        while (Dequeue(_joining, topic) is { } answer)
        {
            had = false;
            Add(answer, RespValue.Error(message.ServerError ?? $"{OutcomeText.NotSent} {message.Reason}"));
        }

        if (had) _door.Close();
    }

    private void OnTooLate(TooLate message)
    {
        foreach (var name in message.Join.Names)
        {
            var topic = (message.Join.Kind, name);
            if (!_joining.TryGetValue(topic, out var waiting) || !waiting.Contains(message.Answer)) continue;
            _joining.Remove(topic);
            foreach (var answer in waiting)
            {
                Add(answer, RespValue.Error($"{OutcomeText.NotSent} {WordOf("subscribe", topic.Kind).ToUpperInvariant()}: it was not confirmed within {_settings.CommandTimeout.TotalSeconds} s"));
            }

            OnLeave(new Leave(topic.Kind, [name], Reply: null));
        }
    }

    private Task OnMessageAsync(RedisMessage message)
    {
        var frame = message.Pattern is { } pattern
            ? RespValue.Array(Text("pmessage"), Text(pattern), Text(message.Channel), RespValue.BulkString(message.Payload))
            : RespValue.Array(_message, Text(message.Channel), RespValue.BulkString(message.Payload));
        return _subscriptions.Push(new DoorFrames([frame], _era)) ?? Task.CompletedTask;
    }

    private void Add(Answer answer, in RespValue frame)
    {
        _subscriptions.OnCount(_era, _ofShardChannels, _topics.Count + _joining.Count);
        if (!answer.Add(frame)) return;
        ((IWithTimers)this).Timers.Cancel(answer);
        if (answer.Reply is { } reply) _ = _subscriptions.Push(new DoorFrames(answer.Frames, _era, reply));
    }

    private RespValue Frame(string word, (RedisSubscriptionKind Kind, string Name) topic) =>
        RespValue.Array(Text(WordOf(word, topic.Kind)), Text(topic.Name), RespValue.Integer(_topics.Count));

    private static string WordOf(string word, RedisSubscriptionKind kind) => kind switch
    {
        RedisSubscriptionKind.Channel => word,
        RedisSubscriptionKind.Pattern => "p" + word,
        _ => "s" + word,
    };

    private static void Enqueue(Dictionary<(RedisSubscriptionKind, string), Queue<Answer>> all, (RedisSubscriptionKind, string) topic, Answer answer)
    {
        if (!all.TryGetValue(topic, out var waiting)) all[topic] = waiting = new Queue<Answer>();
        waiting.Enqueue(answer);
    }

    private static Answer? Dequeue(Dictionary<(RedisSubscriptionKind, string), Queue<Answer>> all, (RedisSubscriptionKind, string) topic)
    {
        if (!all.TryGetValue(topic, out var waiting)) return null;
        var answer = waiting.Dequeue();
        if (waiting.Count == 0) all.Remove(topic);
        return answer;
    }

    private static RespValue Text(string text) => RespValue.BulkString(text);

    /// <summary>The client subscribes.</summary>
    internal sealed record Join(RedisSubscriptionKind Kind, string[] Names, DoorReply Reply) : INoSerializationVerificationNeeded;

    /// <summary>The client unsubscribes; without names, from all.</summary>
    internal sealed record Leave(RedisSubscriptionKind Kind, string[] Names, DoorReply? Reply) : INoSerializationVerificationNeeded;

    private sealed record TooLate(Join Join, Answer Answer) : INoSerializationVerificationNeeded;

    /// <summary>The frames that answer one request, as they come.</summary>
    private sealed class Answer(DoorReply? reply, int left)
    {
        private int _left = left;

        public DoorReply? Reply => reply;

        public List<RespValue> Frames { get; } = [];

        /// <summary>Whether it is complete.</summary>
        public bool Add(in RespValue frame)
        {
            Frames.Add(frame);
            return --_left == 0;
        }
    }

    private sealed class Producer(DoorSettings settings, FrontDoor door, DoorSubscriptions subscriptions, DoorEra era, bool ofShardChannels) : IIndirectActorProducer
    {
        public Type ActorType => typeof(DoorSubscriber);

        public ActorBase Produce() => new DoorSubscriber(settings, door, subscriptions, era, ofShardChannels);

        public void Release(ActorBase actor)
        {
        }
    }
}
