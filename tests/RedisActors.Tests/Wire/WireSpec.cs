using Akka.Actor;
using RedisActors.Wire;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace RedisActors.Tests.Wire;

/// <summary>An actor system whose serialization knows the messages of RedisActors.</summary>
public abstract class WireSpec : IAsyncLifetime
{
    internal ExtendedActorSystem System { get; } = (ExtendedActorSystem)ActorSystem.Create(
        "wire", "akka.loglevel = WARNING");

    internal RedisMessageSerializer Serializer => Assert.IsType<RedisMessageSerializer>(
        System.Serialization.FindSerializerForType(typeof(RedisCommand)));

    public Task InitializeAsync()
    {
        RedisMessages.Get(System);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => System.Terminate();

    /// <summary>What another node would make of it.</summary>
    internal T Travel<T>(T message)
        where T : notnull => (T)Travel(System, System, message);

    internal static object Travel(ExtendedActorSystem from, ExtendedActorSystem to, object message)
    {
        var serializer = from.Serialization.FindSerializerFor(message);
        var manifest = AkkaSerialization.ManifestFor(serializer, message);
        var bytes = from.Serialization.Serialize(message);
        return to.Serialization.Deserialize(bytes, serializer.Identifier, manifest);
    }

    internal T Read<T>(string manifest, Google.Protobuf.IMessage wire) =>
        (T)Serializer.FromBinary(Google.Protobuf.MessageExtensions.ToByteArray(wire), manifest);
}
