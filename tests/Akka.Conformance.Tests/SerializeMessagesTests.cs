using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Serialization;

namespace Akka.Conformance.Tests;

/// <summary><c>akka.actor.serialize-messages = on</c>: what a message goes through before it reaches the mailbox.</summary>
public sealed class SerializeMessagesTests() : ActorSpec(Settings)
{
    private static readonly string Settings = $$"""
        akka.actor {
            serialize-messages = on
            serializers {
                notes = "{{typeof(NoteSerializer).AssemblyQualifiedName}}"
                broken = "{{typeof(BrokenSerializer).AssemblyQualifiedName}}"
            }
            serialization-bindings {
                "{{typeof(Note).AssemblyQualifiedName}}" = notes
                "{{typeof(INote).AssemblyQualifiedName}}" = notes
                "{{typeof(Unspeakable).AssemblyQualifiedName}}" = broken
            }
        }
        """;

    public interface INote;

    [Fact]
    public async Task A_message_arrives_as_an_equal_copy()
    {
        var note = new Note("hello");
        var actor = StartReporting();

        actor.Tell(note);

        var seen = await ExpectMsgAsync<Seen>();
        Assert.Equal(note, seen.Message);
        Assert.NotSame(note, seen.Message);
    }

    [Fact]
    public async Task A_message_without_a_binding_of_its_own_goes_through_the_default_serializer()
    {
        var plain = new Plain { Text = "hello", Number = 42 };
        var actor = StartReporting();

        actor.Tell(plain);

        var arrived = Assert.IsType<Plain>((await ExpectMsgAsync<Seen>()).Message);
        Assert.NotSame(plain, arrived);
        Assert.Equal(("hello", 42), (arrived.Text, arrived.Number));
    }

    [Fact]
    public async Task Text_and_numbers_arrive_as_what_they_were()
    {
        var actor = StartReporting();

        foreach (var message in new object[] { "text", 42, 42L, 1.5, true })
        {
            actor.Tell(message);
            Assert.Equal(message, (await ExpectMsgAsync<Seen>()).Message);
        }
    }

    [Fact]
    public async Task A_message_that_needs_no_verification_arrives_as_itself()
    {
        var message = new Exempt();
        var actor = StartReporting();

        actor.Tell(message);

        Assert.Same(message, (await ExpectMsgAsync<Seen>()).Message);
    }

    [Fact]
    public async Task The_manifest_tells_the_types_of_one_serializer_apart()
    {
        var actor = StartReporting();

        actor.Tell(new Note("one"));
        actor.Tell(new Reminder("two"));

        Assert.Equal(new Note("one"), (await ExpectMsgAsync<Seen>()).Message);
        Assert.Equal(new Reminder("two"), (await ExpectMsgAsync<Seen>()).Message);
    }

    [Fact]
    public async Task What_is_wrapped_is_tried_out_and_the_wrapper_arrives_as_itself()
    {
        var wrapper = new Wrapper(new Note("hello"));
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        var actor = StartReporting();

        actor.Tell(wrapper);
        Assert.Same(wrapper, (await ExpectMsgAsync<Seen>()).Message);
        actor.Tell(new Wrapper(new Unspeakable()));
        await ExpectMsgAsync<Error>();
    }

    [Fact]
    public async Task A_reference_arrives_as_the_same_reference()
    {
        var actor = StartReporting();

        actor.Tell(TestActor);

        Assert.Equal(TestActor, (await ExpectMsgAsync<Seen>()).Message);
    }

    [Fact]
    public async Task The_sender_is_kept()
    {
        var echo = Start(a => a.OnAny(m => a.Reply(m)));

        echo.Tell(new Note("hello"), TestActor);

        await ExpectMsgAsync(new Note("hello"));
        Assert.Equal(echo, LastSender);
    }

    [Fact]
    public async Task Order_is_kept()
    {
        var actor = StartReporting();

        for (var i = 0; i < 100; i++)
        {
            actor.Tell(new Note(i.ToString()));
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(new Note(i.ToString()), (await ExpectMsgAsync<Seen>()).Message);
        }
    }

    [Fact]
    public async Task A_message_that_cannot_be_serialized_is_logged_as_an_error_and_not_delivered()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        var actor = StartReporting();

        actor.Tell(new Unspeakable());
        actor.Tell(new Note("next"));

        await ExpectMsgAsync<Error>();
        Assert.Equal(new Note("next"), (await ExpectMsgAsync<Seen>()).Message);
    }

    [Fact]
    public async Task Asking_and_replying_go_through_the_serializer_too()
    {
        var note = new Note("hello");
        var echo = Start(a => a.OnAny(m => a.Reply(m)));

        var reply = await echo.Ask<Note>(note, Patience);

        Assert.Equal(note, reply);
        Assert.NotSame(note, reply);
    }

    [Fact]
    public void A_serializer_is_found_by_the_most_specific_binding()
    {
        Assert.IsType<NoteSerializer>(Sys.Serialization.FindSerializerFor(new Note("x")));
        Assert.IsType<NoteSerializer>(Sys.Serialization.FindSerializerForType(typeof(Reminder)));
        Assert.IsNotType<NoteSerializer>(Sys.Serialization.FindSerializerFor(new Plain()));
    }

    [Fact]
    public void What_was_serialized_is_deserialized_by_identifier_and_manifest()
    {
        var serializer = (SerializerWithStringManifest)Sys.Serialization.FindSerializerFor(new Note("x"));
        var bytes = serializer.ToBinary(new Note("x"));

        var note = Sys.Serialization.Deserialize(bytes, serializer.Identifier, serializer.Manifest(new Note("x")));

        Assert.Equal(new Note("x"), note);
        Assert.Equal("n", Serialization.Serialization.ManifestFor(serializer, new Note("x")));
    }

    private IActorRef StartReporting() => Start(a => a.OnAny(m => TestActor.Tell(new Seen(m))));

    public sealed record Note(string Text);

    public sealed record Reminder(string Text) : INote;

    public sealed record Unspeakable;

    public sealed class Plain
    {
        public string? Text { get; set; }

        public int Number { get; set; }
    }

    private sealed record Wrapper(object Message) : IWrappedMessage;

    // Reports go to the test as they are.
    private sealed record Seen(object Message) : INoSerializationVerificationNeeded;

    private sealed class Exempt : INoSerializationVerificationNeeded;

    public sealed class NoteSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4711;

        public override string Manifest(object o) => o is Note ? "n" : "r";

        public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(obj switch
        {
            Note note => note.Text,
            Reminder reminder => reminder.Text,
            _ => throw new ArgumentException($"not mine: {obj}", nameof(obj)),
        });

        public override object FromBinary(byte[] bytes, string manifest)
        {
            var text = Encoding.UTF8.GetString(bytes);
            return manifest == "n" ? new Note(text) : new Reminder(text);
        }
    }

    public sealed class BrokenSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4712;

        public override string Manifest(object o) => "";

        public override byte[] ToBinary(object obj) => throw new NotSupportedException("this is unspeakable");

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }
}

public sealed class NoSerializeMessagesTests : ActorSpec
{
    [Fact]
    public async Task By_default_a_message_arrives_as_itself()
    {
        var message = new object();
        var actor = Start(a => a.OnAny(m => TestActor.Tell(m)));

        actor.Tell(message);

        Assert.Same(message, await ExpectMsgAsync<object>());
    }
}
