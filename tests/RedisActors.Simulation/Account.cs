using Akka.Actor;
using RedisActors.Commands;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Simulation;

/// <summary>
/// Hears what every sender is told, knows what the server did, and says where the two do not agree with what the library promises.
/// It stands for all senders.
/// </summary>
internal sealed class Account(VirtualTime time, Plan plan) : MinimalActorRef
{
    /// <summary>How late after its deadline a command may be answered: deadlines are looked at now and then, messages wait.</summary>
    private const long Tolerance = 400;

    /// <summary>How much earlier than here a command's time may be over by the server's clock, as far as it is known, in milliseconds.</summary>
    private const long ClockUncertainty = 2;

    /// <summary>Of one command: it is sent again twice, the second time alone, and then answered.</summary>
    private const int MostConnectionsEnded = 3;

    private readonly List<TrackedCommand> _commands = [];
    private Violation? _heard;
    private long _order;
    private int _told;
    private int _freshCount;
    private long _freshBytes;
    private int _handedAndUntold;

    public override ActorPath Path { get; } = ActorPath.Parse("akka://simulation/user/sender");

    public override IActorRefProvider Provider => throw new NotSupportedException();

    public Action<string>? Trace { get; set; }

    /// <summary>Whether the RedisActor has stopped or its supervisor has given up.</summary>
    public bool HasEnded { get; set; }

    public bool AllTold => _told == plan.Commands;

    /// <summary>The next number in the order of all that happens.</summary>
    public long NextOrder() => ++_order;

    /// <summary>The command actor has taken a command out of its mailbox.</summary>
    public void Arrived(TrackedCommand command, long deadline)
    {
        command.Deadline = deadline;
        command.Accepted = true;
        _commands.Add(command);
        _freshCount++;
        _freshBytes += CommandSize.Of(command.Command);
        Trace?.Invoke($"actor: takes {command}, deadline {(deadline == long.MaxValue ? "none" : deadline)}");
    }

    /// <summary>A request is handed to a link.</summary>
    public TrackedRequest HandedOver(PendingCommand pending, int epoch, bool isProbe)
    {
        var command = (TrackedCommand)pending.Command.State!;
        Trace?.Invoke($"actor: hands #{command.Number} to link {epoch}{(isProbe ? " as a probe" : string.Empty)}");
        if (command.Told is { } outcome) throw Wrong(command, $"is handed to a link after its sender was told {outcome}");
        if (time.NowMilliseconds - Tolerance > command.Deadline) throw Wrong(command, "is handed to a link after its deadline");
        if (command.Requests.Count == 0)
        {
            _handedAndUntold++;
            NoLongerFresh(command);
        }

        var request = new TrackedRequest(pending, epoch, NextOrder(), time.Now, isProbe);
        command.Requests.Add(request);
        return request;
    }

    /// <summary>The ledger is told that a request has come back: the server refused it for the time being.</summary>
    public void CameBack(CommandRefused refused)
    {
        var pending = refused.Command;
        var command = (TrackedCommand)pending.Command.State!;
        Trace?.Invoke($"actor: #{command.Number} has come back: {pending.RefusalReason} ({refused.Speaker})");
        foreach (var request in command.Requests)
        {
            if (request.Pending != pending) continue;
            if (!pending.RunsScript || refused.Speaker == Speaker.Server) request.BounceKnown = NextOrder();
            else request.HasReply = false;
        }
    }

    /// <summary>The ledger is about to be told that a link is lost: it has heard of every request before.</summary>
    public void LinkDown(int epoch)
    {
        foreach (var command in _commands)
        {
            if (command.Told is null && command.Requests is [.., { HasReply: true, BounceKnown: long.MaxValue } request] && request.Epoch == epoch)
            {
                throw Wrong(command, "has a reply that had come when its link was lost, and was not told");
            }
        }
    }

