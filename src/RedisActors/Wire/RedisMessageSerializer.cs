using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace RedisActors.Wire;

/// <summary>
/// Writes every <see cref="IRedisMessage"/> as bytes, so that it can travel between actor systems, and a <c>Status.Failure</c> whose
/// cause is a <see cref="RedisOutcomeException"/>. <see cref="RedisMessages"/> registers it; its identifier is in the library's
/// <c>reference.conf</c>, under <c>akka.actor.serialization-identifiers</c>.
/// </summary>
/// <remarks>
/// The forms are in <c>messages.proto</c>. Fields that a newer version has added are ignored. A message, a delivery mode, a kind of value
/// or a change of state that this version does not know is refused with a <see cref="SerializationException"/>; an unknown outcome is
/// read as <see cref="Outcome.Unknown"/>, an unknown replay class as <see cref="ReplayClass.Accumulating"/>.
/// </remarks>
public sealed class RedisMessageSerializer : SerializerWithStringManifest
{
    private static readonly string Version =
        typeof(RedisMessageSerializer).Assembly.GetName().Version?.ToString(fieldCount: 3) ?? "?";

    private readonly FrozenDictionary<Type, MessageForm> _byType;
    private readonly FrozenDictionary<string, MessageForm> _byManifest;

    /// <summary>Called by Akka, once for each actor system.</summary>
    /// <param name="system">The actor system, whose other serializers write the senders' states.</param>
    public RedisMessageSerializer(ExtendedActorSystem system)
        : base(system)
    {
        var forms = Forms(system);
        _byManifest = forms.ToFrozenDictionary(form => form.Manifest);
        _byType = forms
            .Where(form => form.Type != typeof(RedisConnectionEvent))
            .ToFrozenDictionary(form => form.Type);
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">This is not a message of RedisActors.</exception>
    public override string Manifest(object o) => FormOf(o).Manifest;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">
    /// This is not a message of RedisActors, or it holds a state for which the actor system has no serializer.
    /// </exception>
    public override byte[] ToBinary(object obj)
    {
        var form = FormOf(obj);
        try
        {
            return AkkaSerialization.WithTransport(system, (form, obj), static job => job.form.Write(job.obj));
        }
        catch (Exception e)
        {
            throw new SerializationException($"RedisActors {Version}: {obj.GetType()} cannot be written: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">
    /// This version does not know the manifest, or the bytes are not such a message.
    /// </exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest is null || !_byManifest.TryGetValue(manifest, out var form))
        {
            throw new SerializationException(
                $"RedisActors {Version} knows no message with the manifest '{manifest}', only "
                + $"{string.Join(", ", _byManifest.Keys.Order(StringComparer.Ordinal))}. It comes from a version that is newer than {Version}.");
        }

        try
        {
            return form.Read(bytes);
        }
        catch (Exception e)
        {
            throw new SerializationException(
                $"RedisActors {Version}: the message with the manifest '{manifest}' ({form.Type.Name}) cannot be read: {e.Message}", e);
        }
    }

    private static MessageForm[] Forms(ExtendedActorSystem system)
    {
        var payloads = new PayloadForm(system);
        var commands = new CommandForm(payloads);
        var failures = new FailureForm(payloads, commands);
        return
        [
            MessageForm.Of<RedisCommand, Form.Command>("C", Form.Command.Parser, commands.ToWire, commands.FromWire),
            MessageForm.Of<RedisScript, Form.Command>("SC", Form.Command.Parser, commands.ToWire, commands.FromWire<RedisScript>),
            MessageForm.Of<RedisTransaction, Form.Command>("TX", Form.Command.Parser, commands.ToWire, commands.FromWire<RedisTransaction>),
            MessageForm.Of<RedisReply, Form.Reply>(
                "R",
                Form.Reply.Parser,
                reply => new() { Value = ValueForm.ToWire(reply.Value), State = payloads.ToWire(reply.State) },
                wire => new(ValueForm.FromWire(wire.Value), payloads.FromWire(wire.State))),
            MessageForm.Of<RespValue, Form.Value>("V", Form.Value.Parser, ValueForm.ToWire, ValueForm.FromWire),
            MessageForm.Of<Status.Failure, Form.FailureStatus>("F", Form.FailureStatus.Parser, failures.ToWire, failures.FromWire),
            MessageForm.Of<RedisOutcomeException, Form.Failure>("X", Form.Failure.Parser, failures.ToWire, failures.FromWire),
            MessageForm.Of<RedisConnectionEvent, Form.ConnectionEvent>(
                "E", Form.ConnectionEvent.Parser, EventForm.ToWire, EventForm.FromWire),
            MessageForm.Of("GS", GetStatus.Instance),
            MessageForm.Of<RedisStatus, Form.ConnectionStatus>("S", Form.ConnectionStatus.Parser, EventForm.ToWire, EventForm.FromWire),
            MessageForm.Of<SubscribeToState, Form.Subscriber>(
                "SS", Form.Subscriber.Parser, message => Subscriber(message.Subscriber), wire => new(payloads.ActorAt(wire.Path))),
            MessageForm.Of<UnsubscribeFromState, Form.Subscriber>(
                "US", Form.Subscriber.Parser, message => Subscriber(message.Subscriber), wire => new(payloads.ActorAt(wire.Path))),
            MessageForm.Of<ForceReconnect, Form.Reason>(
                "FR", Form.Reason.Parser, message => new() { Text = message.Reason }, wire => new(wire.Text)),
            MessageForm.Of<PauseConnection, Form.Reason>(
                "PC", Form.Reason.Parser, message => new() { Text = message.Reason }, wire => new(wire.Text)),
            MessageForm.Of("RC", ResumeConnection.Instance),
            MessageForm.Of<DrainCommands, Form.Drain>(
                "DC",
                Form.Drain.Parser,
                message => new() { Timeout = message.Timeout.Ticks },
                wire => new(TimeSpan.FromTicks(wire.Timeout))),
            MessageForm.Of<DrainedCommands, Form.Drained>(
                "DD", Form.Drained.Parser, message => new() { Unfinished = message.Unfinished }, wire => new(wire.Unfinished)),
            .. ConsumerForm.All,
            .. new SubscriptionForm(payloads).All(),
            .. new FrameForm(commands).All(),
        ];
    }

    private static Form.Subscriber Subscriber(IActorRef actor) => new() { Path = AkkaSerialization.SerializedActorPath(actor) };

    private MessageForm FormOf(object message) =>
        message is RedisConnectionEvent ? _byManifest["E"]
        : message is not null && _byType.TryGetValue(message.GetType(), out var form) ? form
        : throw new SerializationException($"RedisActors {Version}: {message?.GetType()} is not one of its messages.");
}
