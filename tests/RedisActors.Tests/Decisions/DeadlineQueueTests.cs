using RedisActors.Commands;

namespace RedisActors.Tests.Decisions;

public sealed class DeadlineQueueTests
{
    private readonly RecordingSender _sender = new();
    private readonly DeadlineQueue _queue = new();
    private readonly InFlightQueue _inFlight = new(bounced: _ => { }, roomAgain: () => { });

    [Fact]
    public void A_command_expires_at_its_deadline_and_not_before()
    {
        Add("a", 10);

        Assert.Empty(Expired(9));
        Assert.Equal(["a"], Expired(10));
        Assert.Empty(Expired(1000));
    }

    [Fact]
    public void Commands_expire_whatever_the_order_of_their_deadlines()
    {
        Add("long", 1000);
        Add("short", 10);
        Add("shorter", 5);
        Add("longer", 2000);

        Assert.Equal(["short", "shorter"], Expired(10).Order());
        Assert.Equal(["long"], Expired(1000));
        Assert.Equal(["longer"], Expired(long.MaxValue - 1));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void A_command_without_a_deadline_never_expires_and_is_not_kept()
    {
        Add("for ever", long.MaxValue);

        Assert.True(_queue.IsEmpty);
        Assert.Empty(Expired(long.MaxValue));
    }

    [Fact]
    public void A_command_that_has_ended_does_not_expire()
    {
        var ended = Add("a", 10);
        Add("b", 10);
        Answer(ended);

        Assert.Equal(["b"], Expired(10));
    }

    [Fact]
    public void What_has_ended_is_forgotten_as_others_come()
    {
        for (var i = 0; i < 100; i++) Answer(Add(i, 10 + i));
        Answer(Add("last", 500));

        Assert.Empty(Expired(0));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void A_long_wait_in_front_does_not_hold_back_shorter_ones_or_keep_them_when_they_have_ended()
    {
        Add("long", 1_000_000);
        for (var i = 0; i < 100; i++) Answer(Add(i, 100 + i));
        Add("short", 300);

        Assert.Empty(Expired(299));
        Assert.Equal(["short"], Expired(300));
        Assert.Equal(["long"], Expired(1_000_000));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void For_any_deadlines_exactly_those_expire_that_are_due_and_have_not_ended()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var queue = new DeadlineQueue();
            var waiting = new List<PendingCommand>();
            var now = 0L;
            for (var step = 0; step < 200; step++)
            {
                now += random.Next(5);
                var command = _sender.Command(step, now + random.Next(1, 100));
                queue.Add(command, live: 100);
                waiting.Add(command);
                if (random.Next(3) == 0) waiting[random.Next(waiting.Count)].EndAs(Outcome.NotSent, "over");
                if (random.Next(4) != 0) continue;

                var due = waiting.Where(pending => !pending.HasEnded && pending.Deadline <= now).ToHashSet();
                var expired = new HashSet<PendingCommand>();
                while (queue.TryTakeExpired(now) is { } taken) Assert.True(expired.Add(taken), $"seed {seed}: taken twice");
                Assert.True(due.SetEquals(expired), $"seed {seed}, step {step}");
                waiting.RemoveAll(pending => pending.HasEnded || due.Contains(pending));
                if (waiting.Count == 0) waiting.Add(command);
            }
        }
    }

    private void Answer(PendingCommand command)
    {
        _inFlight.Add(command);
        command.Succeed(RespValue.Null);
    }

    private PendingCommand Add(object state, long deadline)
    {
        var command = _sender.Command(state, deadline);
        _queue.Add(command, live: 100);
        return command;
    }

    private List<object?> Expired(long now)
    {
        var states = new List<object?>();
        while (_queue.TryTakeExpired(now) is { } command) states.Add(command.Command.State);
        return states;
    }
}
