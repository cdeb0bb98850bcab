using RedisActors.Commands;
using RedisActors.Connection;
using static RedisActors.Supervision.SupervisorEffect;
using static RedisActors.Supervision.SupervisorState;

namespace RedisActors.Supervision;

/// <summary>
/// What a supervisor decides: from a state and an event, the next state and what to do. No actor, no clock, no chance of its own.
/// </summary>
internal sealed class SupervisorMachine
{
    private const string NoReason = "no reason was given";

    /// <summary>The connection's name, for events.</summary>
    public required string Connection { get; init; }

    /// <summary>Where the connection leads, for events.</summary>
    public required string Target { get; init; }

    public required ReconnectPlan Plan { get; init; }

    /// <summary>How often the server is polled during a wait; infinite is never.</summary>
    public required TimeSpan PollInterval { get; init; }

    /// <summary>The wait after a failure that waiting does not fix; infinite is for ever.</summary>
    public required TimeSpan MisconfiguredRetryAfter { get; init; }

    public required WhenMisconfigured CommandsWhenMisconfigured { get; init; }

    public required WhenRestartsSpent WhenSpent { get; init; }

    /// <summary>The wait before the RedisActor fails, so that a parent which restarts it at once does not make a hot loop of it.</summary>
    public required TimeSpan EscalateAfter { get; init; }

    public static SupervisorMachine Of(SupervisionSettings settings, LinkSettings link) => new()
    {
        Connection = link.Name,
        Target = link.Target,
        Plan = settings.CreateReconnectPlan(),
        PollInterval = settings.Backoff.PollInterval,
        MisconfiguredRetryAfter = settings.Misconfigured.RetryAfter,
        CommandsWhenMisconfigured = settings.Misconfigured.Commands,
        WhenSpent = settings.Restart.WhenSpent,
        EscalateAfter = settings.Backoff.Max,
    };

    /// <summary>The first attempt.</summary>
    public SupervisorStep Begin() => Connect(new ConnectionHistory(Plan.Begin()));

    /// <summary>What follows from an event. Events that a state does not name change nothing.</summary>
    public SupervisorStep On(SupervisorState state, object @event, Moment moment) => (state, @event) switch
    {
        (Connecting s, LinkVerified e) when e.Epoch == s.History.Epoch => LinkReady(s, e.Link, moment),
        (Connecting s, ConnectionStopped e) => AttemptFailed(s, e, moment),
        (Connecting s, PauseConnection e) => StopAttempt(s, Reason(e)),

        (Ready s, ConnectionStopped e) => LinkLost(s, e, moment),
        (Ready s, ForceReconnect e) => Leave(s, Reason(e), pausedBecause: null),
        (Ready s, PauseConnection e) => Leave(s, Reason(e), pausedBecause: Reason(e)),
        (Ready s, ReplaceLink e) => Leave(s, e.Reason, pausedBecause: null),

        (Leaving s, ConnectionStopped e) => Left(s, e.Cause, moment),
        (Leaving s, ForceReconnect or ResumeConnection) => new(s with { PausedBecause = null }),
        (Leaving s, PauseConnection e) => new(s with { PausedBecause = Reason(e) }),

        (BackingOff s, BackoffElapsed or ForceReconnect) => Connect(s.History).After(new CancelTimers()),
        (BackingOff s, PollDue) => new(s, new PollServer(s.History.Epoch)),
        (BackingOff s, ServerPolled e) when e.Epoch == s.History.Epoch => Polled(s, e.Answers, moment),
        (BackingOff s, PauseConnection e) => Suspend(s.History, Reason(e)).After(new CancelTimers()),

        (Suspended s, ForceReconnect or ResumeConnection) => BeginAnew(s.History),
        (Suspended s, PauseConnection e) when e.Reason != s.Reason => Suspend(s.History, Reason(e)),

        (GaveUp s, ForceReconnect or ResumeConnection) => BeginAnew(s.History).After(new CancelTimers()),
        (GaveUp s, PauseConnection e) => Suspend(s.History, Reason(e)).After(new CancelTimers()),
        (GaveUp s, EscalationDue) => new(s, new Escalate(s.Cause)),

        (_, AttachCommands) => new(state, TellPresentState(state)),
        (_, ShowGauges) => new(state, TellNoMoreLinks(state.History)),
        (_, SupervisorRestarted e) => Restart(state, e.Cause, moment),
        _ => new(state),
    };

