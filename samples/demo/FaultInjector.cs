using System.Diagnostics;
using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>Does to the demo's own server what the plan says, tells of it, and begins to measure each recovery.</summary>
internal sealed class FaultInjector
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PatienceWithTheServer = TimeSpan.FromSeconds(20);

    private readonly RedisServer _server;
    private readonly CommandLedger _ledger;
    private readonly DemoState _state;

    public FaultInjector(RedisServer server, CommandLedger ledger, DemoState state)
    {
        _server = server;
        _ledger = ledger;
        _state = state;
    }

    /// <summary>Returns when the last fault is over, or at once when stopped; the server is there again in either case.</summary>
    public async Task RunAsync(FaultPlan plan, CancellationToken stop)
    {
        try
        {
            // A fault is worth seeing when commands flow; a busy machine may take longer for that than the plan thinks.
            while (_ledger.Sums().Applied == 0) await Task.Delay(LookInterval, stop);
            foreach (var fault in plan.Faults)
            {
                var wait = fault.At - _state.Elapsed;
                if (wait > TimeSpan.Zero) await Task.Delay(wait, stop);
                await InjectAsync(fault.Kind, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped in the middle of a fault: the answers that are still due need the server.
        }
        finally
        {
            await BringBackAsync();
        }
    }

    private async Task InjectAsync(FaultKind kind, CancellationToken stop)
    {
        if (kind == FaultKind.Kill)
        {
            _state.Tell(TimelineKind.Fault, "kill -9: the server is gone for 3 s");
            _server.Kill();
            await Task.Delay(kind.Away, stop);
            await _server.StartAgainAsync();
            Await(kind, "the server was started again and answers PING");
        }
        else if (kind == FaultKind.Stall)
        {
            _state.Tell(TimelineKind.Fault, "SIGSTOP: the server answers nothing for 4 s, and closes nothing");
            _server.Suspend();
            await Task.Delay(kind.Away, stop);
            _server.Resume();
            await _server.WaitUntilAnswersAsync(PatienceWithTheServer);
            Await(kind, "SIGCONT: the server answers PING again");
        }
        else
        {
            // The server never stops answering, so only what is sent after the kill shows that there is a way to it again.
            var before = Stopwatch.GetTimestamp();
            var killed = await _server.KillClientsAsync();
            var recovery = _ledger.AwaitRecovery(kind.Name, since: before, sentSince: Stopwatch.GetTimestamp());
            _state.Tell(TimelineKind.Fault, $"CLIENT KILL: the server closed {killed} connection{(killed == 1 ? "" : "s")}");
            _ = TellOfAsync(recovery);
        }
    }

    private void Await(FaultKind kind, string how)
    {
        var recovery = _ledger.AwaitRecovery(kind.Name, Stopwatch.GetTimestamp());
        _state.Tell(TimelineKind.Back, how);
        _ = TellOfAsync(recovery);
    }

    private async Task TellOfAsync(LedgerRecovery recovery)
    {
        var took = await recovery.Done;
        _state.Tell(
            TimelineKind.Back,
            $"{recovery.Fault}: the first command was applied {took.TotalMilliseconds:0.0} ms after "
            + (recovery.Fault == FaultKind.ClientKill.Name ? "the kill" : "the server was back"));
    }

    private async Task BringBackAsync()
    {
        if (_server.IsSuspended) _server.Resume();
        if (!_server.IsRunning) await _server.StartAgainAsync();
    }
}
