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

        var serializer = system.Serialization.FindSerializerFor(message);
        var bytes = serializer.ToBinary(message);
        var manifest = Serialization.Serialization.ManifestFor(serializer, message);
        return serializer is Serialization.SerializerWithStringManifest
            ? system.Serialization.Deserialize(bytes, serializer.Identifier, manifest)
            : system.Serialization.Deserialize(bytes, serializer.Identifier, message.GetType());
    }
}