    private SupervisorStep Connect(ConnectionHistory history)
    {
        history = history with { Epoch = history.Epoch + 1 };
        return new(
            new Connecting(history),
            new Announce(new RedisConnecting(Connection, history.Epoch, Target, history.Attempts.Attempt)),
            new StartConnection(history.Epoch, history.Unfenced));
    }

    /// <summary>Nothing that failed so far counts any more.</summary>
    private SupervisorStep BeginAnew(ConnectionHistory history) =>
        Connect(history with { Attempts = Plan.Begin(), NoLinksBecause = null }).After(LetCommandsWait(history));

    private SupervisorStep LinkReady(Connecting state, IRedisLink link, Moment moment)
    {
        var history = state.History;
        var away = history.LostAt is { } lostAt ? moment.Now - lostAt : TimeSpan.Zero;
        return new(
            new Ready(history with { Unfenced = link.Identity, NoLinksBecause = null }, link, moment.Now),
            new Announce(new RedisReady(Connection, history.Epoch, link.Endpoint, link.Identity.Id, away) { ClientAddress = link.Identity.Address }),
            new TellCommands(new LinkUp(history.Epoch, link)));
    }

    private SupervisorStep AttemptFailed(Connecting state, ConnectionStopped stopped, Moment moment)
    {
        var (attempts, wait) = Plan.AfterFailure(state.History.Attempts, moment.Now, moment.Chance);
        return TryAgain(state.History with { Attempts = attempts }, wait, stopped, moment);
    }

    private SupervisorStep LinkLost(Ready state, ConnectionStopped stopped, Moment moment)
    {
        var (attempts, wait) = Plan.AfterLoss(state.History.Attempts, moment.Now - state.Since, moment.Now, moment.Chance);
        var history = state.History with { Attempts = attempts, LostAt = moment.Now };
        return TryAgain(history, wait, stopped with { ServerWasSilent = false }, moment)
            .After(TellOfLoss(state.History, state.Link, stopped.Cause));
    }

    /// <summary>After the wait that the plan says, if it says any, and the failure does not say otherwise.</summary>
    private SupervisorStep TryAgain(ConnectionHistory history, TimeSpan? wait, ConnectionStopped stopped, Moment moment)
    {
        if (wait is not { } delay) return EndAttempts(history, stopped.Cause);
        if (stopped.Misconfigured) return WaitForSettings(history, stopped.Cause);

        // Connections that lead to the same server do not come back in the same instant.
        if (delay == TimeSpan.Zero) delay = moment.Spread;
        var waiting = history with { NoLinksBecause = null };
        var next = delay == TimeSpan.Zero ? Connect(waiting) : BackOff(waiting, delay, stopped);
        return next.After(LetCommandsWait(history));
    }

    private SupervisorStep BackOff(ConnectionHistory history, TimeSpan delay, ConnectionStopped stopped) => new(
        new BackingOff(history, stopped.ServerWasSilent),
        [
            new Announce(new RedisBackingOff(Connection, history.Epoch, Target, history.Attempts.Attempt, delay, stopped.Cause)
            {
                Misconfigured = stopped.Misconfigured,
            }),
            new StartTimer(BackoffElapsed.Instance, delay),
            .. stopped.Misconfigured ? [] : PollLater(),
        ]);

    /// <summary>The server is not polled meanwhile: that it answers says nothing about the settings.</summary>
    private SupervisorStep WaitForSettings(ConnectionHistory history, string cause)
    {
        if (MisconfiguredRetryAfter == Timeout.InfiniteTimeSpan) return EndAttempts(history, cause);
        var answersCommands = CommandsWhenMisconfigured == WhenMisconfigured.AnswerNotSent;
        var next = answersCommands ? history with { NoLinksBecause = $"there is no connection: {cause}" } : history;
        var step = BackOff(next, MisconfiguredRetryAfter, new ConnectionStopped(cause) { Misconfigured = true });
        return answersCommands ? step with { Effects = [.. step.Effects, .. TellNoMoreLinks(next)] } : step;
    }

    /// <summary>An answer after silence ends the wait. A server that answers all the time, and refuses this client, does not.</summary>
    private SupervisorStep Polled(BackingOff state, bool answers, Moment moment)
    {
        if (!answers || !state.ServerWasSilent) return new(state with { ServerWasSilent = state.ServerWasSilent || !answers }, PollLater());

        // All that wait for this server learn in one instant that it is back.
        return moment.Spread == TimeSpan.Zero
            ? Connect(state.History).After(new CancelTimers())
            : new(state, new StartTimer(BackoffElapsed.Instance, moment.Spread));
    }

