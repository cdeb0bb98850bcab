using RedisActors.Supervision;
using RedisActors.Sessions;

namespace RedisActors.AspNetCore;

/// <summary>
/// Remembers what the page shows: the state of each lane, the last outages and the last five minutes in samples. It has no clock; whoever
/// tells it something says when that was. Bounded, whatever it is told. From any thread.
/// </summary>
internal sealed class PageRecorder
{
    public const int MostSamples = 300;
    public const int MostOutages = 50;
    public const int MostLanes = 2048;
    public const int MostText = 500;

    /// <summary>How long a lane is shown that is not measured: one that starts is announced before it is measured.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private long _lastSample;

    /// <summary>Shows a connection, also before anything is known of it.</summary>
    public void Add(string connection, DateTimeOffset at)
    {
        lock (_gate) _ = _connections.TryAdd(connection, new Connection(at));
    }

    /// <summary>What the RedisActor says of all its lanes together.</summary>
    public void Told(string connection, RedisConnectionEvent? state, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (!_connections.TryGetValue(connection, out var known) || state is null) return;
            known.Enter(WordOf(state), at);
            known.Cause = state is RedisReady ? null : Short(ConnectionFollower.CauseOf(state)) ?? known.Cause;
        }
    }

    /// <summary>A connection's actors have stopped.</summary>
    public void Stopped(string connection, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (!_connections.TryGetValue(connection, out var known)) return;
            known.Enter("stopped", at);
            foreach (var lane in known.Lanes.Keys) known.EndOutage(lane, at);
            known.Lanes.Clear();
        }
    }

    /// <summary>The state of a lane has changed.</summary>
    public void Changed(RedisConnectionEvent change, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (!_connections.TryGetValue(change.Connection, out var known) || known.LaneOf(change.Lane, at) is not { } lane) return;
            lane.Enter(WordOf(change), at);
            lane.Endpoint = Short(change.Endpoint);
            lane.Epoch = change.Epoch;
            lane.NextTry = change is RedisBackingOff away ? at + away.Delay : null;
            lane.Attempt = change switch
            {
                RedisConnecting connecting => connecting.Attempt,
                RedisBackingOff backingOff => backingOff.Attempt,
                _ => null,
            };
            lane.Cause = change is RedisReady ? null : Short(ConnectionFollower.CauseOf(change)) ?? lane.Cause;
            if (change is RedisReady) known.EndOutage(change.Lane, at);
            else if (ConnectionFollower.CauseOf(change) is { } cause) known.BeginOutage(change.Lane, Short(cause)!, at);
            else known.CountAttempt(change.Lane);
        }
    }

    /// <summary>The state of a session has changed; more is not told of it.</summary>
    public void SessionChanged(string connection, int number, string state, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_connections.TryGetValue(connection, out var known)) known.LaneOf(number, at)?.Enter(state, at);
        }
    }

    /// <summary>Adds a sample to each connection, and forgets lanes that are not measured any more.</summary>
    /// <param name="at">The moment.</param>
    /// <param name="interval">The time since the last sample.</param>
    /// <param name="levels">Each lane that is measured.</param>
    /// <param name="tallies">How commands ended since the last sample.</param>
    public void Sample(
        DateTimeOffset at, TimeSpan interval, IReadOnlyCollection<LaneLevel> levels, IReadOnlyDictionary<string, CommandTally.Taken> tallies)
    {
        lock (_gate)
        {
            _lastSample++;
            var seconds = Math.Max(interval.TotalSeconds, 0.001);
            foreach (var (name, known) in _connections)
            {
                var measured = levels.Where(level => level.Connection == name).ToList();
                foreach (var level in measured)
                {
                    if (known.LaneOf(level.Lane, at) is not { } lane) continue;
                    (lane.InFlight, lane.Stashed, lane.Measured) = (level.InFlight, level.Stashed, at);
                }

                foreach (var (number, _) in known.Lanes.Where(lane => at - lane.Value.Measured > Patience).ToList())
                {
                    known.Lanes.Remove(number);
                    known.EndOutage(number, at);
                }

                var tally = tallies.GetValueOrDefault(name);
                known.Samples.Enqueue((_lastSample, new SampleView(
                    at.ToUnixTimeMilliseconds(),
                    Rate(tally?.Applied),
                    Rate(tally?.Rejected),
                    Rate(tally?.NotSent),
                    Rate(tally?.Unknown),
                    measured.Sum(level => level.InFlight),
                    measured.Sum(level => level.Stashed),
                    tally?.Median,
                    tally?.P95)));
                while (known.Samples.Count > MostSamples) known.Samples.Dequeue();
            }

            double Rate(long? count) => Math.Round((count ?? 0) / seconds, 1);
        }
    }

    /// <summary>What is known.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="afterSample">The last sample that the reader has; 0: none.</param>
    public PageView View(DateTimeOffset now, long afterSample = 0)
    {
        lock (_gate)
        {
            return new PageView(now.ToUnixTimeMilliseconds(), _lastSample, [.. _connections.Select(pair => pair.Value.View(pair.Key, afterSample))]);
        }
    }

    public static string WordOf(RedisConnectionEvent state) => state switch
    {
        RedisConnecting => "connecting",
        RedisReady => "ready",
        RedisLost => "lost",
        RedisBackingOff { Misconfigured: true } => "misconfigured",
        RedisBackingOff => "backing-off",
        RedisSuspended => "suspended",
        _ => "gave-up",
    };

    /// <summary>A server's words may be of any length.</summary>
    private static string? Short(string? text) => text is { Length: > MostText } ? text[..MostText] + "…" : text;

    internal readonly record struct LaneLevel(string Connection, int Lane, int InFlight, int Stashed);

    private class Stateful(DateTimeOffset since)
    {
        public string State { get; private set; } = "starting";

        public DateTimeOffset Since { get; private set; } = since;

        public string? Cause { get; set; }

        public void Enter(string state, DateTimeOffset at)
        {
            if (state == State) return;
            (State, Since) = (state, at);
        }
    }

    private sealed class Lane(DateTimeOffset at) : Stateful(at)
    {
        public string? Endpoint { get; set; }

        public long? Epoch { get; set; }

        public int? Attempt { get; set; }

        public DateTimeOffset? NextTry { get; set; }

        public int InFlight { get; set; }

        public int Stashed { get; set; }

        public DateTimeOffset Measured { get; set; } = at;
    }

    private sealed class Connection(DateTimeOffset at) : Stateful(at)
    {
        private readonly List<OutageView> _outages = [];

        public SortedDictionary<int, Lane> Lanes { get; } = [];

        public Queue<(long Number, SampleView Sample)> Samples { get; } = [];

        public Lane? LaneOf(int number, DateTimeOffset at)
        {
            if (Lanes.TryGetValue(number, out var lane)) return lane;
            if (Lanes.Count >= MostLanes) return null;
            return Lanes[number] = new Lane(at);
        }

        public void BeginOutage(int lane, string cause, DateTimeOffset at)
        {
            if (Open(lane) >= 0) return;
            _outages.Add(new OutageView(lane, at.ToUnixTimeMilliseconds(), null, cause, 0));
            if (_outages.Count > MostOutages) _outages.RemoveAt(0);
        }

        public void CountAttempt(int lane)
        {
            if (Open(lane) is var open and >= 0) _outages[open] = _outages[open] with { Attempts = _outages[open].Attempts + 1 };
        }

        public void EndOutage(int lane, DateTimeOffset at)
        {
            if (Open(lane) is var open and >= 0) _outages[open] = _outages[open] with { To = at.ToUnixTimeMilliseconds() };
        }

        public ConnectionView View(string name, long afterSample) => new(
            name,
            State,
            Since.ToUnixTimeMilliseconds(),
            Cause,
            [.. Lanes.Select(pair => View(pair.Key, pair.Value))],
            [.. _outages],
            [.. Samples.Where(sample => sample.Number > afterSample).Select(sample => sample.Sample)]);

        private static LaneView View(int number, Lane lane) => new(
            number,
            number > RedisSessions.FirstLane ? number - RedisSessions.FirstLane : null,
            lane.State,
            lane.Since.ToUnixTimeMilliseconds(),
            lane.Endpoint,
            lane.Epoch,
            lane.Attempt,
            lane.NextTry?.ToUnixTimeMilliseconds(),
            lane.Cause,
            lane.InFlight,
            lane.Stashed);

        private int Open(int lane) => _outages.FindIndex(outage => outage.Lane == lane && outage.To is null);
    }
}
