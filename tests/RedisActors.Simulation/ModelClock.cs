using System.Diagnostics;
using RedisActors.Connection;

namespace RedisActors.Simulation;

/// <summary>
/// The clock of a server, which may be set forward; and whether exactly-once commands come from another node, with a token and a deadline,
/// after which a third node may have run them and their tokens may have expired. It has its own chance, so that other schedules are what
/// they were without it.
/// </summary>
internal sealed class ModelClock
{
    private readonly Chance _chance;
    private readonly VirtualTime _time;
    private readonly bool _hasRemote;
    private long _ahead;

    public ModelClock(int seed, VirtualTime time)
    {
        _chance = new Chance(unchecked((seed * 31) + 7));
        _time = time;
        _hasRemote = _chance.Of(0.25);
        _ahead = 1_700_000_000_000 + _chance.Between(0, 1_000_000);
        Steps = _hasRemote && _chance.Of(0.5) ? _chance.Between(1, 2) : 0;
    }

    /// <summary>How many times it is set forward.</summary>
    public int Steps { get; }

    /// <summary>In milliseconds since 1970.</summary>
    public long Now => _time.NowMilliseconds + _ahead;

    /// <summary>When it is set forward next, within this time.</summary>
    public long Moment(long span) => _chance.Spread(0, span / 1000.0);

    public void Step() => _ahead += _chance.Between(10, 10_000);

    /// <summary>What the server says of it at this moment.</summary>
    public ServerClock Say()
    {
        var moment = Timestamp(_time);
        return new ServerClock(DateTimeOffset.FromUnixTimeMilliseconds(Now), moment, moment);
    }

    /// <summary>A command as it arrives: where it comes from another node, with what that has given it.</summary>
    public TrackedCommand Arriving(TrackedCommand tracked)
    {
        if (!_hasRemote || tracked.Mode != DeliveryMode.ExactlyOnce) return tracked;
        tracked.Command = tracked.Command with
        {
            IdempotencyKey = tracked.Command.IdempotencyKey ?? $"remote-{tracked.Number}",
            Deadline = _time.NowMilliseconds + _chance.Between(5, 2000),
        };
        return tracked;
    }

    /// <summary>The time of the simulation as a timestamp of a <see cref="Stopwatch"/>.</summary>
    public static long Timestamp(VirtualTime time) => time.Now * (Stopwatch.Frequency / 1_000_000);
}
