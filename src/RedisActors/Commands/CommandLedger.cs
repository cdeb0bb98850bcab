using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Commands;

/// <summary>
/// Every accepted command that has no answer yet: in flight or stashed. Decides which is handed to the link and when, and what
/// becomes of each when a link is lost, when the server refuses for the time being, when time passes, and in the end. No actor,
/// no clock, no socket; used by one actor at a time.
/// </summary>
internal sealed class CommandLedger
{
    private const string MayStillRun = "it was sent and no reply came within its timeout; the server may still execute it";

    private readonly InFlightQueue _inFlight;
    private readonly ReplayWindow _window;
    private readonly DeadlineQueue _deadlines = new();
    private readonly RetryGate _refused;
    private readonly WaitingCommands _waiting;
    private readonly ReplayOrder _replay;
    private readonly InFlightSettings _bounds;
    private readonly List<PendingCommand> _doubtful = [];
    private readonly GroupSize _group;
    private readonly Queue<PendingCommand> _mates = new();
    private readonly TokenRequests _tokenRequests;
    private PendingCommand? _suspect;
    private bool _linked;
    private bool _leaving;
    private bool _gathers;

    public CommandLedger(
        ReplayPolicy rules, InFlightQueue inFlight, CommandStash stash, ReplayWindow window, InFlightSettings bounds, GroupSize group)
    {
        _group = group;
        _tokenRequests = new TokenRequests(inFlight, group.Requests);
        _inFlight = inFlight;
        _window = window;
        _bounds = bounds;
        _refused = new RetryGate(rules);
        _waiting = new WaitingCommands(stash, command => _deadlines.Add(command, Live), _refused);
        _replay = new ReplayOrder(rules);
        Slots = new SlotMigration(_waiting, inFlight);
    }

    /// <summary>How many commands were handed to a link and are not answered.</summary>
    public int InFlight => _inFlight.Count + _inFlight.Returning;

    /// <summary>How many commands wait to be handed to a link.</summary>
    public int Stashed => _waiting.Count;

    /// <summary>The estimated size of what waits.</summary>
    public long StashedBytes => _waiting.Bytes;

    /// <summary>Hash slots that change lanes, with their commands.</summary>
    public SlotMigration Slots { get; }

    /// <summary>Whether the server is one node of a cluster, so that another one may have a command's slot.</summary>
    public bool InCluster { get; init; }

    /// <summary>Whether anything waits that has a deadline.</summary>
    public bool HasDeadlines => !_deadlines.IsEmpty || _doubtful.Count > 0;

    /// <summary>How many times in a row the server has refused for the time being.</summary>
    public int RetryAttempt => _refused.Attempt;

    /// <summary>Whether as many have gathered as may share a request: hand over what <see cref="Next"/> gives.</summary>
    public bool HasGathered => _gathers && (_waiting.Count >= _group.Count || _waiting.Bytes >= _group.MaxBytes);

    private int Live => InFlight + Stashed;

    private bool MayHandOver => _linked && !_leaving;

    private bool IsSuspectInFlight => _suspect is { IsInFlight: true };

    /// <summary>A suspect is sent when nothing else is in flight, and nothing else is while it is.</summary>
    private bool AwaitsSuspect => IsSuspectInFlight || (_waiting.NextReturned is { IsSuspect: true } && _inFlight.Count > 0);

    /// <summary>One command may always be in flight, however large it is.</summary>
    private bool HasRoomForMore =>
        _inFlight.Count == 0 || (_inFlight.Count < _bounds.MaxCount && _inFlight.Bytes < _bounds.MaxBytes);

    /// <summary>Takes a new command. True: it is to be handed to the link now. False: it waits, or has been ended.</summary>
    public bool Accept(PendingCommand command, long now)
    {
        if (_waiting.AwaitsSlot(command) || !MayGo(command) || !HasRoomFor(command))
        {
            var isFirst = _waiting.NoneIsStashed;
            _waiting.Add(command);
            if (isFirst && MayHandOver && _refused.IsOpen) AwaitRoom();
            return false;
        }

        if (Gathers(command))
        {
            _gathers = true;
            _waiting.Add(command);
            _tokenRequests.SignalWhenLess();
            return false;
        }

        if (!command.TryClaim()) return false;
        _deadlines.Add(command, Live);
        EnterFlight(command, now);
        _tokenRequests.End();
        return true;
    }

