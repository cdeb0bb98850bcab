using System.Runtime.Serialization;
using RedisActors.Simulation.Messages;

namespace RedisActors.Tests.Wire;

public sealed class DamagedMessagesTests : WireSpec
{
    /// <summary><c>eng/simulate messages</c> reads a million.</summary>
    private const int Count = 100_000;

    [Fact]
    public void Bytes_that_are_no_message_are_an_error_and_nothing_worse() =>
        Assert.Null(new MutatedMessages(System, seed: 1).Search(Count));

    /// <summary>Akka's JSON serializer would go on making an object of it until the stack overflows, which ends the process.</summary>
    [Fact]
    public void A_state_in_JSON_that_does_not_say_its_type_is_refused()
    {
        var bytes = Serializer.ToBinary(new RedisCommand("PING") { State = new RandomMessages.SomeState("name", 5) });
        var at = bytes.AsSpan().IndexOf("$type"u8);
        Assert.True(at > 0);
        bytes[at + 1] = (byte)'T';

        var error = Assert.Throws<SerializationException>(() => Serializer.FromBinary(bytes, "C"));

        Assert.Contains("without a type", error.ToString());
    }
}
