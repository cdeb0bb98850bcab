using System.Diagnostics;
using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>Injects the planned faults into the demo's own server, reports them, and measures each recovery.</summary>
internal sealed class FaultInjector
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ServerPatience = TimeSpan.FromSeconds(20);

    private readonly IPrivateServer _server;
    private readonly CommandLedger _ledger;
    private readonly DemoState _state;

    public FaultInjector(IPrivateServer server, CommandLedger ledger, DemoState state)
    {
        _server = server;
        _ledger = ledger;
        _state = state;
    }

    /// <summary>Returns after the last fault, or at once when stopped; the server is back in either case.</summary>
    public async Task RunAsync(FaultPlan plan, CancellationToken stop)
    {
        if (!_server.SurvivesKill && plan.Faults.Any(fault => fault.Kind == FaultKind.Kill))
        {
            Report(TimelineKind.Note, "kill is an orderly stop here: killed, this server can keep a write and lose its exactly-once token");
        }

        try
        {
            // A fault shows something only while commands flow. On a busy machine that takes longer than the plan allows for.
            while (_ledger.Sums().Applied == 0) await Task.Delay(PollInterval, stop);
            foreach (var fault in plan.Faults)
            {
                var wait = fault.At - _state.Elapsed;
                await Task.Delay(wait > FaultPlan.MinGap ? wait : FaultPlan.MinGap, stop);
                if (!plan.HasTimeFor(fault.Kind, _state.Elapsed))
                {
                    Report(TimelineKind.Note, $"left out: {fault.Kind.Name} (the faults before it took too long)");
                    break;
                }

                await RecoveryAsync(await InjectAsync(fault.Kind, stop), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped in the middle of a fault: the outstanding replies need the server.
        }
        finally
        {
            await BringBackAsync();
        }
    }

    /// <summary>Injects a fault, which is over when this returns.</summary>
    private Task<LedgerRecovery> InjectAsync(FaultKind kind, CancellationToken stop)
    {
        if (kind == FaultKind.Kill) return KillAsync(stop);
        return kind == FaultKind.Stall ? StallAsync(stop) : KillClientsAsync();
    }

    private async Task<LedgerRecovery> KillAsync(CancellationToken stop)
    {
        Report(TimelineKind.Fault, $"{(_server.SurvivesKill ? "kill -9" : "orderly stop")}: the server is gone for 3 s");
        await _server.EndAsync();
        await Task.Delay(FaultKind.Kill.Away, stop);
        await _server.StartAgainAsync();
        return ServerIsBack(FaultKind.Kill, "restarted: the server replies to PING");
    }

    private async Task<LedgerRecovery> StallAsync(CancellationToken stop)
    {
        Report(TimelineKind.Fault, "SIGSTOP: for 4 s the server replies to nothing and closes no connection");
        _server.Suspend();
        await Task.Delay(FaultKind.Stall.Away, stop);
        _server.Resume();
        await _server.WaitUntilAnswersAsync(ServerPatience);
        return ServerIsBack(FaultKind.Stall, "SIGCONT: the server replies to PING again");
    }

    /// <summary>The server replies throughout, so only a command sent after the kill proves that the connection is back.</summary>
    private async Task<LedgerRecovery> KillClientsAsync()
    {
        var before = Stopwatch.GetTimestamp();
        var killed = await _server.KillClientsAsync();
        var recovery = _ledger.AwaitRecovery(FaultKind.ClientKill.Name, since: before, sentSince: Stopwatch.GetTimestamp());
        Report(TimelineKind.Fault, $"CLIENT KILL: the server closed {killed} connection{(killed == 1 ? "" : "s")}");
        return recovery;
    }

    private LedgerRecovery ServerIsBack(FaultKind kind, string how)
    {
        var recovery = _ledger.AwaitRecovery(kind.Name, Stopwatch.GetTimestamp());
        Report(TimelineKind.Back, how);
        return recovery;
    }

    private async Task RecoveryAsync(LedgerRecovery recovery, CancellationToken stop)
    {
        var took = await recovery.Done.WaitAsync(stop);
        var since = recovery.Fault == FaultKind.ClientKill.Name ? "the kill" : "the server was back";
        Report(TimelineKind.Back, $"{recovery.Fault}: first command applied {took.TotalMilliseconds:0.0} ms after {since}");
    }

    private void Report(TimelineKind kind, string text) => _state.Report(kind, text);

    private async Task BringBackAsync()
    {
        if (_server.IsSuspended) _server.Resume();
        if (!_server.IsRunning) await _server.StartAgainAsync();
    }
}