    /// <summary>
    /// Whether what has gathered has to be handed over before this command is accepted: there is no room to wait with it, and it is not
    /// to be refused for want of room when nothing keeps it from being sent.
    /// </summary>
    public bool MustHandOverBefore(PendingCommand command) => _gathers && !_waiting.HasRoomFor(command);

    /// <summary>There is a link. Hand over what <see cref="Next"/> gives.</summary>
    public void LinkUp()
    {
        _linked = true;
        _waiting.MayWait();
        _window.Reset();
        if (_waiting.NoneIsStashed) _window.Open();
        _refused.Release();
    }

    /// <summary>The next command that is to be handed to the link; null when there is none for now.</summary>
    public PendingCommand? Next(long now)
    {
        _gathers = false;
        if (NextMate(now) is { } mate) return mate;
        if (!MayHandOver || !_refused.IsOpen || _waiting.NoneIsStashed)
        {
            _tokenRequests.End();
            return null;
        }

        if (!AwaitsSuspect && _inFlight.Count < _window.Size && HasRoomForMore && _waiting.Take(now) is { } command)
        {
            if (command.IsSuspect) _suspect = command;
            TakeMates(command);
            EnterFlight(command, now);
            if (_waiting.NoneIsStashed) _window.Open();
            return command;
        }

        if (!_waiting.NoneIsStashed) AwaitRoom();
        _tokenRequests.End();
        return null;
    }

    /// <summary>As many have been answered as were waited for. Hand over what <see cref="Next"/> gives.</summary>
    public void RoomAgain()
    {
        if (!_refused.EndProbe()) _window.Grow();
    }

    /// <summary>Whether it was this ledger that handed a command to a link, and not the one before a restart of the actor.</summary>
    public bool HasHandedOver(PendingCommand command) => command.WasIn(_inFlight);

    /// <summary>
    /// The server refused a command for the time being: it certainly did not run. It goes back, and holds back what comes after
    /// it: on its keys, or everything where the whole server refuses. Of a script it has to be known first who spoke.
    /// </summary>
    public RefusalAction CommandRefused(PendingCommand command, Speaker speaker = Speaker.NotAsked)
    {
        if (command.RunsScript)
        {
            if (speaker == Speaker.NotAsked && (speaker = command.Speaker) == Speaker.NotAsked && _linked)
            {
                _refused.DoubtProbe();
                _doubtful.Add(command);
                return RefusalAction.AwaitWitness;
            }

            _doubtful.Remove(command);
            if (!command.TryConclude()) return RefusalAction.Retry;
            if (speaker != Speaker.Server)
            {
                _inFlight.HasReturned();
                if (speaker == Speaker.Script) command.EndAsAnswered();
                else ScriptLost(command);
                return RefusalAction.Retry;
            }
        }

        _inFlight.HasReturned();
        var reason = command.RefusalReason!;
        var kind = RetryableErrors.Classify(reason, out var scope);
        if (SlotRedirect.TryParse(reason, out var redirect))
        {
            if (!InCluster)
            {
                command.EndAsAnswered();
                return RefusalAction.Retry;
            }

            if (redirect.IsMoved)
            {
                command.MovedSlot = redirect.Slot;
                if (_linked) Slots.Hold([redirect.Slot]);
            }
        }

        var alone = _waiting.NoneIsStashed;
        var renewed = command.Renew(mayHaveRun: false);
        if (_waiting.EndIfInVain(renewed)) return RefusalAction.Retry;
        _waiting.Return(renewed);
        if (!_linked) return RefusalAction.Retry;
        if (renewed.WasSplit && kind == ServerErrorKind.Final)
        {
            // It waits with the others while the server refuses one of them, and so does what comes behind it.
            _refused.AddBehind(renewed);
            return RefusalAction.SendAgain;
        }

        if (kind == ServerErrorKind.Moved) return RefusalAction.Moved;
        var leaves = kind == ServerErrorKind.Reconnect;
        _refused.Refused(renewed, leaves ? ServerErrorScope.Server : scope, alone);
        if (_refused.HoldsEverything) _window.Reset();
        return leaves ? RefusalAction.Reconnect : kind == ServerErrorKind.NoScript ? RefusalAction.LoadScript : RefusalAction.Retry;
    }

