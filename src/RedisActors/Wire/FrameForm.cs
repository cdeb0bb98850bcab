using System.Runtime.Serialization;
using RedisActors.Connection;

namespace RedisActors.Wire;

/// <summary>
/// Commands and answers between a <c>RemoteRedis</c> and a node that serves it. What cannot be written or read costs nobody else in its frame
/// anything.
/// </summary>
internal sealed class FrameForm(CommandForm commands)
{
    public MessageForm[] All() =>
    [
        MessageForm.Of<CommandFrame>("BC", Write, ReadCommands),
        MessageForm.Of<AnswerFrame>("BA", Write, ReadAnswers),
        MessageForm.Of<EndClients, Form.EndClients>("BE", Form.EndClients.Parser, ToWire, FromWire),
        MessageForm.Of<ClientsEnded, Form.ClientsEnded>("BD", Form.ClientsEnded.Parser, ToWire, FromWire),
    ];

    private void Write(FormWriter writer, CommandFrame frame)
    {
        Head.Write(writer, frame.Session, frame.Number, frame.Sent, frame.Taken, frame.IsMissing);
        foreach (ref readonly var request in frame.Requests.AsSpan()) Write(writer, request);
        writer.Signed(7, frame.StartUntil);
        writer.Number(8, frame.KeepsUpTo);
    }

    private CommandFrame ReadCommands(FormReader wire)
    {
        var (requests, count) = (new RemoteRequest[wire.Count(6)], 0);
        var (head, startUntil, keepsUpTo) = (new Head(), 0L, 0L);
        while (wire.Next())
        {
            if (head.TryRead(ref wire)) continue;
            switch (wire.Tag)
            {
                case (6, FormReader.Content):
                    requests[count++] = ReadRequest(wire.Message());
                    break;
                case (7, FormReader.Varint):
                    startUntil = wire.Signed();
                    break;
                case (8, FormReader.Varint):
                    keepsUpTo = wire.Number();
                    break;
                default:
                    wire.Skip();
                    break;
            }
        }

        return new CommandFrame(head.Session, head.Number, head.Sent, head.Taken, head.IsMissing, requests) { StartUntil = startUntil, KeepsUpTo = keepsUpTo };
    }

    private void Write(FormWriter writer, in RemoteRequest request)
    {
        var start = writer.Begin(6, request.Command is { ArgumentArray: [.., var last] } ? 64 + last.GetByteCount() : 64);
        writer.Number(1, request.Attempt);
        writer.Signed(2, request.Until == long.MaxValue ? 0 : request.Until);
        var position = writer.Position;
        try
        {
            if (request.Command is { } command) commands.Write(writer, 3, command);
            else writer.Text(4, request.Error ?? string.Empty);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            writer.Rewind(position);
            writer.Text(4, $"it cannot be written for another node: {error.Message}");
        }

        writer.Flag(5, request.TokenMayGo);
        writer.End(start);
    }

    private RemoteRequest ReadRequest(FormReader wire)
    {
        var (attempt, until, error, tokenMayGo) = (0L, 0L, string.Empty, false);
        FormReader? command = null;
        while (wire.Next())
        {
            switch (wire.Tag)
            {
                case (1, FormReader.Varint):
                    attempt = wire.Number();
                    break;
                case (2, FormReader.Varint):
                    until = wire.Signed();
                    break;
                case (3, FormReader.Content):
                    command = wire.Message();
                    break;
                case (4, FormReader.Content):
                    error = wire.Text();
                    break;
                case (5, FormReader.Varint):
                    tokenMayGo = wire.Flag();
                    break;
                default:
                    wire.Skip();
                    break;
            }
        }

        if (until == 0) until = long.MaxValue;
        if (command is not { } found) return new RemoteRequest(attempt, until, null, error);
        try
        {
            return new RemoteRequest(attempt, until, commands.Read(found), TokenMayGo: tokenMayGo);
        }
        catch (Exception damage) when (damage is not OutOfMemoryException)
        {
            return new RemoteRequest(attempt, until, null, $"the node that serves cannot read it: {damage.Message}");
        }
    }

    private static void Write(FormWriter writer, AnswerFrame frame)
    {
        Head.Write(writer, frame.Session, frame.Number, frame.Sent, frame.Taken, frame.IsMissing);
        writer.Signed(6, frame.Clock);
        writer.Number(7, (int)frame.Serving);
        foreach (ref readonly var answer in frame.Answers.AsSpan()) Write(writer, answer);
        foreach (var client in frame.Clients) writer.Message(9, ToWire(client));
    }

    private static AnswerFrame ReadAnswers(FormReader wire)
    {
        var (answers, count) = (new RemoteAnswer[wire.Count(8)], 0);
        var (clients, client) = (new ClientIdentity[wire.Count(9)], 0);
        var (head, clock, serving) = (new Head(), 0L, 0);
        while (wire.Next())
        {
            if (head.TryRead(ref wire)) continue;
            switch (wire.Tag)
            {
                case (6, FormReader.Varint):
                    clock = wire.Signed();
                    break;
                case (7, FormReader.Varint):
                    serving = (int)wire.Number();
                    break;
                case (8, FormReader.Content):
                    answers[count++] = ReadAnswer(wire.Message());
                    break;
                case (9, FormReader.Content):
                    clients[client++] = FromWire(Form.Client.Parser.ParseFrom(wire.Bytes().Span));
                    break;
                default:
                    wire.Skip();
                    break;
            }
        }

        return new AnswerFrame(head.Session, head.Number, head.Sent, head.Taken, head.IsMissing, clock, ServingOf(serving), answers) { Clients = clients };
    }

