namespace RedisActors.ClusterMatrix;

/// <summary>What became of the commands of one delivery mode.</summary>
public sealed record ListAccount
{
    public long Sent { get; init; }

    public long Applied { get; init; }

    public long Rejected { get; init; }

    public long NotSent { get; init; }

    public long Unknown { get; init; }

    /// <summary>Of the unknown ones, those that are in the list.</summary>
    public long UnknownRan { get; init; }

    /// <summary>Told as applied, and not in the list.</summary>
    public long Lost { get; init; }

    /// <summary>In the list once more than they were sent.</summary>
    public long Doubled { get; init; }

    public long Unanswered { get; init; }

    /// <summary>In the list behind a command that was sent later.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>In the list, though told as not sent or rejected.</summary>
    public long RanUntold { get; init; }

    /// <summary>Told a place in the list where something else is, or answered twice.</summary>
    public long WrongReplies { get; init; }

    public static ListAccount operator +(ListAccount left, ListAccount right) => new()
    {
        Sent = left.Sent + right.Sent,
        Applied = left.Applied + right.Applied,
        Rejected = left.Rejected + right.Rejected,
        NotSent = left.NotSent + right.NotSent,
        Unknown = left.Unknown + right.Unknown,
        UnknownRan = left.UnknownRan + right.UnknownRan,
        Lost = left.Lost + right.Lost,
        Doubled = left.Doubled + right.Doubled,
        Unanswered = left.Unanswered + right.Unanswered,
        OutOfOrder = left.OutOfOrder + right.OutOfOrder,
        RanUntold = left.RanUntold + right.RanUntold,
        WrongReplies = left.WrongReplies + right.WrongReplies,
    };
}
