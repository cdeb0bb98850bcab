using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using RedisActors.Wire;

namespace RedisActors.Tests.Wire;

/// <summary>However an actor system comes by RedisActors, it can read and write its messages.</summary>
public sealed class RegistrationTests
{
    private static readonly Type[] Messages =
    [
        .. typeof(IRedisMessage).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(IRedisMessage)) && type is { IsAbstract: false }),
        typeof(Status.Failure),
    ];

    [Fact]
    public Task By_the_extension_started_from_code() => KnowsAllAsync("", system => RedisMessages.Get(system));

    [Fact]
    public Task By_the_extension_started_from_hocon() =>
        KnowsAllAsync("akka.extensions = [\"RedisActors.Wire.RedisMessagesProvider, RedisActors\"]", _ => { });

    [Fact]
    public Task By_starting_a_redis_actor() =>
        KnowsAllAsync("redis-actors.default.endpoint = \"127.0.0.1:1\"", system => RedisExtension.Get(system));

    /// <summary>With each configuration that an extension brings along Akka reads its serializers anew.</summary>
    [Fact]
    public Task And_after_another_extension_brought_its_configuration_along() => KnowsAllAsync("", system =>
    {
        RedisMessages.Get(system);
        system.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString("another-extension.setting = 1"));
    });

    /// <summary>Of two bindings that fit a type Akka takes either, so an exception of ours has a binding by its own name.</summary>
    [Fact]
    public Task And_beside_a_serializer_for_all_exceptions() => KnowsAllAsync(
        $$"""
        akka.actor {
          serializers.mine = "{{typeof(Mine).AssemblyQualifiedName}}"
          serialization-bindings { "System.Exception" = mine }
        }
        """,
        system => RedisMessages.Get(system));

    [Fact]
    public async Task The_number_is_the_one_of_the_configuration_and_not_one_of_akkas()
    {
        using var system = ActorSystem.Create("wire", "akka.loglevel = WARNING");
        RedisMessages.Get(system);

        Assert.Equal(6379, system.Serialization.FindSerializerForType(typeof(RedisCommand)).Identifier);
        await system.Terminate();
    }

    [Fact]
    public async Task A_binding_of_the_users_own_is_left_alone()
    {
        using var system = ActorSystem.Create("wire", $$"""
            akka.actor {
              serializers.mine = "{{typeof(Mine).AssemblyQualifiedName}}"
              serialization-bindings {
                "RedisActors.RedisStatus, RedisActors" = mine
                "Akka.Actor.Status+Failure, Akka" = mine
              }
            }
            """);
        RedisMessages.Get(system);

        Assert.IsType<Mine>(system.Serialization.FindSerializerForType(typeof(RedisStatus)));
        Assert.IsType<Mine>(system.Serialization.FindSerializerForType(typeof(Status.Failure)));
        Assert.IsType<RedisMessageSerializer>(system.Serialization.FindSerializerForType(typeof(RedisCommand)));
        await system.Terminate();
    }

    private static async Task KnowsAllAsync(string hocon, Action<ActorSystem> start)
    {
        using var system = ActorSystem.Create("wire", $"akka.loglevel = WARNING\n{hocon}");
        start(system);

        Assert.All(Messages, type => Assert.IsType<RedisMessageSerializer>(system.Serialization.FindSerializerForType(type)));
        var serializer = (SerializerWithStringManifest)system.Serialization.FindSerializerForType(typeof(RedisCommand));
        var read = system.Serialization.Deserialize(serializer.ToBinary(GetStatus.Instance), serializer.Identifier, "GS");
        Assert.Same(GetStatus.Instance, read);
        await system.Terminate();
    }

    public sealed class Mine(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4713;

        public override string Manifest(object o) => "";

        public override byte[] ToBinary(object obj) => [];

        public override object FromBinary(byte[] bytes, string manifest) => this;
    }
}
