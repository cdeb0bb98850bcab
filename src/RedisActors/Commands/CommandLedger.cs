using RedisActors.Delivery;

namespace RedisActors.Commands;

/// <summary>What the command actor has to do about a command that the server refused for the time being.</summary>
internal enum AfterBounce
{
    /// <summary>Wait, and call <see cref="CommandLedger.AskAgainDue"/>.</summary>
    AskAgain,

    /// <summary>Give the exactly-once script to the server again; then as <see cref="AskAgain"/>.</summary>
    LoadScript,

    /// <summary>Leave this server: it will go on refusing. The command is asked again on the next link.</summary>
    Reconnect,

    /// <summary>The node does not have the command's hash slot: somebody has to find out who has. Its commands are held until then.</summary>
    Moved,
}

/// <summary>
/// Every accepted command that has no answer yet: in flight or stashed. Decides which is handed to the link and when, and what
/// becomes of each when a link is lost, when the server refuses for the time being, when time passes, and in the end. No actor,
/// no clock, no socket; used by one actor at a time.
/// </summary>
internal sealed class CommandLedger
{
    private const string MayStillRun = "it was sent and no reply came within its timeout; the server may still execute it";

    private readonly ReplayPolicy _rules;
    private readonly InFlightQueue _inFlight;
    private readonly CommandStash _stash;
    private readonly DrainWindow _window;
    private readonly DeadlineQueue _deadlines = new();
    private readonly HeldKeys _heldKeys;
    private readonly HeldSlots _heldSlots = new();
    private bool _linked;
    private Hold _hold;
    private bool _probing;
    private bool _bouncedSinceProbe;
    private bool _askAgainPlanned;
    private bool _landing;
    private bool _leaving;
    private string? _whyNoMoreLinks;

    public CommandLedger(ReplayPolicy rules, InFlightQueue inFlight, CommandStash stash, DrainWindow window)
    {
        _rules = rules;
        _inFlight = inFlight;
        _stash = stash;
        _window = window;
        _heldKeys = new HeldKeys(rules);
    }

    private enum Hold
    {
        /// <summary>Nothing is held back, but for the window.</summary>
        None,

        /// <summary>What touches a key of a command that has to be asked again.</summary>
        Keys,

        /// <summary>Everything.</summary>
        Server,
    }

    /// <summary>How many commands were handed to a link and are not answered.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>How many commands wait to be handed to a link.</summary>
    public int Stashed => _stash.Count + _heldSlots.Count;

    /// <summary>Whether the server is one node of a cluster, so that another one may have a command's slot.</summary>
    public bool InCluster { get; init; }

    /// <summary>The estimated size of what waits.</summary>
    public long StashedBytes => _stash.Bytes;

    /// <summary>Whether anything waits that has a deadline.</summary>
    public bool HasDeadlines => !_deadlines.IsEmpty;

    /// <summary>How many times in a row the server has refused for the time being.</summary>
    public int AskAgainAttempt { get; private set; }

    /// <summary>Whether <see cref="AskAgainDue"/> is waited for.</summary>
    public bool WaitsToAskAgain => _hold != Hold.None && !_probing;

    /// <summary>Takes a new command. True: it is to be handed to the link now. False: it waits, or has been ended.</summary>
    public bool Accept(PendingCommand command, long now)
    {
        if (_heldSlots.Holds(command))
        {
            AcceptHeld(command);
            return false;
        }

        if (MayGo(command))
        {
            _deadlines.Add(command);
            EnterFlight(command, now);
            return true;
        }

        AddToStash(command);
        return false;
    }

    /// <summary>
    /// There is a link. Hand over what <see cref="Next"/> gives. Where answers from the former link are still on their way through
    /// the client, that begins when they are here: one of them may say that its command has to go first.
    /// </summary>
    public void LinkUp()
    {
        _linked = true;
        _whyNoMoreLinks = null;
        _window.Reset();
        Release();
        if (_inFlight.Count == 0) return;
        _landing = _probing = true;
        _hold = Hold.Server;
        _inFlight.SignalWhen(0);
    }

