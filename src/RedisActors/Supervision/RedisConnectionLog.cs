using Akka.Actor;
using Akka.Event;
using RedisActors.Connection;

namespace RedisActors.Supervision;

/// <summary>
/// The log lines about one lane of a connection: one for each change of state that an operator wants to see, once per outage and
/// not once per attempt, as many as the connection's <see cref="LogBudget"/> allows. What is left out is written at debug level,
/// and when there is room again the state that was reached meanwhile is told.
/// </summary>
/// <param name="log">Where to write.</param>
/// <param name="budget">The budget that all the lanes of the connection share.</param>
/// <param name="connection">The connection's name.</param>
/// <param name="lane">The number of the lane.</param>
/// <param name="isQuiet">Whether changes of state are written at debug level only: other lanes to the same server have said what there is to say.</param>
internal sealed class RedisConnectionLog(ILoggingAdapter log, LogBudget budget, string connection, int lane, bool isQuiet = false)
{
    private readonly string _name = lane == 1 ? connection : $"{connection} (lane {lane})";
    private bool _toldOfOutage;
    private bool _toldOfFence;
    private string? _linkWarning;
    private string? _misconfiguration;
    private RedisConnectionEvent? _state;
    private int _leftOut;

    /// <summary>Whether lines were left out since the last one that told the state.</summary>
    public bool IsBehind => _leftOut > 0;

    /// <summary>The connection's state has changed, at this time.</summary>
    public void Write(RedisConnectionEvent state, TimeSpan now)
    {
        _state = state;
        var level = isQuiet ? LogLevel.DebugLevel : LevelOf(state);
        if (level == LogLevel.DebugLevel) Debug(Text(state, level));
        else if (TryWrite(level, Text(state, level), now)) _leftOut = 0;
        else _leftOut++;
    }

    /// <summary>The server does not let this client end the connection that it lost.</summary>
    public void FenceForbidden(string reason, TimeSpan now)
    {
        if (_toldOfFence || isQuiet) return;
        _toldOfFence = TryWrite(
            LogLevel.WarningLevel,
            $"the server does not let this client end the connection it lost ({reason}); what was still on its way there may be "
            + "executed after commands that were sent later",
            now);
    }

    /// <summary>What an operator should know of a link; the same is not repeated for the next one.</summary>
    public void LinkWarning(string text, TimeSpan now)
    {
        if (!isQuiet && _linkWarning != text && TryWrite(LogLevel.WarningLevel, text, now)) _linkWarning = text;
    }

    /// <summary>Exactly-once commands go to a server that may lose their tokens. Each risk is written once for all lanes.</summary>
    public void TokensAtRisk(string risk, TimeSpan now)
    {
        if (budget.TrySpendOnTokens(risk, now)) Write(LogLevel.WarningLevel, risk, null);
    }

    /// <summary>An actor of the library failed, which is a defect.</summary>
    public void Failed(Exception error, TimeSpan now)
    {
        var cause = error is ActorInitializationException { InnerException: { } inner } ? inner : error;
        TryWrite(LogLevel.ErrorLevel, $"an actor failed: {cause.Message}", now, cause);
    }

