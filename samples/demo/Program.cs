using System.Runtime.InteropServices;
using RedisActors.Demo;

if (!DemoOptions.TryParse(args, out var options, out var exitCode)) return exitCode;

using var signals = new StopSignals();
return options.Shop ? await ShopRun.RunAsync(options, signals.Stop) : await DemoRun.RunAsync(options, signals.Stop);

/// <summary>
/// Ctrl-C, SIGTERM and a closed terminal end the demo as if its time were up: it waits for the outstanding replies and prints the
/// ledger. A second Ctrl-C ends it at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private const int EndedBySignal = 130;

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals()
    {
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }
                .Select(signal => PosixSignalRegistration.Create(signal, OnSignal)),
        ];
    }

    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_stop.IsCancellationRequested) Environment.Exit(EndedBySignal);

        context.Cancel = true;
        _stop.Cancel();
    }
}
