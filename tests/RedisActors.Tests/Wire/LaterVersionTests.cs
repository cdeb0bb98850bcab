using System.Runtime.Serialization;
using Google.Protobuf;
using Form = RedisActors.Wire.Form;

namespace RedisActors.Tests.Wire;

/// <summary>What this version makes of the messages of one that knows more.</summary>
public sealed class LaterVersionTests : WireSpec
{
    private static readonly RedisCommand Command = new("INCR", "key") { IdempotencyKey = "t", Delivery = DeliveryMode.ExactlyOnce };

    [Fact]
    public void A_field_that_was_added_is_passed_over()
    {
        foreach (var message in new object[] { Command, new RedisReply(RespValue.Integer(1), "s"), new RedisLost("c", 1, "e", "why") })
        {
            byte[] added = [.. Serializer.ToBinary(message), .. Field(1000, "something new")];

            SameMessage.Assert(message, Serializer.FromBinary(added, Serializer.Manifest(message)));
        }
    }

    [Fact]
    public void A_message_that_was_added_is_an_error_that_names_its_manifest_and_this_version()
    {
        var error = Assert.Throws<SerializationException>(() => Serializer.FromBinary([], "C9"));

        Assert.Contains("'C9'", error.Message);
        Assert.Contains(typeof(RedisCommand).Assembly.GetName().Version!.ToString(3), error.Message);
        Assert.Contains("C, DC", error.Message);
    }

    [Fact]
    public void A_delivery_mode_that_was_added_is_refused()
    {
        var wire = new Form.Command { Name = "INCR", Delivery = (Form.Delivery)99 };

        Assert.Contains("delivery mode (99)", Assert.Throws<SerializationException>(() => Read<RedisCommand>("C", wire)).Message);
    }

    [Fact]
    public void A_replay_class_that_was_added_is_taken_for_accumulating()
    {
        var wire = new Form.Command { Name = "X.Y", Replay = (Form.Replay)99 };

        Assert.Equal(ReplayClass.Accumulating, Read<RedisCommand>("C", wire).ReplayClass);
    }

    [Fact]
    public void An_outcome_that_was_added_is_taken_for_unknown()
    {
        var wire = new Form.Failure { Command = new() { Name = "INCR" }, Outcome = (Form.FailureOutcome)99, Message = "m" };

        Assert.Equal(Outcome.Unknown, Read<RedisOutcomeException>("X", wire).Outcome);
    }

    [Fact]
    public void A_kind_of_value_that_was_added_is_refused()
    {
        var wire = new Form.Reply { Value = new() { Kind = (Form.ValueKind)99 } };

        Assert.Contains("kind (99)", Assert.Throws<SerializationException>(() => Read<RedisReply>("R", wire)).Message);
    }

    [Fact]
    public void A_kind_of_state_that_was_added_is_refused_and_not_taken_for_none()
    {
        var wire = new Form.Reply { State = new Form.Payload() };

        Assert.Contains("a state of a kind", Assert.Throws<SerializationException>(() => Read<RedisReply>("R", wire)).Message);
    }

    [Fact]
    public void A_change_of_state_that_was_added_is_refused()
    {
        var wire = new Form.ConnectionEvent { Connection = "default", Epoch = 1, Lane = 1 };

        Assert.Contains("a change of state", Assert.Throws<SerializationException>(() => Read<RedisConnectionEvent>("E", wire)).Message);
    }

    [Theory]
    [InlineData("C")]
    [InlineData("F")]
    [InlineData("X")]
    [InlineData("SS")]
    [InlineData("E")]
    public void A_message_that_lacks_what_makes_it_one_is_refused(string manifest) =>
        Assert.Throws<SerializationException>(() => Serializer.FromBinary([], manifest));

    private static byte[] Field(int number, string text)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteString(text);
        }

        return bytes.ToArray();
    }
}
