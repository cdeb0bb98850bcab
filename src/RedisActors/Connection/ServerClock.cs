using System.Diagnostics;

namespace RedisActors.Connection;

/// <summary>
/// What the server's clock shows, as far as one answer to <c>TIME</c> tells: it showed that at some moment between question and answer.
/// Without one, this host's clock has to do.
/// </summary>
internal sealed class ServerClock
{
    private (DateTimeOffset Shown, long AskedAt, long AnsweredAt)? _known;

    /// <summary>Without an answer yet.</summary>
    public ServerClock()
    {
    }

    public ServerClock(DateTimeOffset shown, long askedAt, long answeredAt) => Learn(shown, askedAt, answeredAt);

    public void Learn(DateTimeOffset shown, long askedAt, long answeredAt) => _known = (shown, askedAt, answeredAt);

    public void Forget() => _known = null;

    /// <summary>What it shows at the latest at a moment (<see cref="Stopwatch"/>).</summary>
    public DateTimeOffset AtLatest(long moment) => _known is { } known
        ? known.Shown + Stopwatch.GetElapsedTime(known.AskedAt, moment)
        : Local(moment);

    /// <summary>What it shows at the earliest at a moment.</summary>
    public DateTimeOffset AtEarliest(long moment) => _known is { } known
        ? known.Shown + Stopwatch.GetElapsedTime(known.AnsweredAt, moment)
        : Local(moment);

    /// <summary>Reads the answer to <c>TIME</c>, https://redis.io/docs/latest/commands/time/: seconds and microseconds since 1970.</summary>
    public static DateTimeOffset? Parse(RespValue answer) =>
        answer.Kind == RespKind.Array && answer.AsArray() is [var seconds, var microseconds]
        && seconds.TryGetInt64(out var s) && microseconds.TryGetInt64(out var us) && s is > 0 and < 100_000_000_000
            ? DateTimeOffset.FromUnixTimeSeconds(s).AddMicroseconds(us)
            : null;

    private static DateTimeOffset Local(long moment) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(moment);
}
