using RedisActors.Benchmarks.Outage;

namespace RedisActors.Benchmarks.Recovery;

/// <summary>A fault that takes a server away for any length of time.</summary>
/// <param name="Name">What the command line and the report call it.</param>
/// <param name="Begin">When this returns, the server is away and connections to it are closed.</param>
/// <param name="EndAsync">When this returns, the server is on its way back.</param>
internal sealed record RecoveryFault(string Name, Action<OutageStage> Begin, Func<OutageStage, Task> EndAsync)
{
    public static readonly IReadOnlyList<RecoveryFault> All =
    [
        new("kill", stage => stage.Server.Kill(), stage => stage.Server.StartAgainAsync(waitUntilItAnswers: false)),
        new("cut", Refuse, Accept) { NeedsProxy = true },
    ];

    /// <summary>Whether the clients must reach the server through a proxy.</summary>
    public bool NeedsProxy { get; init; }

    private static void Refuse(OutageStage stage)
    {
        stage.Proxy!.Refuse();
        stage.Proxy.Cut();
    }

    private static Task Accept(OutageStage stage)
    {
        stage.Proxy!.Accept();
        return Task.CompletedTask;
    }
}