    /// <summary>
    /// Ends a command that the server has not run because its time was over, if that is so here too. Otherwise what is known of the server's
    /// clock is wrong, and another link will know better.
    /// </summary>
    /// <param name="command">One that the server refused.</param>
    /// <param name="now">The latest time that it may be, in milliseconds of the actor's clock.</param>
    public bool TryEndLate(PendingCommand command, long now)
    {
        if (command is not TokenCommand || now < command.Deadline || !ExactlyOnceScript.IsLate(command.RefusalReason!)) return false;
        _inFlight.HasReturned();
        command.Renew(mayHaveRun: false).EndAsWaiting("its timeout passed before the server came to it");
        return true;
    }

    /// <summary>The wait is over: the one command that is to be handed to the link, to see whether the server takes it now.</summary>
    public PendingCommand? RetryDue(long now)
    {
        _refused.ForgetPlan();
        if (!MayHandOver || !_refused.AwaitsProbe || _inFlight.Returning > 0) return null;
        if (_waiting.NextReturned is { IsSuspect: true } && _inFlight.Count > 0)
        {
            _refused.HoldEverything();
            return null;
        }

        if (_waiting.Take(now) is not { } probe)
        {
            _refused.Release();
            return null;
        }

        if (probe.IsSuspect) _suspect = probe;
        _refused.BeginProbe(probe);
        TakeMates(probe);
        EnterFlight(probe, now);
        return probe;
    }

    /// <summary>
    /// The next of those that shared a request with the last that was handed over: they are handed over together again. Null when there
    /// is none.
    /// </summary>
    public PendingCommand? NextMate(long now)
    {
        if (!_mates.TryDequeue(out var mate)) return null;
        EnterFlight(mate, now);
        return mate;
    }

    /// <summary>The probe that <see cref="RetryDue"/> gave was handed over: ask to be told when it is answered.</summary>
    public void AwaitProbe() => _inFlight.SignalWhen(0);

    /// <summary>Whether a wait has to be planned; answers true once for each.</summary>
    public bool PlanRetry() => _linked && _refused.TryPlan();

    /// <summary>The link is about to be left: nothing more is handed to it.</summary>
    public void Leave() => _leaving = true;

    /// <summary>
    /// The link is gone. What certainly did not reach the server, and what may be replayed, goes back to its place in the
    /// order; the rest ends as <see cref="Outcome.Unknown"/>. Answers how many were put back.
    /// </summary>
    public int LinkLost(string cause, long now)
    {
        _linked = _leaving = false;
        _refused.Release();
        var returned = 0;
        var unanswered = _inFlight.TakeUnanswered();
        _replay.MarkOvertaken(unanswered);
        foreach (var command in unanswered)
        {
            var certainlyNotSent = command.Fault is { CertainlyNotSent: true };
            if (!certainlyNotSent) command.CountLoss();
            if (!certainlyNotSent && command.SharesRequestWith(_suspect))
            {
                command.EndAs(
                    Outcome.Unknown,
                    $"{command.Command.Name}: three connections in a row were lost while it was in flight, the last one while nothing else was "
                    + $"({cause}); it is not sent again, and the server may have executed it");
            }
            else if (certainlyNotSent || (_replay.MayReplay(command) && command.MayBeReplayed(now)))
            {
                _waiting.Return(command.Renew(mayHaveRun: !certainlyNotSent));
                returned++;
            }
            else
            {
                command.EndAs(
                    Outcome.Unknown,
                    $"{command.Command.Name}: it was sent and the connection was lost before the reply came ({cause}); the server may have executed it");
            }
        }

        _suspect = null;
        return returned;
    }

    /// <summary>Ends what is past its deadline, each with its truthful outcome.</summary>
    public void Expire(long now)
    {
        while (_deadlines.TryTakeExpired(now) is { } command)
        {
            if (command.IsInFlight) EndInFlight(command, MayStillRun, "its timeout passed before it was sent");
            else _waiting.Expire(command);
        }

        foreach (var script in _doubtful.FindAll(script => script.Deadline <= now)) ExpireInDoubt(script);
        _inFlight.Deliver();
    }

