namespace RedisActors.AspNetCore;

/// <summary>
/// How the commands of a connection ended, and how long they took, since this was last taken. Durations are kept in buckets that grow by a
/// fifth, so that a percentile is off by no more than that. From any thread.
/// </summary>
internal sealed class CommandTally
{
    private const double Shortest = 0.01;
    private const double Growth = 1.2;

    // Up to about 20 minutes.
    private readonly long[] _durations = new long[103];
    private readonly long[] _outcomes = new long[4];

    public void Answered(Outcome outcome, long count) => Interlocked.Add(ref _outcomes[(int)outcome], count);

    public void Took(double milliseconds)
    {
        var bucket = milliseconds <= Shortest ? 0 : (int)Math.Ceiling(Math.Log(milliseconds / Shortest, Growth));
        Interlocked.Increment(ref _durations[Math.Clamp(bucket, 0, _durations.Length - 1)]);
    }

    /// <summary>What has been counted, which is then counted no more.</summary>
    public Taken Take()
    {
        var durations = new long[_durations.Length];
        for (var i = 0; i < durations.Length; i++) durations[i] = Interlocked.Exchange(ref _durations[i], 0);
        var outcomes = new long[_outcomes.Length];
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] = Interlocked.Exchange(ref _outcomes[i], 0);
        return new Taken(
            outcomes[(int)Outcome.Applied],
            outcomes[(int)Outcome.Rejected],
            outcomes[(int)Outcome.NotSent],
            outcomes[(int)Outcome.Unknown],
            Percentile(durations, 0.5),
            Percentile(durations, 0.95));
    }

    private static double? Percentile(long[] durations, double share)
    {
        var total = durations.Sum();
        if (total == 0) return null;
        var wanted = Math.Ceiling(total * share);
        long seen = 0;
        for (var i = 0; i < durations.Length; i++)
        {
            seen += durations[i];
            if (seen >= wanted) return Math.Round(Shortest * Math.Pow(Growth, i), 3);
        }

        return null;
    }

    internal sealed record Taken(long Applied, long Rejected, long NotSent, long Unknown, double? Median, double? P95);
}
