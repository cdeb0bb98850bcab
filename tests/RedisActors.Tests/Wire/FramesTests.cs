using Google.Protobuf;
using RedisActors.Simulation.Messages;
using Form = RedisActors.Wire.Form;

namespace RedisActors.Tests.Wire;

/// <summary>The frames between nodes are written and read field by field: to protobuf's own code, and so to another version, it is all the same.</summary>
public sealed class FramesTests : WireSpec
{
    private const int Rounds = 1000;

    [Fact]
    public void A_frame_is_the_bytes_that_protobuf_makes_of_it()
    {
        var messages = new RandomMessages(7, [System.DeadLetters]);
        for (var i = 0; i < Rounds; i++)
        {
            foreach (var frame in messages.OneOfEach().Where(message => message is CommandFrame or AnswerFrame)) AssertIsProtobuf(frame);
        }
    }

    /// <summary>Where a length takes a byte more, and is not where it was expected.</summary>
    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(3_000_000)]
    public void A_frame_of_any_size_is_the_bytes_that_protobuf_makes_of_it(int size)
    {
        for (var less = 0; less < 40; less++)
        {
            var (text, bytes) = (new string('x', size - less), new byte[size - less]);
            AssertIsProtobuf(Commands(new RedisCommand("SET", text, bytes)));
            AssertIsProtobuf(Commands(new RedisCommand("SET", bytes, "x")));
            AssertIsProtobuf(Answers(new RemoteAnswer(1, RemoteAnswerKind.Applied, RespValue.BulkString(bytes))));
            AssertIsProtobuf(Answers(new RemoteAnswer(1, RemoteAnswerKind.Applied, RespValue.SimpleString(text))));
            AssertIsProtobuf(Answers(new RemoteAnswer(1, RemoteAnswerKind.Rejected, Message: text, ServerError: "x")));
        }
    }

    [Fact]
    public void A_command_that_cannot_be_written_costs_the_others_in_its_frame_nothing()
    {
        var (before, broken, after) = (new RedisCommand("GET", "a"), new RedisCommand("GET", "b") { Delivery = (DeliveryMode)99 }, new RedisCommand("SET", "c", "d"));

        var frame = Travel(Commands(before, broken, after));

        Assert.Equal([before, null, after], frame.Requests.Select(request => request.Command));
        Assert.Contains("no delivery mode 99", frame.Requests[1].Error);
    }

    [Fact]
    public void A_command_that_cannot_be_read_costs_the_others_in_its_frame_nothing()
    {
        var wire = new Form.CommandFrame { Number = 1 };
        wire.Requests.Add(new Form.RemoteRequest { Attempt = 1, Command = new() { Name = "GET", Delivery = (Form.Delivery)99 } });
        wire.Requests.Add(new Form.RemoteRequest { Attempt = 2, Command = new() { Name = string.Empty } });
        wire.Requests.Add(new Form.RemoteRequest { Attempt = 3, Command = new() { Name = "PING" } });

        var frame = Read<CommandFrame>("BC", wire);

        Assert.Equal([null, null, new RedisCommand("PING")], frame.Requests.Select(request => request.Command));
        Assert.Contains("delivery mode (99)", frame.Requests[0].Error);
        Assert.Equal([1, 2, 3], frame.Requests.Select(request => request.Attempt));
    }

    [Fact]
    public void A_reply_that_cannot_be_read_costs_the_others_in_its_frame_nothing()
    {
        var wire = new Form.AnswerFrame { Number = 1 };
        wire.Answers.Add(new Form.RemoteAnswer { Attempt = 1, Kind = Form.RemoteAnswerKind.RemoteAnswerApplied, Value = new() { Kind = (Form.ValueKind)99 } });
        wire.Answers.Add(new Form.RemoteAnswer { Attempt = 2, Kind = (Form.RemoteAnswerKind)99 });

        var frame = Read<AnswerFrame>("BA", wire);

        Assert.Contains("kind (99)", frame.Answers[0].Value.ToString());
        Assert.Equal(RemoteAnswerKind.Unknown, frame.Answers[1].Kind);
    }

    [Fact]
    public void A_field_that_was_added_is_passed_over()
    {
        var (commands, answers) = (Commands(new RedisCommand("GET", "a")), Answers(new RemoteAnswer(1, RemoteAnswerKind.Applied, RespValue.Integer(5))));
        foreach (var frame in new object[] { commands, answers })
        {
            // A number, eight bytes, text, four bytes: fields 100 to 103.
            byte[] added = [.. Serializer.ToBinary(frame), 0xa0, 6, 1, 0xa9, 6, 1, 2, 3, 4, 5, 6, 7, 8, 0xb2, 6, 1, 65, 0xbd, 6, 1, 2, 3, 4];

            SameMessage.Assert(frame, Serializer.FromBinary(added, Serializer.Manifest(frame)));
        }
    }

    private static CommandFrame Commands(params RedisCommand[] commands) =>
        new(1, 2, 3, 4, false, [.. commands.Select((command, i) => new RemoteRequest(i + 1, 5, command))]);

    private static AnswerFrame Answers(RemoteAnswer answer) => new(1, 2, 3, 4, true, 5, RemoteServing.Ready, [answer]);

    private void AssertIsProtobuf(object frame)
    {
        var bytes = Serializer.ToBinary(frame);
        IMessage wire = frame is CommandFrame ? Form.CommandFrame.Parser.ParseFrom(bytes) : Form.AnswerFrame.Parser.ParseFrom(bytes);
        Assert.True(bytes.AsSpan().SequenceEqual(wire.ToByteArray()), $"{frame}");
        SameMessage.Assert(frame, Serializer.FromBinary(bytes, Serializer.Manifest(frame)));
    }
}