    /// <summary>The next command that is to be handed to the link; null when there is none for now.</summary>
    public PendingCommand? Next(long now)
    {
        if (!_linked || _leaving || _hold != Hold.None) return null;
        if (_inFlight.Count < _window.Size && TakeStashed(now) is { } command)
        {
            EnterFlight(command, now);
            return command;
        }

        if (!_stash.IsEmpty) _inFlight.SignalWhen(_window.RefillAt);
        return null;
    }

    /// <summary>As many have been answered as were waited for. Hand over what <see cref="Next"/> gives.</summary>
    public void Drained()
    {
        if (!_probing)
        {
            _window.Grow();
            return;
        }

        _probing = false;
        if (_landing || !_bouncedSinceProbe) Release();
    }

    /// <summary>
    /// The server refused a command for the time being: it certainly did not run. It goes back, and holds back what comes after
    /// it: on its keys, or everything where the whole server refuses. Or the client lost an answer that it had from a former link.
    /// </summary>
    public AfterBounce Bounced(PendingCommand command)
    {
        var kind = RetryableErrors.Classify(command.BounceReason ?? string.Empty, out var scope);
        if (SlotRedirect.TryParse(command.BounceReason ?? string.Empty, out var redirect))
        {
            if (!InCluster)
            {
                command.Renew(mayHaveRun: false).EndAsRejected(command.BounceReason!);
                return AfterBounce.AskAgain;
            }

            if (redirect.IsMoved)
            {
                command.MovedSlot = redirect.Slot;
                if (_linked && !_landing) HoldSlots([redirect.Slot]);
            }
        }

        var stashWasEmpty = _stash.IsEmpty;
        if (PutBack(command) is not { } renewed || !_linked || _landing) return AfterBounce.AskAgain;
        if (kind == ServerErrorKind.Moved) return AfterBounce.Moved;
        _bouncedSinceProbe = true;
        var leaves = kind == ServerErrorKind.Reconnect;
        HoldBack(renewed, leaves ? ServerErrorScope.Server : scope, stashWasEmpty);
        return leaves ? AfterBounce.Reconnect : kind == ServerErrorKind.NoScript ? AfterBounce.LoadScript : AfterBounce.AskAgain;
    }

    /// <summary>The wait is over: the one command that is to be handed to the link, to see whether the server takes it now.</summary>
    public PendingCommand? AskAgainDue(long now)
    {
        _askAgainPlanned = false;
        if (!_linked || _leaving || !WaitsToAskAgain) return null;
        if (TakeStashed(now) is not { } probe)
        {
            Release();
            return null;
        }

        AskAgainAttempt++;
        _probing = true;
        _bouncedSinceProbe = false;
        EnterFlight(probe, now);
        return probe;
    }

    /// <summary>The probe that <see cref="AskAgainDue"/> gave was handed over: ask to be told when it is answered.</summary>
    public void AwaitProbe() => _inFlight.SignalWhen(0);

    /// <summary>Whether a wait has to be planned; answers true once for each.</summary>
    public bool PlanToAskAgain()
    {
        if (_askAgainPlanned || !_linked || !WaitsToAskAgain) return false;
        return _askAgainPlanned = true;
    }

    /// <summary>The link is about to be left: nothing more is handed to it.</summary>
    public void Leave() => _leaving = true;

    /// <summary>
    /// The link is gone. What certainly did not reach the server, and what may be asked again, goes back to its place in the
    /// order; the rest ends as <see cref="Outcome.Unknown"/>. Answers how many were put back.
    /// </summary>
    public int LinkLost(string cause, long now)
    {
        _linked = _leaving = false;
        _askAgainPlanned = false;
        Release();
        var returned = 0;
        var unanswered = _inFlight.TakeUnanswered();
        MarkOvertaken(unanswered);
        foreach (var command in unanswered)
        {
            var certainlyNotSent = command.Fault is { CertainlyNotSent: true };
            if (certainlyNotSent || (MayAskAgain(command) && command.MayBeAskedAgain(now)))
            {
                var renewed = command.Renew(mayHaveRun: !certainlyNotSent);
                Return(renewed);
                returned++;
            }
            else
            {
                command.EndAs(
                    Outcome.Unknown,
                    $"{command.Command.Name}: it was sent and the connection was lost before the reply came ({cause}); the server may have executed it");
            }
        }

        return returned;
    }