    /// <summary>The server has ended a connection rather than answer this command.</summary>
    public void EndsConnection(TrackedCommand command, int connection)
    {
        Trace?.Invoke($"server: connection {connection} is ended by {command}");
        if (++command.ConnectionsEnded > MostConnectionsEnded) throw Wrong(command, $"ends connection number {command.ConnectionsEnded}");
    }

    /// <summary>
    /// What is in flight keeps within its bounds; one command may always be, a probe beside the others, and what has shared a request goes
    /// together again.
    /// </summary>
    public void CheckInFlight(int count, long bytes, PendingCommand latest)
    {
        if (latest is TokenCommand { Group: not null }) return;
        if (count > plan.InFlightMaxCount) throw new Violation($"{count} are in flight, {plan.InFlightMaxCount} may be");
        if (count > 1 && bytes - latest.Size >= plan.InFlightMaxBytes)
        {
            throw new Violation($"{bytes} bytes are in flight, {plan.InFlightMaxBytes} may be");
        }
    }

    /// <summary>What comes out of the stash is handed over within the window.</summary>
    public void CheckWindow(int inFlight, int windowAtMost)
    {
        if (inFlight > windowAtMost) throw new Violation($"{inFlight} are in flight, {windowAtMost} may be");
    }

    /// <summary>The server has executed a command.</summary>
    public void Executed(TrackedCommand command, TrackedRequest request, ServerReply reply)
    {
        command.Executions.Add(new Execution(NextOrder(), request, reply.Value, reply.Error));
        if (command.Told == Outcome.NotSent) throw Wrong(command, "is executed after its sender was told NotSent");
        if (command.Writes && command.Command.Deadline is not 0 and var latest && time.NowMilliseconds > latest)
        {
            throw Wrong(command, "is executed when its time is over, and a third node may have run it too");
        }

        if (command.Executions.Count > 1 && !MayRunTwice(command)) throw Wrong(command, "is executed twice");
    }

    /// <summary>A sender has given its command up.</summary>
    public void Cancelled(TrackedCommand command, Outcome outcome)
    {
        Trace?.Invoke($"cancelled: #{command.Number} {outcome}");
        command.Told = outcome;
        _told++;
        if (outcome == Outcome.NotSent && command.Executions.Count > 0) throw Wrong(command, "was cancelled as NotSent and had run");
        if (outcome == Outcome.Unknown && command.Requests.Count == 0) throw Wrong(command, "was cancelled as Unknown and was never handed to a link");
    }

    /// <summary>The library is done with a command that was given up.</summary>
    public void EndedAfterCancellation(TrackedCommand command) => LeavesLedger(command);

    /// <summary>Checked whenever anything has happened.</summary>
    public void CheckStep(CommandLedger ledger)
    {
        if (_heard is not null) throw _heard;
        if (_freshCount > plan.StashMaxCount && ledger.Stashed > plan.StashMaxCount + _handedAndUntold)
        {
            throw new Violation($"{ledger.Stashed} commands are stashed, {plan.StashMaxCount} may be");
        }

        if (_freshBytes > plan.StashMaxBytes) throw new Violation($"{_freshBytes} bytes are stashed, {plan.StashMaxBytes} may be");
        if (ledger.StashedBytes != _freshBytes)
        {
            throw new Violation($"{_freshBytes} bytes are stashed, and the ledger says {ledger.StashedBytes}");
        }
    }

    /// <summary>Checked when nothing happens any more.</summary>
    public void CheckEnd(CommandLedger? ledger)
    {
        foreach (var command in _commands)
        {
            if (command.Told is null) throw Wrong(command, "is never answered");
        }

        if (!AllTold) throw new Violation($"{plan.Commands} commands were sent and {_told} answered");
        if (ledger is not null && (ledger.Stashed, ledger.InFlight) != (0, 0))
        {
            throw new Violation($"everything is answered, and the ledger still holds {ledger.Stashed} stashed, {ledger.InFlight} in flight");
        }

        CheckOrder();
    }

