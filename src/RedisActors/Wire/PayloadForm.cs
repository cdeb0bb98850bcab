using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace RedisActors.Wire;

/// <summary>
/// A sender's state: text, numbers, GUIDs and actors in a form of their own, because Akka's JSON would change the type of some of them (a
/// GUID comes back as text); anything else by the actor system's own serializers.
/// </summary>
internal sealed class PayloadForm(ExtendedActorSystem system)
{
    /// <summary>A state may hold a command, which has a state again, and so on. Nobody needs many levels; an attacker would need thousands.</summary>
    private const int MaxDepth = 16;

    private readonly int _json = SerializerIdentifierHelper.GetSerializerIdentifierFromConfig(typeof(NewtonSoftJsonSerializer), system);

    [ThreadStatic]
    private static int _depth;

    public Form.Payload? ToWire(object? value) => value switch
    {
        null => null,
        string text => new() { Text = text },
        int number => new() { Int32 = number },
        long number => new() { Int64 = number },
        Guid guid => new() { Guid = ByteString.CopyFrom(guid.ToByteArray()) },
        IActorRef actor => new() { Actor = AkkaSerialization.SerializedActorPath(actor) },
        _ when PlainForm.ToWire(value) is { } plain => new() { Plain = plain },
        _ => new() { Serialized = Nested(() => Serialize(value)) },
    };

    public object? FromWire(Form.Payload? payload)
    {
        if (payload is null) return null;
        return payload.ContentCase switch
        {
            Form.Payload.ContentOneofCase.Text => payload.Text,
            Form.Payload.ContentOneofCase.Int32 => payload.Int32,
            Form.Payload.ContentOneofCase.Int64 => payload.Int64,
            Form.Payload.ContentOneofCase.Guid => new Guid(payload.Guid.Span),
            Form.Payload.ContentOneofCase.Plain => PlainForm.FromWire(payload.Plain),
            Form.Payload.ContentOneofCase.Actor => ActorAt(payload.Actor),
            Form.Payload.ContentOneofCase.Serialized => Nested(() => Deserialize(payload.Serialized)),
            _ => throw new SerializationException("it holds a state of a kind that this version does not know"),
        };
    }

    public IActorRef ActorAt(string path) =>
        path.Length > 0 ? system.Provider.ResolveActorRef(path) : throw new SerializationException("it names no actor");

    private Form.Serialized Serialize(object value)
    {
        var serializer = system.Serialization.FindSerializerFor(value);
        return new Form.Serialized
        {
            Serializer = serializer.Identifier,
            Manifest = AkkaSerialization.ManifestFor(serializer, value),
            Content = UnsafeByteOperations.UnsafeWrap(serializer.ToBinary(value)),
        };
    }

    private object? Deserialize(Form.Serialized payload)
    {
        var content = payload.Content.ToByteArray();
        if (payload.Serializer == _json) AkkaJson.Check(content);
        return system.Serialization.Deserialize(content, payload.Serializer, payload.Manifest);
    }

    private static T Nested<T>(Func<T> action)
    {
        if (_depth == MaxDepth) throw new SerializationException($"it holds states within states, more than {MaxDepth} deep");
        _depth++;
        try
        {
            return action();
        }
        finally
        {
            _depth--;
        }
    }
}
