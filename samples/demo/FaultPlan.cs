namespace RedisActors.Demo;

/// <summary>A fault that the demo injects into its own server.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Away">How long the server is away.</param>
internal sealed record FaultKind(string Name, TimeSpan Away)
{
    /// <summary>kill -9; an orderly stop where the server does not survive that.</summary>
    public static FaultKind Kill { get; } = new("kill", TimeSpan.FromSeconds(3));

    /// <summary>SIGSTOP and, later, SIGCONT.</summary>
    public static FaultKind Stall { get; } = new("stall", TimeSpan.FromSeconds(4));

    /// <summary>CLIENT KILL.</summary>
    public static FaultKind ClientKill { get; } = new("client-kill", TimeSpan.Zero);

    public static IReadOnlyList<FaultKind> All { get; } = [Kill, Stall, ClientKill];
}

/// <summary>A fault and its time, counted from the first command.</summary>
internal sealed record PlannedFault(FaultKind Kind, TimeSpan At);

/// <summary>Which fault is injected when.</summary>
/// <param name="Duration">How long commands are sent.</param>
/// <param name="Faults">In order of time.</param>
/// <param name="NoTimeFor">The faults for which the run is too short.</param>
/// <param name="Impossible">The faults that cannot be injected on this machine.</param>
internal sealed record FaultPlan(
    TimeSpan Duration, IReadOnlyList<PlannedFault> Faults, IReadOnlyList<FaultKind> NoTimeFor, IReadOnlyList<FaultKind> Impossible)
{
    /// <summary>The least time between the recovery from a fault and the next fault.</summary>
    public static readonly TimeSpan MinGap = TimeSpan.FromSeconds(1);

    // Normal work is visible before the first fault and after the last. A fault takes a little longer than the server is away, and
    // is over before the next one begins.
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan UsualGap = TimeSpan.FromSeconds(4);

    /// <summary>Spreads the faults over the run, and repeats them if it is long enough.</summary>
    /// <param name="duration">How long commands are sent.</param>
    /// <param name="wanted">The faults, in their order.</param>
    /// <param name="canSuspend">Whether this machine can suspend a server.</param>
    public static FaultPlan Make(TimeSpan duration, IReadOnlyList<FaultKind> wanted, bool canSuspend = true)
    {
        var kinds = wanted.Where(kind => canSuspend || kind != FaultKind.Stall).ToArray();
        var impossible = wanted.Except(kinds).ToArray();
        var time = duration - Before - After;
        var fitting = new List<FaultKind>();
        var left = time;
        foreach (var kind in kinds)
        {
            var needed = Length(kind) + (fitting.Count == 0 ? TimeSpan.Zero : MinGap);
            if (needed > left) break;

            fitting.Add(kind);
            left -= needed;
        }

        var noTimeFor = kinds.Skip(fitting.Count).ToArray();
        if (fitting.Count == 0) return new FaultPlan(duration, [], noTimeFor, impossible);

        var round = fitting.Aggregate(TimeSpan.Zero, (sum, kind) => sum + Length(kind) + UsualGap);
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

        return new FaultPlan(duration, planned, noTimeFor, impossible);
    }

    /// <summary>Whether a fault that begins now is over, and commands flow again, while commands are still sent.</summary>
    public bool HasTimeFor(FaultKind kind, TimeSpan now) => now + Length(kind) + MinGap <= Duration;

    private static TimeSpan Length(FaultKind kind) => kind.Away + Overhead;
}
