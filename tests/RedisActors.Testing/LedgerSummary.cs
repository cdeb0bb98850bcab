using System.Globalization;

namespace RedisActors.Testing;

/// <summary>What became of the commands, according to the senders and to the server.</summary>
public sealed record LedgerSummary
{
    public static LedgerSummary Empty { get; } = new();

    public long Sent { get; init; }

    public long Applied { get; init; }

    public long Rejected { get; init; }

    public long NotSent { get; init; }

    public long Unknown { get; init; }

    /// <summary>How often the server applied a command.</summary>
    public long Server { get; init; }

    /// <summary>Commands reported as applied that are not on the server.</summary>
    public long Lost { get; init; }

    /// <summary>Executions on the server that are not accounted for by any command reported as applied or unknown, or unanswered.</summary>
    public long Duplicated { get; init; }

    /// <summary>Commands whose sender was told nothing.</summary>
    public long Unanswered { get; init; }

    /// <summary>Answers to commands that had already been answered.</summary>
    public long AnsweredAgain { get; init; }

    public IReadOnlyList<TimeSpan> RecoveryTimes { get; init; } = [];

    public TimeSpan LongestWait { get; init; }

    /// <summary>Whether nothing was lost or duplicated, and every command was answered exactly once.</summary>
    public bool IsClean => Lost == 0 && Duplicated == 0 && Unanswered == 0 && AnsweredAgain == 0;

    public static LedgerSummary operator +(LedgerSummary left, LedgerSummary right) => new()
    {
        Sent = left.Sent + right.Sent,
        Applied = left.Applied + right.Applied,
        Rejected = left.Rejected + right.Rejected,
        NotSent = left.NotSent + right.NotSent,
        Unknown = left.Unknown + right.Unknown,
        Server = left.Server + right.Server,
        Lost = left.Lost + right.Lost,
        Duplicated = left.Duplicated + right.Duplicated,
        Unanswered = left.Unanswered + right.Unanswered,
        AnsweredAgain = left.AnsweredAgain + right.AnsweredAgain,
        RecoveryTimes = [.. left.RecoveryTimes, .. right.RecoveryTimes],
        LongestWait = left.LongestWait > right.LongestWait ? left.LongestWait : right.LongestWait,
    };

    /// <summary>The summary in one line, for people and scripts alike.</summary>
    public override string ToString()
    {
        var recovery = RecoveryTimes.Count == 0 ? TimeSpan.Zero : RecoveryTimes.Max();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"ledger sent={Sent} applied={Applied} rejected={Rejected} not_sent={NotSent} unknown={Unknown} server={Server} "
            + $"lost={Lost} duplicated={Duplicated} unanswered={Unanswered} recovery_ms_max={Math.Ceiling(recovery.TotalMilliseconds)}");
    }
}
