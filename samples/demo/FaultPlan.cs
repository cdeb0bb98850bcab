namespace RedisActors.Demo;

/// <summary>A fault and its time, counted from the first command.</summary>
internal sealed record PlannedFault(FaultKind Kind, TimeSpan At);

/// <summary>When which fault happens.</summary>
/// <param name="Faults">In the order of their times.</param>
/// <param name="LeftOut">What there is no time for.</param>
internal sealed record FaultPlan(IReadOnlyList<PlannedFault> Faults, IReadOnlyList<FaultKind> LeftOut)
{
    // Some ordinary work is to be seen before the first fault and after the last; a fault takes its time beyond the server's
    // absence; and one shall be over before the next begins.
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LeastGap = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GoodGap = TimeSpan.FromSeconds(4);

    /// <summary>Spreads the faults over the time, again and again if there is enough of it.</summary>
    public static FaultPlan Make(TimeSpan duration, IReadOnlyList<FaultKind> kinds)
    {
        var time = duration - Before - After;
        var fitting = new List<FaultKind>();
        var left = time;
        foreach (var kind in kinds)
        {
            var needed = Length(kind) + (fitting.Count == 0 ? TimeSpan.Zero : LeastGap);
            if (needed > left) break;

            fitting.Add(kind);
            left -= needed;
        }

        var leftOut = kinds.Skip(fitting.Count).ToArray();
        if (fitting.Count == 0) return new FaultPlan([], leftOut);

        var round = fitting.Aggregate(TimeSpan.Zero, (sum, kind) => sum + Length(kind) + GoodGap);
        var rounds = Math.Max(1, (int)(time / round));
        var all = Enumerable.Repeat(fitting, rounds).SelectMany(kind => kind).ToArray();
        var gap = (time - all.Aggregate(TimeSpan.Zero, (sum, kind) => sum + Length(kind))) / all.Length;

        var at = Before;
        var planned = new List<PlannedFault>();
        foreach (var kind in all)
        {
            planned.Add(new PlannedFault(kind, at));
            at += Length(kind) + gap;
        }

        return new FaultPlan(planned, leftOut);
    }

    private static TimeSpan Length(FaultKind kind) => kind.Away + Overhead;
}
