using System.Runtime.Serialization;

namespace RedisActors.Wire;

/// <summary>Changes of a connection's state, and the status that holds the last one.</summary>
internal static class EventForm
{
    public static Form.ConnectionEvent ToWire(RedisConnectionEvent change)
    {
        var wire = new Form.ConnectionEvent
        {
            Connection = change.Connection,
            Epoch = change.Epoch,
            Endpoint = change.Endpoint,
            Lane = change.Lane,
        };
        switch (change)
        {
            case RedisConnecting connecting:
                wire.Connecting = new() { Attempt = connecting.Attempt };
                break;
            case RedisReady ready:
                wire.Ready = new()
                {
                    ClientId = ready.ClientId, Away = ready.Away.Ticks, Stashed = ready.Stashed, Replayed = ready.Replayed,
                };
                if (ready.ClientAddress is { } address) wire.Ready.ClientAddress = address;
                break;
            case RedisLost lost:
                wire.Lost = new() { Cause = lost.Cause };
                break;
            case RedisBackingOff waiting:
                wire.BackingOff = new()
                {
                    Attempt = waiting.Attempt, Delay = waiting.Delay.Ticks, Cause = waiting.Cause, Misconfigured = waiting.Misconfigured,
                };
                break;
            case RedisGaveUp gaveUp:
                wire.GaveUp = new() { Cause = gaveUp.Cause };
                break;
            case RedisSuspended suspended:
                wire.Suspended = new() { Cause = suspended.Cause };
                break;
            default:
                throw new SerializationException($"{change.GetType()} has no wire form");
        }

        return wire;
    }

    public static RedisConnectionEvent FromWire(Form.ConnectionEvent wire)
    {
        var (connection, epoch, endpoint) = (wire.Connection, wire.Epoch, wire.Endpoint);
        RedisConnectionEvent change = wire.ChangeCase switch
        {
            Form.ConnectionEvent.ChangeOneofCase.Connecting =>
                new RedisConnecting(connection, epoch, endpoint, wire.Connecting.Attempt),
            Form.ConnectionEvent.ChangeOneofCase.Ready =>
                new RedisReady(connection, epoch, endpoint, wire.Ready.ClientId, TimeSpan.FromTicks(wire.Ready.Away))
                {
                    Stashed = wire.Ready.Stashed,
                    Replayed = wire.Ready.Replayed,
                    ClientAddress = wire.Ready.HasClientAddress ? wire.Ready.ClientAddress : null,
                },
            Form.ConnectionEvent.ChangeOneofCase.Lost => new RedisLost(connection, epoch, endpoint, wire.Lost.Cause),
            Form.ConnectionEvent.ChangeOneofCase.BackingOff =>
                new RedisBackingOff(
                    connection, epoch, endpoint, wire.BackingOff.Attempt, TimeSpan.FromTicks(wire.BackingOff.Delay), wire.BackingOff.Cause)
                {
                    Misconfigured = wire.BackingOff.Misconfigured,
                },
            Form.ConnectionEvent.ChangeOneofCase.GaveUp => new RedisGaveUp(connection, epoch, endpoint, wire.GaveUp.Cause),
            Form.ConnectionEvent.ChangeOneofCase.Suspended => new RedisSuspended(connection, epoch, endpoint, wire.Suspended.Cause),
            _ => throw new SerializationException("it tells of a change of state that this version does not know"),
        };
        return change with { Lane = wire.Lane };
    }

    public static Form.ConnectionStatus ToWire(RedisStatus status) => new()
    {
        State = status.State is null ? null : ToWire(status.State),
        InFlight = status.InFlight,
        Stashed = status.Stashed,
    };

    public static RedisStatus FromWire(Form.ConnectionStatus wire) =>
        new(wire.State is null ? null : FromWire(wire.State), wire.InFlight, wire.Stashed);
}
