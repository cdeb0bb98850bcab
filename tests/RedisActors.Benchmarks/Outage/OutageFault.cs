using System.Diagnostics;

namespace RedisActors.Benchmarks.Outage;

/// <summary>One fault, from its beginning to its end.</summary>
/// <param name="Name">What the command line and the report call it.</param>
/// <param name="InjectAsync">Injects the fault and returns when it is over.</param>
internal sealed record OutageFault(string Name, Func<OutageStage, Task<FaultEnd>> InjectAsync)
{
    public static readonly IReadOnlyList<OutageFault> All =
    [
        new("kill", ServerFaults.KillAsync),
        new("stall", ServerFaults.StallAsync),
        new("half-open", ConnectionFaults.HalfOpenAsync) { NeedsProxy = true },
        new("cut", ConnectionFaults.CutAsync) { NeedsProxy = true },
        new("client-kill", ConnectionFaults.ClientKillAsync),
        new("restart", ServerFaults.RestartAsync),
        new("loading", LoadingFault.InjectAsync),
        new("busy", BusyFault.InjectAsync),
        new("readonly", ReadOnlyFault.InjectAsync) { NeedsPeer = true },
        new("maxclients", ConnectionFaults.MaxClientsAsync),
    ];

    /// <summary>Whether the client must reach the server through a proxy.</summary>
    public bool NeedsProxy { get; init; }

    /// <summary>Whether a second server is needed.</summary>
    public bool NeedsPeer { get; init; }
}

/// <summary>From when a recovery is measured, as <see cref="Stopwatch"/> time stamps.</summary>
/// <param name="Since">The moment from which the server is usable again.</param>
/// <param name="SentSince">Only a command sent after this proves the recovery.</param>
internal readonly record struct FaultEnd(long Since, long SentSince)
{
    /// <summary>The server has not answered until now: any command reported as applied from here on proves the recovery.</summary>
    public static FaultEnd Now() => new(Stopwatch.GetTimestamp(), 0);

    /// <summary>The server kept answering, and an answer may still be on its way: only a command sent after this counts.</summary>
    public static FaultEnd OfConnection(long began) => new(began, Stopwatch.GetTimestamp());
}
