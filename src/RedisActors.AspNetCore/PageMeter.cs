using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RedisActors.Sessions;

namespace RedisActors.AspNetCore;

/// <summary>
/// Listens to <see cref="RedisMetrics"/>. How long commands take is measured while somebody looks, since every command costs more then.
/// </summary>
internal sealed class PageMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, CommandTally> _tallies = [];
    private readonly Dictionary<(string Connection, int Lane), PageRecorder.LaneLevel> _levels = [];
    private readonly Action<string, int, string> _onSession;
    private readonly Lock _gate = new();
    private Instrument? _duration;
    private int _viewers;

    /// <param name="onSession">Told of each change of a session's state: the connection, the lane's number, the state.</param>
    public PageMeter(Action<string, int, string> onSession)
    {
        _onSession = onSession;
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<long>(OnCount);
        _listener.SetMeasurementEventCallback<double>(OnDuration);
        _listener.SetMeasurementEventCallback<int>(OnLevel);
        _listener.Start();
    }

    /// <summary>Commands of this connection are counted from here on.</summary>
    public void Add(string connection) => _tallies.TryAdd(connection, new CommandTally());

    /// <summary>Somebody looks, until the result is disposed.</summary>
    public IDisposable Look()
    {
        lock (_gate)
        {
            if (_viewers++ == 0 && _duration is not null) _listener.EnableMeasurementEvents(_duration);
        }

        return new Viewer(this);
    }

    /// <summary>How many commands each lane has. By one thread at a time.</summary>
    public IReadOnlyCollection<PageRecorder.LaneLevel> Levels()
    {
        _levels.Clear();
        _listener.RecordObservableInstruments();
        return [.. _levels.Values];
    }

    public IReadOnlyDictionary<string, CommandTally.Taken> Take() => _tallies.ToDictionary(pair => pair.Key, pair => pair.Value.Take());

    public void Dispose() => _listener.Dispose();

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name != RedisMetrics.MeterName) return;
        switch (instrument.Name)
        {
            case "db.client.operation.duration":
                lock (_gate)
                {
                    _duration = instrument;
                    if (_viewers > 0) listener.EnableMeasurementEvents(instrument);
                }

                break;
            case "redisactors.connection.changes" or "redisactors.commands.answered" or "redisactors.commands.in_flight" or "redisactors.commands.stashed":
                listener.EnableMeasurementEvents(instrument);
                break;
        }
    }

    private void OnCount(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Tag(tags, "connection") is not string connection || !_tallies.TryGetValue(connection, out var tally)) return;
        if (instrument.Name == "redisactors.commands.answered") tally.Answered(OutcomeOf(Tag(tags, "outcome")), value);
        else if (Tag(tags, "lane") is int lane and > RedisSessions.FirstLane && Tag(tags, "state") is string word) _onSession(connection, lane, word);
    }

    private void OnDuration(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Tag(tags, "connection") is string connection && _tallies.TryGetValue(connection, out var tally)) tally.Took(value * 1000);
    }

    private void OnLevel(Instrument instrument, int value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Tag(tags, "connection") is not string connection || Tag(tags, "lane") is not int lane) return;
        var level = _levels.GetValueOrDefault((connection, lane), new PageRecorder.LaneLevel(connection, lane, 0, 0));
        _levels[(connection, lane)] = instrument.Name == "redisactors.commands.in_flight" ? level with { InFlight = value } : level with { Stashed = value };
    }

    private static Outcome OutcomeOf(object? word) => word switch
    {
        "applied" => Outcome.Applied,
        "rejected" => Outcome.Rejected,
        "not-sent" => Outcome.NotSent,
        _ => Outcome.Unknown,
    };

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name) return tag.Value;
        }

        return null;
    }

    private void LookAway()
    {
        lock (_gate)
        {
            if (--_viewers == 0 && _duration is not null) _listener.DisableMeasurementEvents(_duration);
        }
    }

    private sealed class Viewer(PageMeter meter) : IDisposable
    {
        private int _isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDone, 1) == 0) meter.LookAway();
        }
    }
}