    /// <summary>Ends what is past its deadline, each with what is true of it.</summary>
    public void Expire(long now)
    {
        while (_deadlines.TryTakeExpired(now) is { } command)
        {
            if (command.IsInFlight)
            {
                EndInFlight(command, MayStillRun, "its timeout passed before it was sent");
            }
            else if (command.EndAsWaiting("its timeout passed while it waited for a connection"))
            {
                if (_heldSlots.Holds(command)) _heldSlots.Discount();
                else _stash.Discount(command);
            }
        }

        _inFlight.Deliver();
    }

    /// <summary>Ends everything that waits, and what still comes back: there will be no link for it.</summary>
    public void EndAllStashed(string reason)
    {
        _whyNoMoreLinks = reason;
        while (_stash.Take() is { } command) command.EndAsWaiting(reason);
        foreach (var command in _heldSlots.TakeAll()) command.EndAsWaiting(reason);
    }

    /// <summary>Holds the commands of these slots from now on: what waits, and what comes.</summary>
    public void HoldSlots(IReadOnlyCollection<int> slots)
    {
        foreach (var slot in slots) _heldSlots.Hold(slot);
        foreach (var command in _stash.Extract(_heldSlots.Holds)) _heldSlots.TryAdd(command);
    }

    /// <summary>How far the queue of what is in flight has to get until nothing is left of what is in it now.</summary>
    public long Barrier => _inFlight.Added;

    /// <summary>Whether it has got so far. What was bounced before that has been told by then.</summary>
    public bool HasPassed(long barrier) => _inFlight.Removed >= barrier;

    /// <summary>Gives up these slots, with their commands that wait, in order; they are out of the game here.</summary>
    public List<PendingCommand> Surrender(IReadOnlyCollection<int> slots) =>
        [.. slots.SelectMany(_heldSlots.Take).Select(command => command.Relinquish())];

    /// <summary>
    /// Takes over commands that waited in another ledger, in their order, and holds their slots no longer: what came for them
    /// meanwhile goes behind.
    /// </summary>
    /// <param name="slots">The slots that are held for them; none where they come unexpected.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="join">Makes a command one of this ledger's, and the last in its order.</param>
    public void Adopt(IReadOnlyCollection<int> slots, IReadOnlyList<PendingCommand> commands, Action<PendingCommand> join)
    {
        PendingCommand[] all = [.. commands, .. slots.SelectMany(_heldSlots.Take)];
        foreach (var command in all) join(command);
        foreach (var command in all) PutInStash(command);
    }

    /// <summary>Holds these slots no longer; they stay here.</summary>
    public void Keep(IReadOnlyCollection<int> slots)
    {
        foreach (var command in slots.SelectMany(_heldSlots.Take)) PutInStash(command);
    }

    /// <summary>There may be a link after all: what comes back may wait again.</summary>
    public void LinksAgain() => _whyNoMoreLinks = null;

    /// <summary>Ends everything, each command with what is true of it.</summary>
    public void EndAll(string reason)
    {
        _linked = false;
        foreach (var command in _inFlight.TakeUnanswered())
        {
            EndInFlight(command, $"it was sent, and {reason} before the reply came", reason);
        }

        EndAllStashed(reason);
    }

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

    /// <summary>
    /// A command with a token does not run again, though it is asked again: what was sent before it to the same keys must not run
    /// again either.
    /// </summary>
    private void MarkOvertaken(List<PendingCommand> inOrder)
    {
        HeldKeys? keys = null;
        var allKeys = false;
        for (var i = inOrder.Count - 1; i >= 0; i--)
        {
            var command = inOrder[i];
            if (command is TokenCommand)
            {
                keys ??= new HeldKeys(_rules);
                allKeys |= !keys.TryAdd(command);
            }
            else if (keys is not null && (allKeys || keys.Touches(command)))
            {
                command.WasOvertaken = true;
            }
        }
    }

