using RedisActors.Locks;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>
/// Contenders for one lease in virtual time: requests and replies that are late, lost or overtake each other, clocks of different speeds,
/// contenders that pause for longer than the time to live, and a server that restarts with all, some or none of its data. What each
/// contender relies on is decided by <see cref="LeaseState"/>.
/// </summary>
internal sealed class LeaseSimulation
{
    private const double TimeToLive = 10;
    private const double Duration = 2000;

    private readonly Random _chance;
    private readonly PriorityQueue<Action, double> _events = new();
    private readonly ModelLeaseServer _server;
    private readonly Contender[] _contenders;
    private readonly double _serverRate;
    private double _now;
    private long _lastToken;

    private LeaseSimulation(int seed, double margin, bool waitsAfterLoss)
    {
        _chance = new Random(seed);
        _server = new ModelLeaseServer(TimeToLive, waitsAfterLoss);
        _serverRate = Rate();
        var times = new LeaseTimes(Span(TimeToLive), Span(TimeToLive * (1 - margin)), Span(TimeToLive / 5));
        _contenders = [.. Enumerable.Range(0, 3).Select(number => new Contender(this, number, times))];
        foreach (var contender in _contenders) At(_chance.NextDouble(), contender.Act);
        At(_chance.NextDouble() * 50, Disaster);
    }

    public List<string> Violations { get; } = [];

    public int Grants { get; private set; }

    public static LeaseSimulation Run(int seed, double margin = 0.1, bool waitsAfterLoss = true)
    {
        var simulation = new LeaseSimulation(seed, margin, waitsAfterLoss);
        while (simulation._events.TryDequeue(out var next, out var at) && at < Duration)
        {
            simulation._now = at;
            next();
        }

        return simulation;
    }

    private static TimeSpan Span(double seconds) => TimeSpan.FromSeconds(seconds);

    private double Rate() => 0.96 + (_chance.NextDouble() * 0.08);

    private void At(double delay, Action action) => _events.Enqueue(action, _now + delay);

    /// <summary>Mostly short, at times far longer than a time to live.</summary>
    private double Late() => _chance.NextDouble() < 0.8 ? _chance.NextDouble() * 0.2 : _chance.NextDouble() * TimeToLive * 2;

    private void Disaster()
    {
        switch (_chance.Next(5))
        {
            case 0:
                _server.Save();
                break;
            case 1:
                _server.Empty();
                break;
            default:
                _server.Restart((ModelLeaseServer.Loss)_chance.Next(3));
                break;
        }

        At(_chance.NextDouble() * 60, Disaster);
    }

    private void Ask(Contender asker, Func<double, Action> execute)
    {
        if (_chance.NextDouble() < 0.1) return;
        At(Late(), () =>
        {
            var answer = execute(_now * _serverRate);
            if (_chance.NextDouble() >= 0.1) At(Late(), () => asker.WhenAwake(answer));
        });
    }

    private void Relies(Contender winner, long token)
    {
        Grants++;
        if (_contenders.FirstOrDefault(other => other != winner && other.Holds) is { } other)
        {
            Violations.Add($"at {_now:F3} contender {winner.Number} has token {token} while contender {other.Number} holds the lease");
        }

        if (token <= _lastToken) Violations.Add($"at {_now:F3} token {token} after {_lastToken}");
        _lastToken = token;
    }

    private sealed class Contender(LeaseSimulation world, int number, LeaseTimes times)
    {
        private readonly LeaseState _state = new(times);
        private readonly double _rate = world.Rate();
        private readonly double _offset = world._chance.NextDouble() * 1000;
        private double _asleepUntil;
        private int _attempts;

        public int Number => number;

        public bool Holds => _state.HeldAt(Now) is not null;

        private TimeSpan Now => Span(_offset + (world._now * _rate));

        public void Act()
        {
            if (world._chance.NextDouble() < 0.01) _asleepUntil = world._now + (world._chance.NextDouble() * TimeToLive * 2);
            if (world._now >= _asleepUntil) Move();
            world.At(world._chance.NextDouble(), Act);
        }

        public void WhenAwake(Action answer)
        {
            if (world._now >= _asleepUntil) answer();
            else world.At(_asleepUntil - world._now, answer);
        }

        private void Move()
        {
            var now = Now;
            if (_state.TakeExpired(now) is { } over) Release(over.Id);
            if (!Holds)
            {
                Acquire(now);
            }
            else if (world._chance.NextDouble() < 0.03)
            {
                Release(_state.GiveUp()!.Id);
            }
            else if (_state.BeginRenewal(now) is { } holding)
            {
                world.Ask(this, at => world._server.Renew(holding.Id, at)
                    ? () => _state.Renewed(holding.Id, now, Now)
                    : () => _state.Denied(holding.Id));
                world.At(1, () => WhenAwake(() => _state.RenewalFailed(holding.Id, Now)));
            }
        }

        private void Acquire(TimeSpan sentAt)
        {
            var id = $"{number}-{++_attempts}";
            world.Ask(this, at => world._server.Acquire(id, at) is { } token ? () => Granted(id, token, sentAt) : () => { });
        }

        private void Granted(string id, long token, TimeSpan sentAt)
        {
            if (!Holds && _state.Acquired(id, token, sentAt, Now)) world.Relies(this, token);
            else Release(id);
        }

        private void Release(string id) => world.Ask(this, at =>
        {
            world._server.Release(id, at);
            return () => { };
        });
    }
}

/// <summary>
/// What <see cref="LeaseScripts"/> do, on a server whose time is passed in and which can lose its data. Shares no code with them.
/// </summary>
internal sealed class ModelLeaseServer(double timeToLive, bool waitsAfterLoss)
{
    private Record _record = new(-1, null, 0, 0, 0);
    private Record _snapshot = new(-1, null, 0, 0, 0);
    private int _run;

    public long? Acquire(string id, double now)
    {
        NoticeRestart(now);
        if (_record.Holder is not null && _record.Until > now) return null;
        if (_record.ClosedUntil > now) return null;
        _record = _record with { Holder = id, Until = now + timeToLive, Token = Math.Max((long)(now * 1000), _record.Token + 1) };
        return _record.Token;
    }

    public bool Renew(string id, double now)
    {
        NoticeRestart(now);
        if (_record.Holder != id || _record.Until <= now) return false;
        _record = _record with { Until = now + timeToLive };
        return true;
    }

    public void Release(string id, double now)
    {
        NoticeRestart(now);
        if (_record.Holder == id) _record = _record with { Holder = null };
    }

    public void Save() => _snapshot = _record;

    public void Restart(Loss loss)
    {
        _run++;
        if (loss == Loss.SinceTheSnapshot) _record = _snapshot;
        if (loss == Loss.Everything) Empty();
    }

    public void Empty() => _record = new Record(-1, null, 0, 0, 0);

    private void NoticeRestart(double now)
    {
        if (_record.Run != _run) _record = _record with { Run = _run, ClosedUntil = waitsAfterLoss ? now + timeToLive : 0 };
    }

    public enum Loss
    {
        Nothing,
        SinceTheSnapshot,
        Everything,
    }

    private sealed record Record(int Run, string? Holder, double Until, long Token, double ClosedUntil);
}
