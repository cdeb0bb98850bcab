using System.Collections.Immutable;

namespace RedisActors.Wire;

/// <summary>The messages of a <see cref="RedisStreamConsumer"/> on the wire.</summary>
internal static class ConsumerForm
{
    public static IReadOnlyList<MessageForm> All { get; } =
    [
        MessageForm.Of<RedisStreamEntry, Form.StreamEntry>("RE", Form.StreamEntry.Parser, ToWire, FromWire),
        MessageForm.Of<AcknowledgeStreamEntry, Form.StreamAnswer>(
            "RA", Form.StreamAnswer.Parser, message => new() { Id = message.Id }, wire => new(wire.Id)),
        MessageForm.Of<FailStreamEntry, Form.StreamAnswer>(
            "RF", Form.StreamAnswer.Parser, message => new() { Id = message.Id, Reason = message.Reason }, wire => new(wire.Id, wire.Reason)),
        MessageForm.Of("RQ", StopConsuming.Instance),
        MessageForm.Of("GC", GetStreamConsumerStatus.Instance),
        MessageForm.Of<StreamConsumerStatus, Form.ConsumerStatus>("RS", Form.ConsumerStatus.Parser, ToWire, FromWire),
    ];

    private static Form.StreamEntry ToWire(RedisStreamEntry entry)
    {
        var wire = new Form.StreamEntry { Stream = entry.Stream, Group = entry.Group, Id = entry.Id, Deliveries = entry.Deliveries };
        foreach (var (field, value) in entry.Fields)
        {
            wire.Fields.Add(ValueForm.ToWire(field));
            wire.Fields.Add(ValueForm.ToWire(value));
        }

        return wire;
    }

    private static RedisStreamEntry FromWire(Form.StreamEntry wire)
    {
        var fields = RespValue.Array([.. wire.Fields.Select(ValueForm.FromWire)]).AsPairs();
        return new(wire.Stream, wire.Group, wire.Id, fields, wire.Deliveries);
    }

    private static Form.ConsumerStatus ToWire(StreamConsumerStatus status)
    {
        var wire = new Form.ConsumerStatus
        {
            Stream = status.Stream,
            Group = status.Group,
            Consumer = status.Consumer,
            InHand = status.InHand,
            Acknowledged = status.Acknowledged,
            Failed = status.Failed,
            TakenOver = status.TakenOver,
            DeadLettered = status.DeadLettered,
        };
        if (status.Pending is { } pending) wire.Pending = pending;
        if (status.Lag is { } lag) wire.Lag = lag;
        return wire;
    }

    private static StreamConsumerStatus FromWire(Form.ConsumerStatus wire) => new(
        wire.Stream,
        wire.Group,
        wire.Consumer,
        wire.InHand,
        wire.HasPending ? wire.Pending : null,
        wire.HasLag ? wire.Lag : null,
        wire.Acknowledged,
        wire.Failed,
        wire.TakenOver,
        wire.DeadLettered);
}
