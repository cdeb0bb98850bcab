using System.Runtime.InteropServices;

namespace RedisActors.Samples.EmbeddedServer;

/// <summary>
/// Ends the server with its standard input, which the system closes when the program at its other end is gone, however that ended;
/// and at SIGTERM or Ctrl-C.
/// </summary>
internal sealed class Lifetime : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly ManualResetEventSlim _ended = new();
    private readonly PosixSignalRegistration[] _signals;
    private Timer? _limit;

    /// <param name="owned">Whether Ctrl-C and the like are meant for the program that started this one.</param>
    public Lifetime(bool owned)
    {
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndAt),
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP }
                .Select(signal => PosixSignalRegistration.Create(signal, owned ? context => context.Cancel = true : EndAt)),
        ];
        new Thread(FollowInput) { IsBackground = true, Name = "standard input" }.Start();
    }

    /// <summary>Whether the owner stops the server in order to start it again with the same data.</summary>
    public bool KeepData { get; private set; }

    public void WaitForEnd() => _ended.Wait();

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _limit?.Dispose();
    }

    private void FollowInput()
    {
        while (Console.In.ReadLine() is { } line) KeepData |= line == "keep";
        End();
    }

    private void EndAt(PosixSignalContext context)
    {
        context.Cancel = true;
        End();
    }

    /// <summary>A server that hangs while it starts or stops ends all the same.</summary>
    private void End()
    {
        _limit ??= new Timer(_ => Environment.Exit(1), null, StopLimit, Timeout.InfiniteTimeSpan);
        _ended.Set();
    }
}
