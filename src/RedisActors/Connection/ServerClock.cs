using System.Diagnostics;

namespace RedisActors.Connection;

/// <summary>
/// What the server's clock shows, as far as one answer to <c>TIME</c> tells: it showed that at some moment between question and answer.
/// Without one, this host's clock has to do.
/// </summary>
internal sealed class ServerClock
{
    private readonly (DateTimeOffset Shown, long AskedAt, long AnsweredAt)? _known;

    public ServerClock(DateTimeOffset shown, long askedAt, long answeredAt) => _known = (shown, askedAt, answeredAt);

    private ServerClock()
    {
    }

    /// <summary>That of this host, in place of one that is not known.</summary>
    public static ServerClock OfThisHost { get; } = new();

    /// <summary>What it shows at the latest at a moment (<see cref="Stopwatch"/>).</summary>
    public DateTimeOffset AtLatest(long moment) => _known is { } known
        ? known.Shown + Stopwatch.GetElapsedTime(known.AskedAt, moment)
        : Local(moment);

    /// <summary>What it shows at the earliest at a moment.</summary>
    public DateTimeOffset AtEarliest(long moment) => _known is { } known
        ? known.Shown + Stopwatch.GetElapsedTime(known.AnsweredAt, moment)
        : Local(moment);

    /// <summary>
    /// Reads the answer to <c>TIME</c>, https://redis.io/docs/latest/commands/time/: seconds and microseconds since 1970. Null: it does not tell.
    /// </summary>
    /// <param name="answer">The answer.</param>
    /// <param name="askedAt">When it was asked, as a timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="answeredAt">When the answer was here.</param>
    public static ServerClock? Parse(RespValue answer, long askedAt, long answeredAt) =>
        answer.Kind == RespKind.Array && answer.AsArray() is [var seconds, var microseconds]
        && seconds.TryGetInt64(out var s) && microseconds.TryGetInt64(out var us) && s is > 0 and < 100_000_000_000
            ? new ServerClock(DateTimeOffset.FromUnixTimeSeconds(s).AddMicroseconds(us), askedAt, answeredAt)
            : null;

    private static DateTimeOffset Local(long moment) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(moment);
}