    /// <summary>Tells or watches a subscriber. One that throws, or is no actor, hurts nobody else.</summary>
    public void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Debug($"a subscriber to its state failed: {error.Message}");
        }
    }

    public void Debug(string text) => Write(LogLevel.DebugLevel, text, null);

    /// <summary>The lane has failed too often, and the RedisActor ends: there are no lines after this one, so it is always written.</summary>
    public void Ended() => Write(LogLevel.ErrorLevel, "its actors failed too often, so the RedisActor stops; commands are answered NotSent", null);

    /// <summary>Tells the state that was reached while lines were left out, if there is room for it by now.</summary>
    public void CatchUp(TimeSpan now)
    {
        if (_leftOut == 0 || _state is null || !budget.TrySpend(now)) return;
        var level = _state is RedisReady ? LogLevel.InfoLevel : LogLevel.WarningLevel;
        Write(level, $"{_leftOut} changes were left out; the latest: {Text(_state, level)}", null);
        _leftOut = 0;
    }

    /// <summary>Takes the line that the RedisActor's parent writes when the RedisActor fails; false: not now.</summary>
    public bool TrySpendEscalation(TimeSpan now) => budget.TrySpendEscalation(now);

    private LogLevel LevelOf(RedisConnectionEvent state)
    {
        switch (state)
        {
            case RedisReady:
                _toldOfOutage = false;
                _misconfiguration = null;
                return LogLevel.InfoLevel;
            case RedisBackingOff { Misconfigured: true } waiting:
                _toldOfOutage = true;
                var isNew = _misconfiguration != waiting.Cause;
                _misconfiguration = waiting.Cause;
                return isNew ? LogLevel.ErrorLevel : LogLevel.DebugLevel;
            case RedisBackingOff when !_toldOfOutage:
            case RedisLost:
            case RedisSuspended:
                _toldOfOutage = true;
                return LogLevel.WarningLevel;
            case RedisGaveUp:
                return LogLevel.ErrorLevel;
            default:
                return LogLevel.DebugLevel;
        }
    }

    private bool TryWrite(LogLevel level, string text, TimeSpan now, Exception? error = null)
    {
        // A line that nobody wants to see takes no other one's place.
        if (!log.IsEnabled(level) || budget.TrySpend(now))
        {
            Write(level, text, error);
            return true;
        }

        if (budget.TrySpendNotice(now))
        {
            Write(LogLevel.WarningLevel, "there is much to tell; further lines of this minute are written at debug level", null);
        }

        Write(LogLevel.DebugLevel, text, error);
        return false;
    }

    /// <summary>A logger that throws is no reason to do anything else than before.</summary>
    private void Write(LogLevel level, string text, Exception? error)
    {
        try
        {
            if (log.IsEnabled(level)) log.Log(level, error, "redis {0}: {1}", _name, text);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
        }
    }

    private static string Text(RedisConnectionEvent state, LogLevel level) => state switch
    {
        RedisConnecting connecting =>
            $"connecting to {state.Endpoint}, epoch {state.Epoch}, attempt {connecting.Attempt}",
        RedisReady ready =>
            $"ready at {state.Endpoint}, epoch {state.Epoch}, client id {ready.ClientId}, away {Milliseconds(ready.Away)} ms, "
            + $"{ready.Stashed} commands waited, {ready.Replayed} of them are sent again",
        RedisLost lost => $"lost {state.Endpoint}, epoch {state.Epoch}: {lost.Cause}",
        RedisBackingOff { Misconfigured: true } waiting =>
            $"cannot connect to {state.Endpoint}, and waiting will not fix it: {waiting.Cause}; retried every {Milliseconds(waiting.Delay)} ms",
        RedisBackingOff waiting when level == LogLevel.WarningLevel =>
            $"cannot connect to {state.Endpoint}, retrying until it answers: {waiting.Cause}",
        RedisBackingOff waiting => $"attempt {waiting.Attempt} in {Milliseconds(waiting.Delay)} ms: {waiting.Cause}",
        RedisSuspended suspended => $"suspended, {state.Endpoint} is not tried until it is told: {suspended.Cause}",
        RedisGaveUp gaveUp => $"gave up {state.Endpoint}: {gaveUp.Cause}",
        _ => state.ToString(),
    };

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}

/// <summary>
/// How many lines of information, warning and error a connection writes, all its lanes together: in no minute more than ten. Eight
/// are about what happens, one says that further ones are left out, and one is kept for the end of the RedisActor. Thread-safe.
/// </summary>
internal sealed class LogBudget
{
    private const int LinesPerMinute = 8;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenEscalations = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private RateLimit _lines = new(LinesPerMinute, Minute);
    private RateLimit _notices = new(1, Minute);
    private RateLimit _escalations = new(1, BetweenEscalations);
    private readonly HashSet<string> _toldRisks = [];

    /// <summary>Takes a line, at this time; false when there is none left.</summary>
    public bool TrySpend(TimeSpan now)
    {
        lock (_lock) return TryTake(ref _lines, now);
    }

    /// <summary>Takes the line that says that others are left out.</summary>
    public bool TrySpendNotice(TimeSpan now)
    {
        lock (_lock) return TryTake(ref _notices, now);
    }

    /// <summary>Takes a line that says what exactly-once is worth on this server; once for each.</summary>
    public bool TrySpendOnTokens(string risk, TimeSpan now)
    {
        lock (_lock) return !_toldRisks.Contains(risk) && TryTake(ref _lines, now) && _toldRisks.Add(risk);
    }

    /// <summary>Takes the line that Akka writes when a RedisActor fails. Evenly spread, so that they do not use up a minute at once.</summary>
    public bool TrySpendEscalation(TimeSpan now)
    {
        lock (_lock) return _escalations.Take(now) is not null && TryTake(ref _lines, now) && TryTake(ref _escalations, now);
    }

    private static bool TryTake(ref RateLimit limit, TimeSpan now)
    {
        if (limit.Take(now) is not { } rest) return false;
        limit = rest;
        return true;
    }
}
