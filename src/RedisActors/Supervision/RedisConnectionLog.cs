using Akka.Event;

namespace RedisActors.Supervision;

/// <summary>
/// The log lines about one connection: one for each change of state that an operator wants to see, once per outage and not once per
/// attempt, and no more than ten in a minute. What is left out is still written at debug level.
/// </summary>
internal sealed class RedisConnectionLog(ILoggingAdapter log)
{
    private const int MostLinesPerMinute = 9;

    private readonly RestartBudget _lines = new(MostLinesPerMinute, TimeSpan.FromMinutes(1));
    private bool _toldOfOutage;
    private bool _toldOfSilence;
    private string? _misconfiguration;

    /// <summary>Writes what is to be written about a change of state, at this time.</summary>
    public void Write(RedisConnectionEvent state, TimeSpan now)
    {
        var level = LevelOf(state);
        if (level != LogLevel.DebugLevel && !_lines.TrySpend(now))
        {
            if (!_toldOfSilence)
            {
                log.Warning("redis {0}: its state changes often; further changes of this minute are written at debug level", Name(state));
            }

            _toldOfSilence = true;
            level = LogLevel.DebugLevel;
        }
        else if (level != LogLevel.DebugLevel)
        {
            _toldOfSilence = false;
        }

        Write(level, state);
    }

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
                _toldOfOutage = true;
                return LogLevel.WarningLevel;
            case RedisSuspended:
                _toldOfOutage = true;
                return LogLevel.WarningLevel;
            case RedisGaveUp:
                return LogLevel.ErrorLevel;
            default:
                return LogLevel.DebugLevel;
        }
    }

    private void Write(LogLevel level, RedisConnectionEvent state)
    {
        if (log.IsEnabled(level)) log.Log(level, $"redis {Name(state)}: {Text(state, level)}");
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
            $"cannot connect to {state.Endpoint}, and waiting will not mend it: {waiting.Cause}; tried again each {Milliseconds(waiting.Delay)} ms",
        RedisBackingOff waiting when level == LogLevel.WarningLevel =>
            $"cannot connect to {state.Endpoint}, trying again until it answers: {waiting.Cause}",
        RedisBackingOff waiting => $"attempt {waiting.Attempt} in {Milliseconds(waiting.Delay)} ms: {waiting.Cause}",
        RedisSuspended suspended => $"suspended, {state.Endpoint} is not tried until it is told: {suspended.Cause}",
        RedisGaveUp gaveUp => $"gave up {state.Endpoint}: {gaveUp.Cause}",
        _ => state.ToString(),
    };

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static string Name(RedisConnectionEvent state) =>
        state.Lane == 1 ? state.Connection : $"{state.Connection} (lane {state.Lane})";
}
