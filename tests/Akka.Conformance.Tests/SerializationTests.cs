using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace Akka.Conformance.Tests;

/// <summary>How serializers come into an actor system and are found there, and what they are told about references.</summary>
public sealed class SerializationTests() : ActorSpec(Settings)
{
    private static readonly string Settings = $$"""
        akka.actor {
            serializers.configured = "{{typeof(ConfiguredSerializer).AssemblyQualifiedName}}"
            serialization-bindings {
                "{{typeof(Bound).AssemblyQualifiedName}}" = configured
            }
            serialization-identifiers {
                "{{TypeName(typeof(ConfiguredSerializer))}}" = 4801
            }
        }
        """;

    private ExtendedActorSystem System => (ExtendedActorSystem)Sys;

    [Fact]
    public void The_identifier_of_a_serializer_stands_in_the_configuration() =>
        Assert.Equal(4801, Sys.Serialization.FindSerializerForType(typeof(Bound)).Identifier);

    [Fact]
    public void An_identifier_that_an_extension_brings_along_counts_too()
    {
        System.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString(
            $"akka.actor.serialization-identifiers {{ \"{TypeName(typeof(AddedSerializer))}\" = 4802 }}"));

        Assert.Equal(4802, new AddedSerializer(System).Identifier);
    }

    [Fact]
    public void Serializers_in_a_configuration_that_an_extension_brings_along_count_too()
    {
        Assert.IsType<NewtonSoftJsonSerializer>(Sys.Serialization.FindSerializerForType(typeof(Unbound)));

        System.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString($$"""
            akka.actor {
                serializers.late = "{{typeof(ConfiguredSerializer).AssemblyQualifiedName}}"
                serialization-bindings { "{{typeof(Unbound).AssemblyQualifiedName}}" = late }
            }
            """));

        Assert.IsType<ConfiguredSerializer>(Sys.Serialization.FindSerializerForType(typeof(Unbound)));
    }

    [Fact]
    public void What_was_added_by_code_is_forgotten_when_an_extension_brings_a_configuration_along()
    {
        var serializer = new FixedSerializer(System);
        Sys.Serialization.AddSerializer("fixed", serializer);
        Sys.Serialization.AddSerializationMap(typeof(Unbound), serializer);

        System.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString("brought-along = 1"));

        Assert.IsType<NewtonSoftJsonSerializer>(Sys.Serialization.FindSerializerForType(typeof(Unbound)));
    }

    [Fact]
    public void What_is_brought_along_goes_before_what_was_there_except_for_the_users_own()
    {
        System.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString("x.a = 1, x.b = 1"));
        System.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString("x.a = 2, akka.actor.ask-timeout = 7s, akka.loglevel = ERROR"));

        var config = System.Settings.Config;
        Assert.Equal((2, 1), (config.GetInt("x.a"), config.GetInt("x.b")));
        Assert.Equal(TimeSpan.FromSeconds(7), config.GetTimeSpan("akka.actor.ask-timeout"));
        Assert.Equal("INFO", config.GetString("akka.loglevel"));
    }

    [Fact]
    public void A_serializer_can_be_added_later()
    {
        var serializer = new FixedSerializer(System);

        Sys.Serialization.AddSerializer("fixed", serializer);
        Sys.Serialization.AddSerializationMap(typeof(Unbound), serializer);

        Assert.Same(serializer, Sys.Serialization.FindSerializerForType(typeof(Unbound)));
        Assert.Equal("u 7", Sys.Serialization.Deserialize([7], serializer.Identifier, "u"));
    }

    [Fact]
    public void What_is_asked_for_by_name_counts_where_nothing_but_the_default_is_bound_and_is_kept()
    {
        var serializer = new FixedSerializer(System);
        Sys.Serialization.AddSerializer("fixed", serializer);

        Assert.Same(serializer, Sys.Serialization.FindSerializerForType(typeof(Unbound), "fixed"));
        Assert.IsType<ConfiguredSerializer>(Sys.Serialization.FindSerializerForType(typeof(Bound), "fixed"));
        Assert.Same(serializer, Sys.Serialization.FindSerializerForType(typeof(Unbound)));
    }

    [Fact]
    public void Bytes_of_an_unknown_serializer_are_an_error_that_names_it()
    {
        var error = Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([], 4899, "m"));

        Assert.Contains("[4899]", error.Message);
    }

    [Fact]
    public void Null_has_a_serializer_of_its_own()
    {
        Assert.IsType<NullSerializer>(Sys.Serialization.FindSerializerFor(null));
        Assert.Null(Sys.Serialization.Deserialize([], 0, ""));
    }

    [Fact]
    public void A_failure_does_not_survive_the_default_serializer()
    {
        var failure = new Status.Failure(new InvalidOperationException("oops"));
        var bytes = Sys.Serialization.Serialize(failure);

        Assert.ThrowsAny<Exception>(() => Sys.Serialization.Deserialize(bytes, 1, ""));
    }

    [Fact]
    public void The_transport_is_known_only_while_a_serializer_is_at_work()
    {
        Assert.Throws<InvalidOperationException>(() => AkkaSerialization.GetCurrentTransportInformation());

        var inside = AkkaSerialization.WithTransport(System, () => AkkaSerialization.GetCurrentTransportInformation());

        Assert.Same(Sys, inside.System);
        Assert.Equal(System.Provider.DefaultAddress, inside.Address);
        Assert.Equal(inside, System.Provider.SerializationInformation);
        Assert.Throws<InvalidOperationException>(() => AkkaSerialization.GetCurrentTransportInformation());
    }

    [Fact]
    public void The_transport_is_known_to_a_serializer_that_writes_or_reads()
    {
        var serializer = new FixedSerializer(System);
        Sys.Serialization.AddSerializer("fixed", serializer);
        Sys.Serialization.AddSerializationMap(typeof(Unbound), serializer);

        Sys.Serialization.Serialize(new Unbound());
        Assert.Same(Sys, serializer.Transport?.System);
        serializer.Transport = null;
        Sys.Serialization.Deserialize([1], serializer.Identifier, "u");
        Assert.Same(Sys, serializer.Transport?.System);
    }

    [Fact]
    public void A_transport_outlives_one_within_it()
    {
        using var other = (ExtendedActorSystem)ActorSystem.Create("other", "akka.loglevel = OFF");

        var after = AkkaSerialization.WithTransport(System, () =>
        {
            var within = AkkaSerialization.WithTransport(
                other, "", static _ => AkkaSerialization.GetCurrentTransportInformation());
            Assert.Same(other, within.System);
            return AkkaSerialization.GetCurrentTransportInformation();
        });

        Assert.Same(Sys, after.System);
    }

    [Fact]
    public void A_reference_is_written_with_its_incarnation_and_found_again()
    {
        var actor = Start(a => a.OnAny(_ => { }), "written");

        var path = AkkaSerialization.WithTransport(System, () => AkkaSerialization.SerializedActorPath(actor));

        Assert.Equal($"akka://{Sys.Name}/user/written#{actor.Path.Uid}", path);
        Assert.Equal(path, AkkaSerialization.SerializedActorPath(actor));
        Assert.Equal(actor, Sys.Serialization.DeserializeActorRef(path));
    }

    [Fact]
    public void A_reference_to_an_actor_that_is_not_there_keeps_its_path()
    {
        var path = $"akka://{Sys.Name}/user/nowhere";

        Assert.Equal(path, AkkaSerialization.SerializedActorPath(Sys.Serialization.DeserializeActorRef(path)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no path")]
    [InlineData("akka.tcp://elsewhere@10.0.0.1:8081/user/a")]
    public void What_names_no_actor_of_this_system_is_the_dead_letters(string path) =>
        Assert.Equal(Sys.DeadLetters, Sys.Serialization.DeserializeActorRef(path));

    [Fact]
    public void No_reference_is_written_as_nothing_and_nobody_as_an_address_of_its_own()
    {
        Assert.Equal("", AkkaSerialization.SerializedActorPath(null));
        Assert.Equal("akka://all-systems/", AkkaSerialization.SerializedActorPath(ActorRefs.Nobody));
    }

    private static string TypeName(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    public sealed record Bound;

    public sealed record Unbound;

    public sealed class ConfiguredSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override string Manifest(object o) => "c";

        public override byte[] ToBinary(object obj) => [];

        public override object FromBinary(byte[] bytes, string manifest) => new Bound();
    }

    public sealed class AddedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override string Manifest(object o) => "a";

        public override byte[] ToBinary(object obj) => [];

        public override object FromBinary(byte[] bytes, string manifest) => manifest;
    }

    private sealed class FixedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public Information? Transport { get; set; }

        public override int Identifier => 4803;

        public override string Manifest(object o) => "u";

        public override byte[] ToBinary(object obj)
        {
            Transport = AkkaSerialization.GetCurrentTransportInformation();
            return Encoding.UTF8.GetBytes("7");
        }

        public override object FromBinary(byte[] bytes, string manifest)
        {
            Transport = AkkaSerialization.GetCurrentTransportInformation();
            return $"{manifest} {bytes[0]}";
        }
    }
}
