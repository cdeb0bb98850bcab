using Akka.Actor;
using Akka.Event;
using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.Supervision;

namespace RedisActors.Lanes;

/// <summary>
/// One lane: a supervisor, which owns the connection, and the actor that uses it: a command actor, or one that takes subscriptions. If one of
/// the two fails, both are restarted together. If that happens too often, the lane stops.
/// </summary>
internal sealed class RedisLane : ReceiveActor
{
    private const int MaxFailuresPerMinute = 10;

    private readonly int _number;
    private readonly RedisSettings _settings;
    private readonly IRedisLinkFactory _links;
    private readonly LogBudget _logBudget;
    private readonly bool _isSession;
    private readonly Func<IActorRef, IActorRef, Props> _taker;
    private readonly RedisConnectionLog _log;
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly IActorRef _redis = Context.Parent;
    private IActorRef _commands = ActorRefs.Nobody;

    public RedisLane(
        int number, RedisSettings settings, IRedisLinkFactory links, LogBudget logBudget, bool isSession, Func<IActorRef, IActorRef, Props> taker)
    {
        _taker = taker;
        _number = number;
        _settings = settings;
        _links = links;
        _logBudget = logBudget;
        _isSession = isSession;
        _log = new RedisConnectionLog(Context.GetLogger(), logBudget, settings.Name, number);
        Receive<Terminated>(_ => Context.Stop(Self));
        Receive<BudgetSpent>(message => _redis.Forward(message));
        Receive<CloseLane>(_ => _commands.Tell(new DrainCommands(Timeout.InfiniteTimeSpan)));
        Receive<DrainedCommands>(_ => Context.Stop(Self));
    }

    /// <param name="number">From 1.</param>
    /// <param name="settings">The settings of its connection.</param>
    /// <param name="links">Makes its links.</param>
    /// <param name="logBudget">The log lines that all the lanes of the connection may write.</param>
    /// <param name="isSession">Whether it has one user at a time, who may send what blocks; its changes of state are not announced.</param>
    /// <param name="taker">The actor that uses the links, from its RedisActor and its supervisor; null: a command actor.</param>
    public static Props Props(
        int number,
        RedisSettings settings,
        IRedisLinkFactory links,
        LogBudget logBudget,
        bool isSession = false,
        Func<IActorRef, IActorRef, Props>? taker = null)
    {
        // A session does not take part in the slots' migration: it is told MOVED, and its user asks elsewhere.
        taker ??= (redis, supervisor) => RedisCommandActor.Props(
            settings.Commands, settings.Link.Topology == RedisTopology.Cluster && !isSession, redis, supervisor, isSession);
        return Akka.Actor.Props.Create(() => new RedisLane(number, settings, links, logBudget, isSession, taker));
    }

    protected override SupervisorStrategy SupervisorStrategy()
    {
        // Akka may ask for it when there is no context any more.
        var (log, clock) = (_log, _clock);
        return new AllForOneStrategy(
            MaxFailuresPerMinute,
            (int)TimeSpan.FromMinutes(1).TotalMilliseconds,
            failure =>
            {
                log.Failed(failure, clock.MonotonicClock);
                return Directive.Restart;
            },
            loggingEnabled: false);
    }

    /// <summary>The RedisActor learns about both, so that what it forwards need not pass through this actor.</summary>
    protected override void PreStart()
    {
        var memory = new SupervisorMemory { Lane = _number, LogBudget = _logBudget, IsSession = _isSession };
        var supervisor = Context.Watch(Context.ActorOf(RedisSupervisor.Props(_settings.Supervision, _settings.Link, _links, memory), "supervisor"));
        _commands = Context.Watch(Context.ActorOf(_taker(_redis, supervisor), "commands"));
        _redis.Tell(new LaneStarted(_number, supervisor, _commands));
    }
}

/// <summary>From a lane to its RedisActor: the actors that receive the lane's messages.</summary>
internal sealed record LaneStarted(int Number, IActorRef Supervisor, IActorRef Commands) : INoSerializationVerificationNeeded;

/// <summary>To a lane: stop once all commands have been answered; no more will come.</summary>
internal sealed class CloseLane : INoSerializationVerificationNeeded
{
    public static readonly CloseLane Instance = new();
}