    private bool MayAskAgain(PendingCommand command)
    {
        if (!_rules.MayAskAgain(command.Command, command.Delivery)) return false;
        return !command.WasOvertaken
            || command.Delivery != DeliveryMode.WhenSafe
            || _rules.ClassOf(command.Command) == ReplayClass.ReadOnly;
    }

    /// <summary>
    /// The next that waits. One that may have run is asked again only while its token lives, and that may have ended while it
    /// waited here.
    /// </summary>
    private PendingCommand? TakeStashed(long now)
    {
        while (_stash.Take() is { } command)
        {
            if (!command.MayHaveRun || command.MayBeAskedAgain(now)) return command;
            command.EndAsWaiting("the time for which the server keeps its token passed");
        }

        return null;
    }

    /// <summary>Renews what has come back by itself. Null when it may not be asked again.</summary>
    private PendingCommand? PutBack(PendingCommand command)
    {
        var renewed = command.Renew(command.CameBackUnanswered);
        if (_whyNoMoreLinks is not null)
        {
            renewed.EndAsWaiting(_whyNoMoreLinks);
            return null;
        }

        // Of an answer that was on its way, others that came later are here.
        renewed.WasOvertaken = command.CameBackUnanswered;
        if (command.CameBackUnanswered && !MayAskAgain(renewed))
        {
            renewed.EndAs(Outcome.Unknown, $"{command.Command.Name}: the connection was lost, and with it the reply that had come");
            return null;
        }

        Return(renewed);
        return renewed;
    }

    private void Return(PendingCommand renewed)
    {
        _deadlines.Add(renewed);
        if (!_heldSlots.TryAdd(renewed)) _stash.Return(renewed);
    }

    private void AcceptHeld(PendingCommand command)
    {
        if (_stash.HasRoomBeside(_heldSlots.Count))
        {
            _deadlines.Add(command);
            _heldSlots.TryAdd(command);
        }
        else
        {
            EndForWantOfRoom(command);
        }
    }

    private void AddToStash(PendingCommand command)
    {
        var losers = _stash.Add(command);
        if (losers?.Contains(command) != true)
        {
            _deadlines.Add(command);
            HoldBackBehind(command);
        }

        foreach (var loser in losers ?? []) EndForWantOfRoom(loser);
    }

    private static void EndForWantOfRoom(PendingCommand loser) => loser.EndAs(
        Outcome.NotSent, $"{loser.Command.Name}: it would have had to wait and the stash is full; it never ran and never will");

    /// <summary>Puts what waited elsewhere into the stash; or ends it, where nothing is waited for any more.</summary>
    private void PutInStash(PendingCommand command)
    {
        if (_whyNoMoreLinks is not null)
        {
            command.EndAsWaiting(_whyNoMoreLinks);
        }
        else if (command.WasReturned)
        {
            _deadlines.Add(command);
            _stash.Return(command);
            HoldBackBehind(command);
        }
        else
        {
            AddToStash(command);
        }
    }

    private bool MayGo(PendingCommand command) => _linked && !_leaving && _hold switch
    {
        Hold.None => _stash.IsEmpty,
        Hold.Keys => !_heldKeys.Touches(command),
        _ => false,
    };

    private void EnterFlight(PendingCommand command, long now)
    {
        command.HandedOver(now);
        _inFlight.Add(command);
    }

    private void HoldBack(PendingCommand command, ServerErrorScope scope, bool stashWasEmpty)
    {
        if (_hold == Hold.None) _hold = stashWasEmpty ? Hold.Keys : Hold.Server;
        if (_hold == Hold.Keys && (scope == ServerErrorScope.Server || !_heldKeys.TryAdd(command))) _hold = Hold.Server;
    }

    /// <summary>What waits behind a held key holds back in its turn what touches its other keys.</summary>
    private void HoldBackBehind(PendingCommand stashed)
    {
        if (_hold == Hold.Keys && !_heldKeys.TryAdd(stashed)) _hold = Hold.Server;
    }

    private void Release()
    {
        _hold = Hold.None;
        _probing = _landing = false;
        AskAgainAttempt = 0;
        _heldKeys.Clear();
    }
}
