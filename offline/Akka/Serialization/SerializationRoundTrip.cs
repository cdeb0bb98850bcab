#nullable disable
using Akka.Actor;
using Akka.Actor.Internal;

namespace Akka.Actor.Internal;

/// <summary>With <c>akka.actor.serialize-messages</c> on, every message is read back from its bytes before it is delivered.</summary>
internal static class SerializationRoundTrip
{
    public static object Of(object message, ActorSystemImpl system)
    {
        var innermost = message;
        while (innermost is IWrappedMessage wrapped)
        {
            innermost = wrapped.Message;
        }

        if (message is INoSerializationVerificationNeeded || innermost is null or INoSerializationVerificationNeeded)
        {
            return message;
        }

        // What is wrapped is tried out; how to wrap it again, nobody knows.
        var copy = system.Serialization.WithinTransport(() => Copy(innermost, system.Serialization));
        return ReferenceEquals(message, innermost) ? copy : message;
    }

    private static object Copy(object message, Serialization.Serialization serialization)
    {
        var serializer = serialization.FindSerializerFor(message);
        var bytes = serializer.ToBinary(message);
        return serialization.Deserialize(bytes, serializer.Identifier, Serialization.Serialization.ManifestFor(serializer, message));
    }
}