    /// <summary>A sender throws nothing: what is wrong is told at the end of the step.</summary>
    protected override void TellInternal(object message, IActorRef sender)
    {
        try
        {
            Hear(message);
        }
        catch (Violation violation)
        {
            _heard ??= violation;
        }
    }

    private void Hear(object message)
    {
        switch (message)
        {
            case RedisReply { State: TrackedCommand command } reply:
                Tell(command, Outcome.Applied, string.Empty);
                command.Reply = reply.Value;
                CheckApplied(command);
                break;
            case Status.Failure { Cause: RedisOutcomeException failure, State: TrackedCommand command }:
                Tell(command, failure.Outcome, failure.Message);
                CheckFailure(command, failure);
                break;
            default:
                throw new Violation($"a sender is told {message}");
        }
    }

    private static bool Share(TrackedCommand one, TrackedCommand other)
    {
        foreach (var key in one.Keys)
        {
            if (Array.IndexOf(other.Keys, key) >= 0) return true;
        }

        return false;
    }

    /// <summary>
    /// A known limit: a command that was handed to the same link before it was known that the server refused its predecessor. Not
    /// one that overtakes a probe: while that is out, everything for its keys has to wait.
    /// </summary>
    private static bool WasInFlightWhenRefused(TrackedCommand former, Execution overtook)
    {
        foreach (var request in former.Requests)
        {
            if (request.WasRefused
                && !request.IsProbe
                && request.Epoch == overtook.Request.Epoch
                && request.Order < overtook.Request.Order
                && request.BounceKnown > overtook.Request.Order)
            {
                return true;
            }
        }

        return false;
    }

    private static Violation Wrong(TrackedCommand command, string what) => new($"{command} {what}");

    private void Tell(TrackedCommand command, Outcome outcome, string message)
    {
        Trace?.Invoke($"told: #{command.Number} {outcome} {message}");
        if (command.Told is { } former) throw Wrong(command, $"is told {outcome} after it was told {former}");
        command.Told = outcome;
        _told++;
        LeavesLedger(command);
        if (time.NowMilliseconds - Tolerance > command.Deadline) throw Wrong(command, $"is answered at {time.NowMilliseconds}, after its deadline");
    }

    private void LeavesLedger(TrackedCommand command)
    {
        if (command.Requests.Count > 0) _handedAndUntold--;
        else if (command.Accepted) NoLongerFresh(command);
    }

    private void NoLongerFresh(TrackedCommand command)
    {
        _freshCount--;
        _freshBytes -= CommandSize.Of(command.Command);
    }

    private void CheckApplied(TrackedCommand command)
    {
        var first = command.Executions.Count > 0 ? command.Executions[0] : throw Wrong(command, "was told Applied and never ran");
        var isTheFirst = first.Error is null && first.Reply == command.Reply;
        var once = command.Mode is DeliveryMode.AtMostOnce or DeliveryMode.ExactlyOnce && command.Writes;
        if (isTheFirst || (!once && command.Executions.Exists(run => run.Error is null && run.Reply == command.Reply))) return;
        throw Wrong(command, $"was told {command.Reply}, and the server had answered {first.Reply}");
    }

    private void CheckFailure(TrackedCommand command, RedisOutcomeException failure)
    {
        switch (failure.Outcome)
        {
            case Outcome.Applied:
                throw Wrong(command, "was told Applied as a failure");
            case Outcome.Rejected when command.Writes && command.Executions.Exists(run => run.Error is null):
                throw Wrong(command, $"was told Rejected and had run: {failure.Message}");
            case Outcome.Rejected when !command.Executions.Exists(run => run.Error == failure.ServerError)
                && !command.Rejections.Contains(failure.ServerError!):
                throw Wrong(command, $"was told that the server rejected it with {failure.ServerError}, which it did not");
            case Outcome.NotSent when command.Executions.Count > 0:
                throw Wrong(command, "was told NotSent and had run");
            case Outcome.NotSent when !MayEndAsNotSent(command):
                throw Wrong(command, $"was told NotSent for no reason: {failure.Message}");
            case Outcome.Unknown when command.Requests.Count == 0:
                throw Wrong(command, "was told Unknown and was never handed to a link");
            case Outcome.Unknown when !MayEndAsUnknown(command):
                throw Wrong(command, $"was told Unknown for no reason: {failure.Message}");
        }
    }

