using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

public sealed class InFlightQueueTests
{
    private const string Busy = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";

    private static readonly LinkFault PerhapsSent = new(false, "the socket closed");

    private readonly RecordingSender _sender = new();
    private readonly List<object?> _bounced = [];
    private readonly InFlightQueue _queue;
    private int _signals;

    public InFlightQueueTests() =>
        _queue = new InFlightQueue(command => _bounced.Add(command.Command.State), () => Interlocked.Increment(ref _signals));

    [Fact]
    public void Answers_are_told_in_the_order_of_their_commands_whatever_the_order_in_which_they_come()
    {
        var commands = Add("abcd");

        commands[1].Succeed(RespValue.Null);
        commands[3].Reject("ERR wrong");
        Assert.Empty(_sender.Lines);
        commands[0].Succeed(RespValue.Null);
        Assert.Equal(["a Applied", "b Applied"], _sender.Lines);
        commands[2].Refuse("no such thing");

        Assert.Equal(["a Applied", "b Applied", "c NotSent", "d Rejected"], _sender.Lines);
        Assert.Equal((0, 4L), (_queue.Count, _queue.Removed));
    }

    [Fact]
    public void A_command_that_has_ended_does_not_hold_up_those_behind_it()
    {
        var commands = Add("ab");
        commands[1].Succeed(RespValue.Null);

        commands[0].EndAs(Outcome.Unknown, "over");
        _queue.Deliver();

        Assert.Equal(["a Unknown", "b Applied"], _sender.Lines);
    }

    [Fact]
    public void What_the_server_refused_for_the_time_being_is_handed_back_at_its_turn()
    {
        var commands = Add("ab");

        commands[1].Reject(Busy);
        Assert.Empty(_bounced);
        commands[0].Succeed(RespValue.Null);

        Assert.Equal(["a Applied"], _sender.Lines);
        Assert.Equal(['b'], _bounced.Cast<char>());
    }

    [Fact]
    public void It_signals_once_when_as_few_are_left_as_was_asked_for()
    {
        var commands = Add("abcd");
        _queue.SignalWhen(2);

        commands[0].Succeed(RespValue.Null);
        Assert.Equal(0, _signals);
        commands[1].Succeed(RespValue.Null);
        commands[2].Succeed(RespValue.Null);
        Assert.Equal(1, _signals);

        _queue.SignalWhen(1);
        Assert.Equal(2, _signals);
    }

    [Fact]
    public void Commands_that_come_later_do_not_delay_a_signal()
    {
        var commands = Add("ab");
        _queue.SignalWhen(0);
        Add("c");

        foreach (var command in commands) command.Succeed(RespValue.Null);

        Assert.Equal(1, _signals);
    }

    [Fact]
    public void What_has_an_answer_is_told_and_the_rest_is_taken()
    {
        var commands = Add("abcde");
        commands[0].Succeed(RespValue.Null);
        commands[1].Reject(Busy);
        commands[2].Refuse("no such thing");
        commands[3].Fail(PerhapsSent);
        commands[4].Fail(PerhapsSent);

        var taken = _queue.TakeUnanswered();

        Assert.Equal(['d', 'e'], taken.Select(command => (char)command.Command.State!));
        Assert.Equal(['b'], _bounced.Cast<char>());
        Assert.Equal(["a Applied", "c NotSent"], _sender.Lines);
        Assert.Equal((0, 0L), (_queue.Count, _queue.Bytes));
    }

    [Fact]
    public void What_was_taken_hears_no_answer_that_comes_later()
    {
        var commands = Add("abc");
        commands[1].Succeed(RespValue.Null);

        Assert.Equal(['a', 'c'], _queue.TakeUnanswered().Select(command => (char)command.Command.State!));
        commands[0].Succeed(RespValue.Null);

        Assert.Equal(["b Applied"], _sender.Lines);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void A_queue_from_which_all_was_taken_goes_on()
    {
        Add("ab");
        Assert.Equal(2, _queue.TakeUnanswered().Count);

        Add("c")[0].Succeed(RespValue.Null);

        Assert.Equal(["c Applied"], _sender.Lines);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Answers_from_many_threads_are_told_once_each_and_in_order_while_the_actor_goes_on_adding()
    {
        const int Commands = 4000;
        for (var round = 0; round < 50; round++)
        {
            var sender = new RecordingSender();
            var signals = 0;
            var queue = new InFlightQueue(_ => Assert.Fail("nothing was refused"), () => Interlocked.Increment(ref signals));
            var commands = Enumerable.Range(0, Commands).Select(i => sender.Command(i)).ToArray();
            var added = 0;
            var claimed = 0;
            var answering = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                var wait = default(SpinWait);
                while (Interlocked.Increment(ref claimed) - 1 is var next && next < Commands)
                {
                    while (Volatile.Read(ref added) <= next) wait.SpinOnce();
                    commands[next].Succeed(RespValue.Integer(next));
                }
            })).ToArray();
            for (var i = 0; i < Commands; i++)
            {
                queue.Add(commands[i]);
                Volatile.Write(ref added, i + 1);
                if (i == Commands / 2) queue.SignalWhen(0);
            }

            await Task.WhenAll(answering);
            Assert.Equal(Enumerable.Range(0, Commands).Cast<object>(), sender.Told.Select(told => told.State));
            Assert.Equal((0, 1), (queue.Count, signals));
        }
    }

    [Fact]
    public async Task Answers_that_come_while_the_link_is_given_up_are_told_or_taken_and_nothing_is_both_or_neither()
    {
        const int Commands = 300;
        for (var round = 0; round < 50; round++)
        {
            var sender = new RecordingSender();
            var queue = new InFlightQueue(_ => Assert.Fail("nothing was refused"), () => { });
            var commands = Enumerable.Range(0, Commands).Select(i => sender.Command(i)).ToArray();
            foreach (var command in commands) queue.Add(command);
            using var start = new Barrier(4);
            var answering = Enumerable.Range(0, 3).Select(thread => Task.Run(() =>
            {
                start.SignalAndWait();
                for (var i = thread; i < Commands; i += 3) commands[i].Succeed(RespValue.Integer(i));
            })).ToArray();
            start.SignalAndWait();
            var taken = queue.TakeUnanswered();
            await Task.WhenAll(answering);

            var told = sender.Told.Select(answer => (int)answer.State!).ToArray();
            Assert.Equal(told.Order(), told);
            Assert.Equal(Enumerable.Range(0, Commands), told.Concat(taken.Select(command => (int)command.Command.State!)).Order());
            Assert.Equal(0, queue.Count);
        }
    }

    private PendingCommand[] Add(string states)
    {
        var commands = states.Select(state => _sender.Command(state)).ToArray();
        foreach (var command in commands) _queue.Add(command);
        return commands;
    }
}