    private static void Write(FormWriter writer, in RemoteAnswer answer)
    {
        var start = writer.Begin(8, answer.Value.Kind == RespKind.BulkString ? 24 + answer.Value.AsRedisValue().GetByteCount() : 24);
        writer.Number(1, answer.Attempt);
        writer.Number(2, (int)answer.Kind);
        if (answer.Kind == RemoteAnswerKind.Applied) Write(writer, answer.Value);
        writer.Optional(4, answer.Message);
        writer.Optional(5, answer.ServerError);
        writer.End(start);
    }

    private static RemoteAnswer ReadAnswer(FormReader wire)
    {
        var (attempt, kind, value) = (0L, 0, RespValue.Null);
        var (message, serverError) = ((string?)null, (string?)null);
        while (wire.Next())
        {
            switch (wire.Tag)
            {
                case (1, FormReader.Varint):
                    attempt = wire.Number();
                    break;
                case (2, FormReader.Varint):
                    kind = (int)wire.Number();
                    break;
                case (3, FormReader.Content):
                    value = ReadValue(wire.Message());
                    break;
                case (4, FormReader.Content):
                    message = wire.Text();
                    break;
                case (5, FormReader.Content):
                    serverError = wire.Text();
                    break;
                default:
                    wire.Skip();
                    break;
            }
        }

        return new RemoteAnswer(attempt, KindOf(kind), value, message, serverError);
    }

    private static Form.EndClients ToWire(EndClients message)
    {
        var wire = new Form.EndClients { Number = message.Number };
        wire.Clients.AddRange(message.Clients.Select(ToWire));
        return wire;
    }

    private static EndClients FromWire(Form.EndClients wire) => new(wire.Number, [.. wire.Clients.Select(FromWire)]);

    private static Form.ClientsEnded ToWire(ClientsEnded message)
    {
        var wire = new Form.ClientsEnded { Number = message.Number };
        if (message.WhyNot is { } why) wire.WhyNot = why;
        return wire;
    }

    private static ClientsEnded FromWire(Form.ClientsEnded wire) => new(wire.Number, wire.HasWhyNot ? wire.WhyNot : null);

    private static Form.Client ToWire(ClientIdentity client) => new() { Id = client.Id, Address = client.Address ?? string.Empty };

    private static ClientIdentity FromWire(Form.Client wire) => new(wire.Id, wire.Address.Length == 0 ? null : wire.Address);

    private static void Write(FormWriter writer, in RespValue value)
    {
        var position = writer.Position;
        try
        {
            ValueForm.Write(writer, 3, value);
        }
        catch (SerializationException error)
        {
            writer.Rewind(position);
            ValueForm.Write(writer, 3, RespValue.Error($"the server answered, and its reply cannot be written for another node: {error.Message}"));
        }
    }

    private static RespValue ReadValue(FormReader wire)
    {
        try
        {
            return ValueForm.Read(wire);
        }
        catch (SerializationException error)
        {
            return RespValue.Error($"the server answered, and this node cannot read the reply: {error.Message}");
        }
    }

    // What a later version says in words that this one does not know says nothing to it.
    private static RemoteAnswerKind KindOf(int kind) =>
        kind is >= 0 and <= (int)RemoteAnswerKind.Returned ? (RemoteAnswerKind)kind : RemoteAnswerKind.Unknown;

    private static RemoteServing ServingOf(int serving) =>
        serving is >= 0 and <= (int)RemoteServing.Lapsed ? (RemoteServing)serving : RemoteServing.Ready;

    /// <summary>The fields with which both kinds of frames begin.</summary>
    private struct Head
    {
        public long Session;
        public long Number;
        public long Sent;
        public long Taken;
        public bool IsMissing;

        public static void Write(FormWriter writer, long session, long number, long sent, long taken, bool isMissing)
        {
            writer.Number(1, session);
            writer.Number(2, number);
            writer.Number(3, sent);
            writer.Number(4, taken);
            writer.Flag(5, isMissing);
        }

        /// <summary>Reads the field, if it is one of these.</summary>
        public bool TryRead(ref FormReader wire)
        {
            switch (wire.Tag)
            {
                case (1, FormReader.Varint):
                    Session = wire.Number();
                    return true;
                case (2, FormReader.Varint):
                    Number = wire.Number();
                    return true;
                case (3, FormReader.Varint):
                    Sent = wire.Number();
                    return true;
                case (4, FormReader.Varint):
                    Taken = wire.Number();
                    return true;
                case (5, FormReader.Varint):
                    IsMissing = wire.Flag();
                    return true;
                default:
                    return false;
            }
        }
    }
}
