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
        MessageForm.Of<CommandFrame, Form.CommandFrame>("BC", Form.CommandFrame.Parser, ToWire, FromWire),
        MessageForm.Of<AnswerFrame, Form.AnswerFrame>("BA", Form.AnswerFrame.Parser, ToWire, FromWire),
        MessageForm.Of<EndClients, Form.EndClients>("BE", Form.EndClients.Parser, ToWire, FromWire),
        MessageForm.Of<ClientsEnded, Form.ClientsEnded>("BD", Form.ClientsEnded.Parser, ToWire, FromWire),
    ];

    private Form.CommandFrame ToWire(CommandFrame frame)
    {
        var wire = new Form.CommandFrame
        {
            Session = frame.Session, Number = frame.Number, Sent = frame.Sent, Taken = frame.Taken, Missing = frame.IsMissing,
            StartUntil = frame.StartUntil,
        };
        wire.Requests.Capacity = frame.Requests.Length;
        foreach (var request in frame.Requests) wire.Requests.Add(ToWire(request));
        return wire;
    }

    private CommandFrame FromWire(Form.CommandFrame wire)
    {
        var requests = new RemoteRequest[wire.Requests.Count];
        for (var i = 0; i < requests.Length; i++) requests[i] = FromWire(wire.Requests[i]);
        return new CommandFrame(wire.Session, wire.Number, wire.Sent, wire.Taken, wire.Missing, requests) { StartUntil = wire.StartUntil };
    }

    private Form.RemoteRequest ToWire(in RemoteRequest request)
    {
        var wire = new Form.RemoteRequest { Attempt = request.Attempt, Until = request.Until == long.MaxValue ? 0 : request.Until };
        try
        {
            if (request.Command is { } command) wire.Command = commands.ToWire(command);
            else wire.Error = request.Error ?? string.Empty;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            wire.Error = $"it cannot be written for another node: {error.Message}";
        }

        return wire;
    }

    private RemoteRequest FromWire(Form.RemoteRequest wire)
    {
        var until = wire.Until == 0 ? long.MaxValue : wire.Until;
        if (wire.Command is null) return new RemoteRequest(wire.Attempt, until, null, wire.Error);
        try
        {
            return new RemoteRequest(wire.Attempt, until, commands.FromWire(wire.Command));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new RemoteRequest(wire.Attempt, until, null, $"the node that serves cannot read it: {error.Message}");
        }
    }

    private static Form.AnswerFrame ToWire(AnswerFrame frame)
    {
        var wire = new Form.AnswerFrame
        {
            Session = frame.Session,
            Number = frame.Number,
            Sent = frame.Sent,
            Taken = frame.Taken,
            Missing = frame.IsMissing,
            Clock = frame.Clock,
            Serving = (Form.RemoteServing)frame.Serving,
        };
        wire.Answers.Capacity = frame.Answers.Length;
        foreach (var answer in frame.Answers)
        {
            var item = new Form.RemoteAnswer { Attempt = answer.Attempt, Kind = (Form.RemoteAnswerKind)answer.Kind };
            if (answer.Kind == RemoteAnswerKind.Applied) item.Value = ToWire(answer.Value);
            if (answer.Message is { } message) item.Message = message;
            if (answer.ServerError is { } error) item.ServerError = error;
            wire.Answers.Add(item);
        }

        wire.Clients.AddRange(frame.Clients.Select(ToWire));
        return wire;
    }

    private static AnswerFrame FromWire(Form.AnswerFrame wire)
    {
        var answers = new RemoteAnswer[wire.Answers.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var item = wire.Answers[i];
            answers[i] = new RemoteAnswer(
                item.Attempt,
                KindOf(item),
                item.Value is null ? default : FromWire(item.Value),
                item.HasMessage ? item.Message : null,
                item.HasServerError ? item.ServerError : null);
        }

        return new AnswerFrame(wire.Session, wire.Number, wire.Sent, wire.Taken, wire.Missing, wire.Clock, ServingOf(wire), answers)
        {
            Clients = [.. wire.Clients.Select(FromWire)],
        };
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

    private static Form.Value ToWire(in RespValue value)
    {
        try
        {
            return ValueForm.ToWire(value);
        }
        catch (SerializationException error)
        {
            return ValueForm.ToWire(RespValue.Error($"the server answered, and its reply cannot be written for another node: {error.Message}"));
        }
    }

    private static RespValue FromWire(Form.Value wire)
    {
        try
        {
            return ValueForm.FromWire(wire);
        }
        catch (SerializationException error)
        {
            return RespValue.Error($"the server answered, and this node cannot read the reply: {error.Message}");
        }
    }

    // What a later version says in words that this one does not know says nothing to it.
    private static RemoteAnswerKind KindOf(Form.RemoteAnswer wire) =>
        Enum.IsDefined((RemoteAnswerKind)wire.Kind) ? (RemoteAnswerKind)wire.Kind : RemoteAnswerKind.Unknown;

    private static RemoteServing ServingOf(Form.AnswerFrame wire) =>
        Enum.IsDefined((RemoteServing)wire.Serving) ? (RemoteServing)wire.Serving : RemoteServing.Ready;
}
