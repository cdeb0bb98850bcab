using Akka.Event;

namespace RedisActors.Supervision;

/// <summary>One log line for each change of state that an operator wants to see: once per outage, not once per attempt.</summary>
internal static class RedisConnectionLog
{
    /// <param name="log">Where to write.</param>
    /// <param name="state">The change of state.</param>
    /// <param name="firstOfOutage">Whether nothing was written about the present outage yet.</param>
    public static void Write(ILoggingAdapter log, RedisConnectionEvent state, bool firstOfOutage)
    {
        switch (state)
        {
            case RedisConnecting connecting:
                log.Debug("redis {0}: connecting to {1}, epoch {2}, attempt {3}",
                    state.Connection, state.Endpoint, state.Epoch, connecting.Attempt);
                break;
            case RedisReady ready:
                log.Info("redis {0}: ready at {1}, epoch {2}, client id {3}, away {4} ms",
                    state.Connection, state.Endpoint, state.Epoch, ready.ClientId, (long)ready.Away.TotalMilliseconds);
                break;
            case RedisLost lost:
                log.Warning("redis {0}: lost {1}, epoch {2}: {3}", state.Connection, state.Endpoint, state.Epoch, lost.Cause);
                break;
            case RedisBackingOff waiting when firstOfOutage:
                log.Warning("redis {0}: cannot connect to {1}, trying again until it answers: {2}",
                    state.Connection, state.Endpoint, waiting.Cause);
                break;
            case RedisBackingOff waiting:
                log.Debug("redis {0}: attempt {1} in {2} ms: {3}",
                    state.Connection, waiting.Attempt, (long)waiting.Delay.TotalMilliseconds, waiting.Cause);
                break;
            case RedisGaveUp gaveUp:
                log.Error("redis {0}: gave up {1} after its restart budget was spent: {2}",
                    state.Connection, state.Endpoint, gaveUp.Cause);
                break;
        }
    }
}