    private bool MayEndAsNotSent(TrackedCommand command) =>
        HasEnded
        || time.NowMilliseconds >= command.Deadline - ClockUncertainty
        || plan.StashMaxCount < plan.Commands
        || plan.StashMaxBytes < 1 << 20
        || (command is { Mode: DeliveryMode.ExactlyOnce, Requests.Count: 0 } && command.Command.Name.StartsWith("MODULE.", StringComparison.Ordinal));

    private bool MayEndAsUnknown(TrackedCommand command)
    {
        if (time.NowMilliseconds >= command.Deadline - ClockUncertainty) return true;
        var lost = command.Requests.Count(request => request.BounceKnown == long.MaxValue);
        if (lost > 1 && (command.Rejections.Count > 0 || command.Executions.Exists(run => run.Error is not null))) return true;
        if (command.TokenMayBeEvicted) return true;
        if (HasEnded || lost > 2) return true;
        return command.Mode switch
        {
            DeliveryMode.AtMostOnce => true,
            DeliveryMode.WhenSafe => command.Writes,
            DeliveryMode.ExactlyOnce => command.Writes && HasOutlivedItsToken(command),
            _ => false,
        };
    }

    private bool HasOutlivedItsToken(TrackedCommand command)
    {
        var first = command.Requests.Find(request => request.BounceKnown == long.MaxValue);
        return first is not null && time.Now - first.At > Plan.Keep.TotalMicroseconds * 0.89;
    }

    private bool MayRunTwice(TrackedCommand command) => command.Mode switch
    {
        DeliveryMode.AtMostOnce => false,
        DeliveryMode.AtLeastOnce => true,
        DeliveryMode.ExactlyOnce => !command.Writes,
        _ => command.Class switch
        {
            ReplayClass.ReadOnly => true,
            ReplayClass.LastWins => plan.Limit >= ReplayLimit.LastWins,
            ReplayClass.Conditional => plan.Limit >= ReplayLimit.Conditional,
            _ => false,
        },
    };

    private void CheckOrder()
    {
        for (var later = 1; later < _commands.Count; later++)
        {
            var second = _commands[later];
            if (second.Executions.Count == 0) continue;
            for (var earlier = 0; earlier < later; earlier++)
            {
                var first = _commands[earlier];
                if (first.Writes && first.Sender == second.Sender && first.Executions.Count > 0 && Share(first, second)) CheckOrder(first, second);
            }
        }
    }

    private void CheckOrder(TrackedCommand first, TrackedCommand second)
    {
        var overtook = second.Writes ? second.Executions[0] : LastRead(second);
        if (overtook is not null && first.Executions[0].Order > overtook.Order && !WasInFlightWhenRefused(first, overtook))
        {
            throw new Violation($"{second} took effect before {first}, which its sender had sent earlier");
        }

        // A write that ran again undoes what came after it, unless that ran again too, or nobody was told that it had run.
        if (first.Executions.Count > 1
            && first.Mode != DeliveryMode.AtLeastOnce
            && second is { Writes: true, Told: Outcome.Applied }
            && first.Executions[0].Order < second.Executions[^1].Order
            && first.Executions[^1].Order > second.Executions[^1].Order
            && !WasInFlightWhenRefused(first, second.Executions[^1]))
        {
            throw new Violation($"{first} took effect again after {second}, which its sender had sent later and was told to be applied");
        }
    }

    /// <summary>A read answers with what is there when it runs last: only the answer that was told counts.</summary>
    private static Execution? LastRead(TrackedCommand read) => read.Told == Outcome.Applied ? read.Executions[^1] : null;
}
