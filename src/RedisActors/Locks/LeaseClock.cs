using System.Diagnostics;

namespace RedisActors.Locks;

/// <summary>
/// The clock of a lease's holder. Of the monotonic clock and the calendar it goes by whichever says that more time has passed: the first
/// may stand still while the machine sleeps, the second may be set back.
/// </summary>
/// <remarks>A calendar that is set forward ends a lease early, which is the safe side. All members may be called from any thread.</remarks>
internal sealed class LeaseClock(Func<TimeSpan> monotonic, Func<TimeSpan> calendar)
{
    private readonly Lock _lock = new();
    private TimeSpan _ahead = calendar() - monotonic();

    /// <summary>The clocks of this machine.</summary>
    public static LeaseClock System { get; } = new(
        static () => Stopwatch.GetElapsedTime(0), static () => DateTime.UtcNow - DateTime.UnixEpoch);

    /// <summary>Never less than it was before.</summary>
    public TimeSpan Now
    {
        get
        {
            lock (_lock)
            {
                var steady = monotonic();
                var ahead = calendar() - steady;
                if (ahead > _ahead) _ahead = ahead;
                return steady + _ahead;
            }
        }
    }
}
