using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>The result of one client under one fault.</summary>
internal sealed class OutageResult
{
    public OutageResult(
        string client, string fault, OutageOptions options, LedgerSummary summary, IReadOnlyCollection<LedgerRecovery> recoveries)
    {
        Client = client;
        Fault = fault;
        InFlight = options.InFlight;
        Delivery = options.Delivery;
        Summary = summary;
        CameBack = recoveries.All(recovery => recovery.Done.IsCompleted);
    }

    public string Client { get; }

    public string Fault { get; }

    public int InFlight { get; }

    public DeliveryMode Delivery { get; }

    public LedgerSummary Summary { get; }

    /// <summary>Whether commands were applied again after each round.</summary>
    public bool CameBack { get; }

    /// <summary>Commands that were reported as anything but applied.</summary>
    public long Failed => Summary.Rejected + Summary.NotSent + Summary.Unknown;

    /// <summary>
    /// Whether our client kept its promise. A run in which nothing was applied at all, or nothing after a fault, proves nothing and counts
    /// as broken.
    /// </summary>
    public bool KeptItsWord =>
        Client != RedisActorsClient.Name
        || (Summary is { Lost: 0, Unanswered: 0, AnsweredAgain: 0, Applied: > 0 }
            && CameBack
            && (Summary.Duplicated == 0 || Delivery == DeliveryMode.AtLeastOnce)
            && (Failed == 0 || Delivery != DeliveryMode.ExactlyOnce));
}
