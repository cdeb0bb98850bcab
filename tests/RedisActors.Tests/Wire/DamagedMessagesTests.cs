using System.Runtime.Serialization;
using Google.Protobuf;
using RedisActors.Simulation.Messages;
using Form = RedisActors.Wire.Form;

namespace RedisActors.Tests.Wire;

public sealed class DamagedMessagesTests : WireSpec
{
    /// <summary><c>eng/simulate messages</c> reads a million.</summary>
    private const int Count = 100_000;

    [Fact]
    public void Bytes_that_are_no_message_are_an_error_and_nothing_worse() =>
        Assert.Null(new MutatedMessages(System, seed: 1).Search(Count));

    /// <summary>Akka's JSON serializer goes on for ever with a number like these, until the stack overflows and ends the process.</summary>
    [Theory]
    [InlineData("""{"?":"I5"}""")]
    [InlineData("""{}""")]
    [InlineData("""[{"x":1}]""")]
    public void A_state_in_JSON_whose_number_is_damaged_is_an_error(string number)
    {
        var (manifest, name) = (typeof(RandomMessages.SomeState).AssemblyQualifiedName, typeof(RandomMessages.SomeState).FullName);
        var json = $$"""{"$id":"1","$type":"{{name}}, RedisActors.Simulation","Name":"a","Number":{{number}}}""";
        var state = new Form.Payload
        {
            Serialized = new Form.Serialized { Serializer = 1, Manifest = manifest, Content = ByteString.CopyFromUtf8(json) },
        };

        var bytes = new Form.Reply { Value = new Form.Value(), State = state }.ToByteArray();

        Assert.Contains("does not name its type", Assert.Throws<SerializationException>(() => Serializer.FromBinary(bytes, "R")).ToString());
    }
}