    private IReadOnlyList<SupervisorEffect> PollLater() =>
        PollInterval == Timeout.InfiniteTimeSpan ? [] : [new StartTimer(PollDue.Instance, PollInterval)];

    private SupervisorStep EndAttempts(ConnectionHistory history, string cause)
    {
        if (WhenSpent == WhenRestartsSpent.Suspend) return Suspend(history, $"no further attempt is allowed; the last one: {cause}");
        var gaveUp = history with { NoLinksBecause = $"the connection was given up: {cause}" };
        return GiveUp(new GaveUp(gaveUp, cause));
    }

    private SupervisorStep GiveUp(GaveUp state) => new(
        state,
        [
            new Announce(new RedisGaveUp(Connection, state.History.Epoch, Target, state.Cause)),
            .. TellNoMoreLinks(state.History),
            .. EscalateLater(),
        ]);

    private IReadOnlyList<SupervisorEffect> EscalateLater() =>
        WhenSpent == WhenRestartsSpent.Escalate ? [new StartTimer(EscalationDue.Instance, EscalateAfter)] : [];

    private SupervisorStep Suspend(ConnectionHistory history, string reason) => new(
        new Suspended(history with { NoLinksBecause = null }, reason),
        [.. LetCommandsWait(history), new Announce(new RedisSuspended(Connection, history.Epoch, Target, reason))]);

    /// <summary>In good order, which the command actor sees to: it ends the link when what is in flight has been answered.</summary>
    private static SupervisorStep Leave(Ready state, string why, string? pausedBecause) => new(
        new Leaving(state.History, state.Link, why, pausedBecause),
        new TellCommands(new LeaveLink(why)));

    private static SupervisorStep StopAttempt(Connecting state, string reason) => new(
        new Leaving(state.History, Link: null, reason, PausedBecause: reason),
        new StopConnection());

    private SupervisorStep Left(Leaving state, string cause, Moment moment)
    {
        var history = state.Link is null ? state.History : state.History with { LostAt = moment.Now };
        var next = state.PausedBecause is { } reason ? Suspend(history, reason) : BeginAnew(history);
        return state.Link is null ? next : next.After(TellOfLoss(state.History, state.Link, cause));
    }

    /// <summary>What an operator ordered, or a budget has decided, outlives the failure.</summary>
    private SupervisorStep Restart(SupervisorState state, string cause, Moment moment) => state switch
    {
        Ready s => Connect(s.History with { LostAt = moment.Now }).After(TellOfLoss(s.History, s.Link, cause)),
        Leaving s => Left(s, cause, moment),
        Suspended s => Suspend(s.History, s.Reason),
        GaveUp s => GiveUp(s),
        _ => Connect(state.History with { NoLinksBecause = null }),
    };

    /// <summary>The link has been disposed of by now.</summary>
    private IReadOnlyList<SupervisorEffect> TellOfLoss(ConnectionHistory history, IRedisLink link, string cause) =>
    [
        new TellCommands(new LinkDown(history.Epoch, cause)),
        new Announce(new RedisLost(Connection, history.Epoch, link.Endpoint, cause)),
    ];

    private static IReadOnlyList<SupervisorEffect> TellPresentState(SupervisorState state) => state switch
    {
        Ready s => [new TellCommands(new LinkUp(s.History.Epoch, s.Link))],
        Leaving { Link: { } link } s => [new TellCommands(new LinkUp(s.History.Epoch, link)), new TellCommands(new LeaveLink(s.Why))],
        _ => TellNoMoreLinks(state.History),
    };

    private static IReadOnlyList<SupervisorEffect> TellNoMoreLinks(ConnectionHistory history) =>
        history.NoLinksBecause is { } why ? [new TellCommands(new NoMoreLinks(why))] : [];

    private static IReadOnlyList<SupervisorEffect> LetCommandsWait(ConnectionHistory before) =>
        before.NoLinksBecause is null ? [] : [new TellCommands(LinksAgain.Instance)];

    /// <summary>A message that was read by a serializer of the user's may have none.</summary>
    private static string Reason(PauseConnection order) => order.Reason ?? NoReason;

    private static string Reason(ForceReconnect order) => order.Reason ?? NoReason;
}

/// <summary>What an event finds outside of the supervisor.</summary>
/// <param name="Now">The time.</param>
/// <param name="Chance">A random number from 0 to below 1.</param>
/// <param name="Spread">A short wait that keeps the connections to one server from coming in one instant; zero: there is only one.</param>
internal readonly record struct Moment(TimeSpan Now, double Chance, TimeSpan Spread);
