using System.ComponentModel;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisActors.Hosting;
using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>One run of the demo, from starting the server to the ledger.</summary>
internal sealed class DemoRun
{
    private const int Senders = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DemoOptions _options;
    private readonly IPrivateServer? _server;
    private readonly ServerAddress _address;
    private readonly DemoAccount _account = new();
    private readonly DemoState _state;

    private DemoRun(DemoOptions options, IPrivateServer? server, ServerAddress address)
    {
        _options = options;
        _server = server;
        _address = address;
        _state = new DemoState(address.ToString());
    }

    /// <summary>Runs until the time is up or <paramref name="stop"/>. The exit code is 0 only for a clean ledger.</summary>
    public static async Task<int> RunAsync(DemoOptions options, CancellationToken stop)
    {
        try
        {
            return await RunOnServerAsync(options, stop);
        }
        catch (Exception e) when (e is InvalidOperationException or SocketException or IOException or TimeoutException
            or Win32Exception)
        {
            Console.Error.WriteLine($"The demo failed. {e.Message}");
            return 1;
        }
    }

    private static async Task<int> RunOnServerAsync(DemoOptions options, CancellationToken stop)
    {
        if (options.Redis is { } address)
        {
            if (!await RedisProbe.AnswersAsync(address.Host, address.Port, TimeSpan.FromSeconds(3)))
            {
                Console.Error.WriteLine($"No Redis server replies to PING at {address} (the demo uses neither a password nor TLS).");
                return 1;
            }

            return await new DemoRun(options, null, address).RunAsync(stop);
        }

        await using var server = await PrivateServer.StartAsync(options.Server);
        return await new DemoRun(options, server, new ServerAddress(server.Host, server.Port)).RunAsync(stop);
    }

    private async Task<int> RunAsync(CancellationToken stop)
    {
        using var viewEnd = new CancellationTokenSource();
        IDemoView view = _options.Plain || !LiveView.IsPossible
            ? new PlainView(_state, _account)
            : new LiveView(_state, _account, _options.Duration);
        var showing = view.ShowAsync(viewEnd.Token);
        LedgerSummary summary;
        try
        {
            await WorkAsync(stop);
            summary = await _account.CompareAsync(_address);
            if (_server is null) await _account.CleanUpAsync(_address);
        }
        finally
        {
            await viewEnd.CancelAsync();
            await showing;
        }

        return Report(summary);
    }

    /// <summary>Sends commands for the given time while faults are injected, and waits for the outstanding replies.</summary>
    private async Task WorkAsync(CancellationToken stop)
    {
        using var host = BuildHost();
        await host.StartAsync(CancellationToken.None);
        var system = host.Services.GetRequiredService<ActorSystem>();
        var redis = host.Services.GetRequiredService<IRequiredActor<RedisActor>>().ActorRef;

        _state.Report(TimelineKind.Note, $"{WhichServer()} at {_address}");
        system.ActorOf(Props.Create(() => new WatcherActor(redis, _state)), "watcher");
        _state.StartClock();
        var senders = StartSenders(system, redis);

        using var timeIsUp = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeIsUp.CancelAfter(_options.Duration);
        var faults = InjectFaultsAsync(timeIsUp.Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, timeIsUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await faults;

        await Task.WhenAll(senders.Select(
            sender => sender.Ask<SenderActor.SendingStopped>(SenderActor.StopSending.Instance, Patience)));
        await AwaitRepliesAsync();
        await host.StopAsync(CancellationToken.None);
    }

    private string WhichServer() => (_server, _options.Server) switch
    {
        (null, _) => "using the server",
        (EmbeddedServer, ServerProgram.Automatic) => $"no redis-server on the PATH: started the embedded server, {_server.Name},",
        _ => $"started {_server.Name}",
    };

    private IHost BuildHost()
    {
        var builder = new HostApplicationBuilder();
        builder.Logging.ClearProviders();

        // The demo handles signals itself: see StopSignals.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddAkka("demo", akka => akka
            .WithRedis(_address.ToString())
            .AddHocon("akka { loglevel = ERROR, stdout-loglevel = OFF, loggers = [] }", HoconAddMode.Prepend));
        return builder.Build();
    }

    private List<IActorRef> StartSenders(ActorSystem system, IActorRef redis)
    {
        var count = Math.Min(Senders, _options.Rate);
        var rate = (double)_options.Rate / count;
        var senders = new List<IActorRef>();
        for (var i = 1; i <= count; i++)
        {
            var work = _account.AddSender(i);
            senders.Add(system.ActorOf(Props.Create(() => new SenderActor(redis, work, rate)), $"sender-{i}"));
        }

        _state.Report(TimelineKind.Note, $"{count} actors send {_options.Rate} commands per second");
        return senders;
    }

    private async Task InjectFaultsAsync(CancellationToken stop)
    {
        if (_server is null) return;

        var plan = FaultPlan.Make(_options.Duration, _options.Faults, _server.CanBeSuspended);
        if (plan.NoTimeFor.Count > 0) Report(plan.NoTimeFor, $"a run of {_options.Duration.TotalSeconds:0} s is too short");
        if (plan.Impossible.Count > 0) Report(plan.Impossible, "this operating system has no SIGSTOP");

        await new FaultInjector(_server, _account.Increments, _state).RunAsync(plan, stop);

        void Report(IReadOnlyList<FaultKind> kinds, string reason) =>
            _state.Report(TimelineKind.Note, $"left out: {string.Join(", ", kinds.Select(kind => kind.Name))} ({reason})");
    }

    private async Task AwaitRepliesAsync()
    {
        var since = _state.Elapsed;
        _state.Report(TimelineKind.Note, $"stopped sending; waiting for {_account.Unanswered} replies");
        while (_account.Unanswered > 0 && _state.Elapsed - since < Patience) await Task.Delay(10, CancellationToken.None);
    }

    private int Report(LedgerSummary summary)
    {
        var others = _account.WritesAndReads.Sums();
        Console.WriteLine(
            $"writes and reads sent={others.Sent} applied={others.Applied} rejected={others.Rejected} not_sent={others.NotSent} "
            + $"unknown={others.Unknown} unanswered={others.Unanswered} stale={_account.Stale}");
        var answeredAgain = summary.AnsweredAgain + others.AnsweredAgain;
        if (answeredAgain > 0) Console.WriteLine($"{answeredAgain} commands received more than one reply");
        foreach (var recovery in _account.Increments.Recoveries.Where(recovery => !recovery.Done.IsCompleted))
        {
            Console.WriteLine($"after {recovery.Fault} no command was applied");
        }

        Console.WriteLine(summary);
        return IsGood(summary, others) ? 0 : 1;
    }

    /// <summary>A run that applied nothing, or nothing more after a fault, proves nothing, however clean its ledger.</summary>
    private bool IsGood(LedgerSummary summary, LedgerSummary others)
    {
        var worked = summary.Applied > 0 && _account.Increments.Recoveries.All(recovery => recovery.Done.IsCompleted);
        return summary.IsClean && others.IsClean && _account.Stale == 0 && worked;
    }

    /// <summary>Does not handle Ctrl-C and the other signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
