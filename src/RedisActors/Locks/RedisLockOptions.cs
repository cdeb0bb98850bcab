using RedisActors.Locks;

namespace RedisActors;

/// <summary>
/// How a lock is taken and kept, see <see cref="RedisLockExtensions.LockAsync"/>. All who use one lock use the same
/// <see cref="TimeToLive"/>, <see cref="SurvivesDataLoss"/> and <see cref="KeyPrefix"/>.
/// </summary>
public sealed record RedisLockOptions
{
    private static readonly TimeSpan ShortestTimeToLive = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestTimeToLive = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long the server keeps the lock for a holder from which it hears nothing, because it died, or cannot reach Redis. From 100 ms to a day;
    /// 15 s by default. The holder renews it three times in that time, so work may take longer.
    /// </summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The fraction of <see cref="TimeToLive"/> by which the holder stops earlier than the server, for clocks of different speeds. From 0 to
    /// 0.5; 0.1 by default.
    /// </summary>
    public double SafetyMargin { get; init; } = 0.1;

    /// <summary>
    /// How often one who waits for the lock asks for it; each wait is between half of this and this. From 1 ms to a minute; 100 ms by default.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Whether there are never two holders although the server loses its data: no persistence, <c>FLUSHALL</c>, a failover without the last
    /// writes. Then a server that may have forgotten a holder grants the lock to nobody for one <see cref="TimeToLive"/>. So does a server that
    /// has never heard of the lock, and the key of the lock never expires: not for a lock per order. The default is <see langword="false"/>.
    /// </summary>
    public bool SurvivesDataLoss { get; init; }

    /// <summary>Stands before the name; <c>redisactors:lock:</c> by default.</summary>
    public string KeyPrefix { get; init; } = "redisactors:lock:";

    /// <summary>Who holds it, for people who look at the key: the machine and the process by default.</summary>
    public string Owner { get; init; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    internal LeaseScripts Scripts => SurvivesDataLoss ? LeaseScripts.Guarded : LeaseScripts.Expiring;

    internal LeaseTimes Times => new(TimeToLive, TimeToLive * (1 - SafetyMargin), TimeToLive / 3);

    /// <summary>The wait before the lock is asked for again: never longer than it is refused for.</summary>
    internal TimeSpan Wait(TimeSpan remaining, double chance)
    {
        var poll = PollInterval * (0.5 + (chance / 2));
        return remaining < poll ? remaining + TimeSpan.FromMilliseconds(1) : poll;
    }

    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    internal void Check()
    {
        Between(TimeToLive, ShortestTimeToLive, LongestTimeToLive, nameof(TimeToLive));
        Between(PollInterval, ShortestPoll, LongestPoll, nameof(PollInterval));
        if (SafetyMargin is not (>= 0 and <= 0.5)) throw new ArgumentException($"{nameof(SafetyMargin)}: {SafetyMargin} is not between 0 and 0.5.");
        ArgumentNullException.ThrowIfNull(KeyPrefix);
        ArgumentNullException.ThrowIfNull(Owner);
    }

    private static void Between(TimeSpan value, TimeSpan least, TimeSpan most, string name)
    {
        if (value < least || value > most) throw new ArgumentException($"{name}: {value} is not between {least} and {most}.");
    }
}
