using RedisActors.Benchmarks.Outage;

namespace RedisActors.Benchmarks.Recovery;

/// <summary>A way in which a server is away for as long as one likes.</summary>
/// <param name="Name">What the command line and the report call it.</param>
/// <param name="Begin">The server is away when this returns, and connections to it are closed.</param>
/// <param name="EndAsync">It is on its way back when this returns.</param>
internal sealed record RecoveryFault(string Name, Action<OutageStage> Begin, Func<OutageStage, Task> EndAsync)
{
    public static readonly IReadOnlyList<RecoveryFault> All =
    [
        new("kill", stage => stage.Server.Kill(), stage => stage.Server.StartAgainAsync(waitUntilItAnswers: false)),
        new("cut", Refuse, Accept) { NeedsProxy = true },
    ];

    /// <summary>Whether the clients are to reach the server through a proxy.</summary>
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
