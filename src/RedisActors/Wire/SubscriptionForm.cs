using System.Runtime.Serialization;
using Akka.Actor;
using Google.Protobuf;
using StackExchange.Redis;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace RedisActors.Wire;

/// <summary>Subscriptions: what asks for them and ends them, their messages, their events.</summary>
internal sealed class SubscriptionForm(PayloadForm payloads)
{
    public MessageForm[] All() =>
    [
        MessageForm.Of<Subscribe, Form.SubscribeForm>(
            "PS", Form.SubscribeForm.Parser, ToWire, wire => FromWire(wire, new Subscribe(wire.Name, Subscriber(wire.Path)) { Backfill = Backfill(wire) })),
        MessageForm.Of<PSubscribe, Form.SubscribeForm>(
            "PP", Form.SubscribeForm.Parser, ToWire, wire => FromWire(wire, new PSubscribe(wire.Name, Subscriber(wire.Path)))),
        MessageForm.Of<SSubscribe, Form.SubscribeForm>(
            "PH", Form.SubscribeForm.Parser, ToWire, wire => FromWire(wire, new SSubscribe(wire.Name, Subscriber(wire.Path)) { Backfill = Backfill(wire) })),
        MessageForm.Of<Unsubscribe, Form.UnsubscribeForm>(
            "PU", Form.UnsubscribeForm.Parser, ToWire, wire => new(wire.Name, Subscriber(wire.Path))),
        MessageForm.Of<PUnsubscribe, Form.UnsubscribeForm>(
            "PV", Form.UnsubscribeForm.Parser, ToWire, wire => new(wire.Name, Subscriber(wire.Path))),
        MessageForm.Of<SUnsubscribe, Form.UnsubscribeForm>(
            "PW", Form.UnsubscribeForm.Parser, ToWire, wire => new(wire.Name, Subscriber(wire.Path))),
        MessageForm.Of<RedisMessage, Form.PublishedMessage>("PM", Form.PublishedMessage.Parser, ToWire, FromWire),
        EventForm<RedisSubscribed>(
            "PA",
            (e, wire) => (wire.Epoch, wire.To) = (e.Epoch, e.At.UtcTicks),
            (kind, wire) => new(kind, wire.Channel, wire.Epoch, Time(wire.To))),
        EventForm<RedisUnsubscribed>("PX", (_, _) => { }, (kind, wire) => new(kind, wire.Channel)),
        EventForm<RedisSubscriptionInterrupted>(
            "PI",
            (e, wire) => (wire.Epoch, wire.From, wire.Text) = (e.Epoch, e.Since.UtcTicks, e.Cause),
            (kind, wire) => new(kind, wire.Channel, wire.Epoch, Time(wire.From), wire.Text)),
        EventForm<RedisSubscriptionResumed>(
            "PR",
            (e, wire) => (wire.From, wire.To, wire.Epoch, wire.ToEpoch, wire.Text, wire.Count, wire.Complete) =
                (e.From.UtcTicks, e.To.UtcTicks, e.FromEpoch, e.ToEpoch, e.Cause, e.Backfilled, e.IsComplete),
            (kind, wire) => new(kind, wire.Channel, Time(wire.From), Time(wire.To), wire.Epoch, wire.ToEpoch, wire.Text)
            {
                Backfilled = wire.Count, IsComplete = wire.Complete,
            }),
        EventForm<RedisMessagesDropped>("PD", (e, wire) => wire.Count = e.Count, (kind, wire) => new(kind, wire.Channel, wire.Count)),
        EventForm<RedisSubscriptionEnded>(
            "PE",
            (e, wire) =>
            {
                wire.Text = e.Reason;
                if (e.ServerError is { } error) wire.ServerError = error;
            },
            (kind, wire) => new(kind, wire.Channel, wire.Text, wire.HasServerError ? wire.ServerError : null)),
    ];

    private static Form.SubscribeForm ToWire(RedisSubscribe message)
    {
        var wire = new Form.SubscribeForm
        {
            Name = message.Name,
            Path = AkkaSerialization.SerializedActorPath(message.Subscriber),
            MaxUnread = message.MaxUnread,
            DisconnectWhenSlow = message.WhenSlow == SlowSubscriber.Disconnect,
        };
        if (message.Stream is { } stream) (wire.StreamKey, wire.PayloadField) = (stream.StreamKey, stream.PayloadField);
        return wire;
    }

    private static RedisBackfill? Backfill(Form.SubscribeForm wire) =>
        wire.HasStreamKey ? new RedisBackfill(wire.StreamKey, wire.PayloadField) : null;

    private static T FromWire<T>(Form.SubscribeForm wire, T message)
        where T : RedisSubscribe => message with
        {
            MaxUnread = wire.MaxUnread,
            WhenSlow = wire.DisconnectWhenSlow ? SlowSubscriber.Disconnect : SlowSubscriber.DropOldest,
        };

    private static Form.UnsubscribeForm ToWire(RedisUnsubscribe message) => new()
    {
        Name = message.Name,
        Path = AkkaSerialization.SerializedActorPath(message.Subscriber),
    };

    private static Form.PublishedMessage ToWire(RedisMessage message)
    {
        var wire = new Form.PublishedMessage
        {
            Channel = message.Channel,
            Payload = UnsafeByteOperations.UnsafeWrap((ReadOnlyMemory<byte>)message.Payload),
            Epoch = message.Epoch,
        };
        if (message.Pattern is { } pattern) wire.Pattern = pattern;
        return wire;
    }

    private static RedisMessage FromWire(Form.PublishedMessage wire) =>
        new(wire.Channel, wire.HasPattern ? wire.Pattern : null, wire.Payload.ToByteArray(), wire.Epoch);

    private static MessageForm EventForm<T>(
        string manifest, Action<T, Form.SubscriptionEvent> write, Func<RedisSubscriptionKind, Form.SubscriptionEvent, T> read)
        where T : RedisSubscriptionEvent => MessageForm.Of(
            manifest,
            Form.SubscriptionEvent.Parser,
            (T message) =>
            {
                var wire = new Form.SubscriptionEvent { Kind = (Form.SubscriptionKind)message.Kind, Channel = message.Channel };
                write(message, wire);
                return wire;
            },
            wire => read(KindOf(wire), wire));

    private static RedisSubscriptionKind KindOf(Form.SubscriptionEvent wire) => Enum.IsDefined((RedisSubscriptionKind)wire.Kind)
        ? (RedisSubscriptionKind)wire.Kind
        : throw new SerializationException($"it tells of a subscription of a kind ({wire.Kind:D}) that this version does not know");

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    private IActorRef Subscriber(string path) => payloads.ActorAt(path);
}
