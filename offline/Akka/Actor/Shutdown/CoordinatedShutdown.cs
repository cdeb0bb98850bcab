#nullable disable
using System.Collections.Concurrent;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Ends a system in phases: the tasks of one run at the same time, the phases one after the other. What fails or takes too
/// long is logged, and the next phase follows, unless the phase is configured with <c>recover = off</c>.
/// </summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly ShutdownPhases _phases;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Name, Func<Task<Done>> Task)>> _tasks = new();
    private readonly TaskCompletionSource<Done> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Reason _reason;

    internal CoordinatedShutdown(ExtendedActorSystem system)
    {
        System = system;
        _log = Logging.GetLogger(system, GetType());
        _phases = new ShutdownPhases(system.Settings.Config.GetConfig("akka.coordinated-shutdown"));
        if (system.Settings.CoordinatedShutdownTerminateActorSystem)
        {
            AddTask(PhaseActorSystemTerminate, "terminate-system", TerminateSystem);
        }

        if (system.Settings.Config.GetBoolean("akka.coordinated-shutdown.run-by-clr-shutdown-hook"))
        {
            RunWhenProcessExits();
        }
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Why the shutdown began, or <see langword="null"/> before it did.</summary>
    public Reason ShutdownReason => Volatile.Read(ref _reason);

    /// <summary>How long it can take at most, with the tasks there are now.</summary>
    public TimeSpan TotalTimeout =>
        _phases.InOrder.Where(p => _tasks.ContainsKey(p.Name)).Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Timeout);

    public static CoordinatedShutdown Get(ActorSystem sys) => (CoordinatedShutdown)sys.RegisterExtension(new CoordinatedShutdownExtension());

    public TimeSpan Timeout(string phase) =>
        _phases.Find(phase)?.Timeout
        ?? throw new ArgumentException($"Unknown phase [{phase}]. All phases must be defined in configuration.");

    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (_phases.Find(phase) == null)
        {
            throw new ConfigurationException(
                $"Unknown phase [{phase}], known phases [{string.Join(",", _phases.InOrder.Select(p => p.Name))}]. All phases "
                + "(along with their optional dependencies) must be defined in configuration.");
        }

        _tasks.GetOrAdd(phase, _ => new ConcurrentQueue<(string, Func<Task<Done>>)>()).Enqueue((taskName, task));
    }

    /// <summary>Runs all phases, or those from the given one on. Whoever calls later waits for the same run.</summary>
    public Task<Done> Run(Reason reason, string fromPhase = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (Interlocked.CompareExchange(ref _reason, reason, null) == null)
        {
            _ = RunPhases(fromPhase);
        }

        return _done.Task;
    }

    private async Task RunPhases(string fromPhase)
    {
        try
        {
            var phases = fromPhase == null ? _phases.InOrder : _phases.InOrder.SkipWhile(p => p.Name != fromPhase);
            foreach (var phase in phases)
            {
                var tasks = phase.Enabled && _tasks.TryGetValue(phase.Name, out var added) ? added.ToArray() : [];
                _log.Debug("Performing phase [{0}] with tasks [{1}]", phase.Name, string.Join(", ", tasks.Select(t => t.Name)));
                if (tasks.Length > 0)
                {
                    await Task.Run(() => RunPhase(phase, tasks)).ConfigureAwait(false);
                }
            }

            _done.TrySetResult(Done.Instance);
        }
        catch (Exception e)
        {
            _done.TrySetException(new AggregateException(e));
        }
    }

    private async Task RunPhase(ShutdownPhase phase, (string Name, Func<Task<Done>> Task)[] tasks)
    {
        var all = Task.WhenAll(tasks.Select(t => RunTask(phase, t.Name, t.Task)));
        try
        {
            await all.WaitAsync(phase.Timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (phase.Name == PhaseActorSystemTerminate && System.WhenTerminated.IsCompleted)
        {
        }
        catch (TimeoutException)
        {
            if (!phase.Recover)
            {
                throw new TimeoutException($"Coordinated shutdown phase [{phase.Name}] timed out after {phase.Timeout}");
            }

            _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase.Name, phase.Timeout);
        }
    }

    private async Task RunTask(ShutdownPhase phase, string name, Func<Task<Done>> task)
    {
        try
        {
            await task().ConfigureAwait(false);
        }
        catch (Exception e) when (phase.Recover)
        {
            _log.Warning("Task [{0}] failed in phase [{1}]: {2}", name, phase.Name, e.Message);
        }
    }

    private async Task<Done> TerminateSystem()
    {
        ((ActorSystemImpl)System).FinalTerminate();
        await System.WhenTerminated.ConfigureAwait(false);
        if (System.Settings.Config.GetBoolean("akka.coordinated-shutdown.exit-clr") && ShutdownReason is not ClrExitReason)
        {
            Environment.Exit(0);
        }

        return Done.Instance;
    }

    private void RunWhenProcessExits()
    {
        void OnExit(object sender, EventArgs args)
        {
            if (!System.WhenTerminated.IsCompleted)
            {
                Run(ClrExitReason.Instance).Wait(TotalTimeout);
            }
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
        System.RegisterOnTermination(() => AppDomain.CurrentDomain.ProcessExit -= OnExit);
    }

    public class Reason
    {
        protected Reason()
        {
        }
    }

    public class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason()
        {
        }
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }
}

public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) => new(system);
}
