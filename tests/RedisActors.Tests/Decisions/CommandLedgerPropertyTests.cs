using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

/// <summary>The ledger under a schedule that nobody thought of. A failure names its seed, with which it happens again.</summary>
public sealed class CommandLedgerPropertyTests
{
    [Fact]
    public void Whatever_happens_each_command_is_answered_once_and_runs_in_order_and_never_after_it_was_told_not_to()
    {
        for (var seed = 0; seed < 2000; seed++) new Run(seed).Go();
    }

    [Fact]
    public async Task A_command_that_ends_from_two_threads_at_once_is_answered_once()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var sender = new RecordingSender();
            var ledger = new CommandLedger();
            var link = new HeldLink();
            for (var i = 0; i < 50; i++)
            {
                var command = sender.Command(i, deadline: i);
                ledger.Track(command);
                command.HandTo(link);
            }

            var answers = Task.Run(() =>
            {
                for (var i = 0; i < 50; i++) link.Requests[i].Succeed(RespValue.Integer(i));
            });
            ledger.Expire(25);
            ledger.LinkLost("gone");
            await answers;

            Assert.Equal(Enumerable.Range(0, 50), sender.Told.Select(told => (int)told.State!).Order());
        }
    }

    /// <summary>A server that executes what reaches it, a link that fails at any point, and time that passes.</summary>
    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly RecordingSender _sender = new();
        private readonly CommandLedger _ledger = new();
        private readonly List<int> _executed = [];
        private readonly List<PendingCommand> _stale = [];
        private HeldLink? _link;
        private long _now;
        private int _commands;

        public void Go()
        {
            for (var step = 0; step < 150; step++) Step();
            _ledger.EndAll("it stopped");
            foreach (var late in _stale) Answer(late, executed: false);
            Check();
        }

        private void Step()
        {
            _now += _random.Next(3);
            switch (_random.Next(12))
            {
                case < 5:
                    Arrive();
                    break;
                case < 8:
                    AnswerOldest();
                    break;
                case 8:
                    _ledger.Expire(_now);
                    break;
                case 9:
                    LoseLink();
                    break;
                case 10 when _stale.Count > 0:
                    Answer(_stale[_random.Next(_stale.Count)], executed: false);
                    break;
                default:
                    LinkUp();
                    break;
            }
        }

        private void Arrive()
        {
            var deadline = _random.Next(5) == 0 ? long.MaxValue : _now + _random.Next(1, 60);
            var command = _sender.Command(_commands++, deadline);
            if (_link is null)
            {
                _ledger.Stash(command);
            }
            else
            {
                _ledger.Track(command);
                command.HandTo(_link);
            }
        }

        private void LinkUp()
        {
            if (_link is not null) return;
            _link = new HeldLink();
            while (_ledger.Unstash() is { } command) command.HandTo(_link);
        }

        private void AnswerOldest()
        {
            if (_link is not { Requests: [PendingCommand oldest, ..] }) return;
            _link.Requests.RemoveAt(0);
            _stale.Add(oldest);
            Answer(oldest, executed: true);
        }

        private void Answer(PendingCommand command, bool executed)
        {
            if (executed) _executed.Add((int)command.Command.State!);
            if (_random.Next(4) == 0) command.Reject("ERR");
            else command.Succeed(RespValue.Integer(1));
        }

        /// <summary>Of what is in flight the server has executed the first part; of the last part the link knows that it was not sent.</summary>
        private void LoseLink()
        {
            if (_link is null) return;
            var inFlight = _link.Requests.Cast<PendingCommand>().ToArray();
            var executed = _random.Next(inFlight.Length + 1);
            var sent = _random.Next(executed, inFlight.Length + 1);
            for (var i = 0; i < inFlight.Length; i++)
            {
                if (i < executed) _executed.Add((int)inFlight[i].Command.State!);
                if (i >= sent) inFlight[i].Fail(new LinkFault(true, "no connection"));
                else if (_random.Next(2) == 0) inFlight[i].Fail(new LinkFault(false, "the socket closed"));
                if (i < sent) _stale.Add(inFlight[i]);
            }

            _link = null;
            _ledger.LinkLost("gone");
        }

        private void Check()
        {
            var told = _sender.Told;
            Assert.True(
                Enumerable.Range(0, _commands).SequenceEqual(told.Select(answer => (int)answer.State!).Order()),
                $"seed {seed}: {_commands} commands, answered: {string.Join(", ", _sender.Lines)}");
            Assert.True(_executed.SequenceEqual(_executed.Order().Distinct()), $"seed {seed}: executed {string.Join(", ", _executed)}");
            foreach (var (state, answer) in told)
            {
                var ran = _executed.Contains((int)state!);
                Assert.True(answer != "NotSent" || !ran, $"seed {seed}: {state} was told NotSent and ran");
                Assert.True(answer is not ("Applied" or "Rejected") || ran, $"seed {seed}: {state} was told {answer} and did not run");
            }

            Assert.Equal((0, 0), (_ledger.InFlight, _ledger.Stashed));
        }
    }
}