    /// <summary>Ends everything that waits, and what still comes back: there will be no link for it.</summary>
    public void EndAllStashed(string reason) => _waiting.EndAll(reason);

    /// <summary>There may be a link after all: what comes back may wait again.</summary>
    public void LinksAgain() => _waiting.MayWait();

    /// <summary>Ends everything, each command with its truthful outcome.</summary>
    public void EndAll(string reason)
    {
        _linked = false;
        foreach (var command in _inFlight.TakeUnanswered())
        {
            EndInFlight(command, $"it was sent, and {reason} before the reply came", reason);
        }

        EndAllStashed(reason);
    }

    /// <summary>The link was lost before it was known who spoke: it may have run, and so may what was sent after it.</summary>
    private void ScriptLost(PendingCommand script)
    {
        script.WasOvertaken = true;
        if (!_replay.MayReplay(script))
        {
            EndInDoubt(script, "the connection was lost");
            return;
        }

        var renewed = script.Renew(mayHaveRun: true);
        if (!_waiting.EndIfInVain(renewed)) _waiting.Return(renewed);
    }

    private void ExpireInDoubt(PendingCommand script)
    {
        _doubtful.Remove(script);
        if (!script.TryConclude()) return;
        _inFlight.HasReturned();
        EndInDoubt(script, "its timeout passed");
    }

    private static void EndInDoubt(PendingCommand script, string why) => script.Renew(mayHaveRun: true).EndAs(
        Outcome.Unknown,
        $"{script.Command.Name}: it was answered in the words with which the server refuses a command ({script.RefusalReason}), and {why} "
        + "before it was known whether these were its own; the server may have executed it");

    private static void EndInFlight(PendingCommand command, string ifSent, string ifNotSent)
    {
        if (command.Fault is { CertainlyNotSent: true })
        {
            command.EndAsWaiting(ifNotSent);
        }
        else
        {
            command.EndAs(Outcome.Unknown, $"{command.Command.Name}: {ifSent}");
        }
    }

    private bool MayGo(PendingCommand command) =>
        MayHandOver && !IsSuspectInFlight && (_refused.IsOpen ? _waiting.NoneIsStashed : !_refused.HoldsBack(command));

    /// <summary>Asks to be told when there is room for what is stashed.</summary>
    private void AwaitRoom() =>
        _inFlight.SignalWhen(AwaitsSuspect ? 0 : Math.Min(_window.RefillAt, _inFlight.Count / 2));

    private bool HasRoomFor(PendingCommand command) =>
        HasRoomForMore && (_inFlight.Count == 0 || _inFlight.Bytes + command.Size <= _bounds.MaxBytes);

    private void TakeMates(PendingCommand command)
    {
        if (command is not TokenCommand { Group: { } group }) return;
        foreach (var mate in _waiting.TakeMates(command, group.LastSequence)) _mates.Enqueue(mate);
    }

    private void EnterFlight(PendingCommand command, long now)
    {
        command.HandedOver(now);
        _inFlight.Add(command);
        if (command is TokenCommand) _tokenRequests.Add();
    }

    /// <summary>It is not sent at once: it waits for the answer to what is in flight, and for others that come meanwhile.</summary>
    private bool Gathers(PendingCommand command) =>
        _group.Count > 1 && command is TokenCommand { MayShare: true } && _tokenRequests.AreMany && _refused.IsOpen && _waiting.HasRoomFor(command);
}

/// <summary>What the command actor has to do about a command that the server refused for the time being.</summary>
internal enum RefusalAction
{
    /// <summary>Wait, and call <see cref="CommandLedger.RetryDue"/>.</summary>
    Retry,

    /// <summary>Nothing is held back: hand over what <see cref="CommandLedger.Next"/> gives.</summary>
    SendAgain,

    /// <summary>Give the exactly-once script to the server again; then as <see cref="Retry"/>.</summary>
    LoadScript,

    /// <summary>It is called once more when the <see cref="ScriptWitness"/> has found out who spoke.</summary>
    AwaitWitness,

    /// <summary>Leave this server: it will go on refusing. The command is retried on the next link.</summary>
    Reconnect,

    /// <summary>The node does not have the command's hash slot: somebody has to find out who has. Its commands are held until then.</summary>
    Moved,
}
