using RedisActors.Commands;

namespace RedisActors.Tests.Decisions;

public sealed class CommandStashTests
{
    private readonly RecordingSender _sender = new();

    [Fact]
    public void Commands_come_out_in_the_order_in_which_they_went_in()
    {
        var stash = Stash();
        for (var i = 0; i < 10; i++) Assert.Null(stash.Add(_sender.Command(i)));

        Assert.Equal(Enumerable.Range(0, 10).Cast<object>(), TakeAll(stash));
        Assert.Equal((0, 0L), (stash.Count, stash.Bytes));
    }

    [Fact]
    public void What_comes_back_goes_to_its_place_in_front()
    {
        var stash = Stash();
        var commands = "abcd".Select(state => _sender.Command(state)).ToArray();
        stash.Add(commands[3]);
        foreach (var i in (int[])[1, 2, 0]) stash.Return(commands[i].Renew(mayHaveRun: true));

        Assert.Equal(4, stash.Count);
        Assert.Equal(['a', 'b', 'c', 'd'], TakeAll(stash).Cast<char>());
    }

    [Fact]
    public void When_it_is_full_by_number_the_new_command_loses_or_the_oldest()
    {
        Assert.Equal(["c"], Losers(Stash(maxCount: 2), "a", "b", "c"));
        Assert.Equal(["a"], Losers(Stash(maxCount: 2, whenFull: WhenStashFull.DropOldest), "a", "b", "c"));
    }

    [Fact]
    public void When_it_is_full_by_size_the_new_command_loses_or_as_many_of_the_oldest_as_it_takes()
    {
        var small = CommandSize.Of(_sender.Command("x").Command);
        var large = _sender.Command("large", value: new string('x', (int)small / 2));

        Assert.Equal(["large"], Losers(Stash(maxBytes: 3 * small), "a", "b", "c", large));
        var dropping = Stash(maxBytes: 3 * small, whenFull: WhenStashFull.DropOldest);
        Assert.Equal(["a", "b"], Losers(dropping, "a", "b", "c", large));
        Assert.InRange(dropping.Bytes, 0, 3 * small);
    }

    [Fact]
    public void A_command_that_fits_no_stash_loses_and_costs_nobody_his_place()
    {
        var stash = Stash(maxBytes: 1000, whenFull: WhenStashFull.DropOldest);

        Assert.Equal(["huge"], Losers(stash, "a", _sender.Command("huge", value: new string('x', 2000))));
        Assert.Equal(["a"], TakeAll(stash));
    }

    [Fact]
    public void What_was_handed_over_before_is_not_dropped()
    {
        var stash = Stash(maxCount: 2, whenFull: WhenStashFull.DropOldest);
        stash.Return(_sender.Command("returned").Renew(mayHaveRun: true));
        stash.Return(_sender.Command("too").Renew(mayHaveRun: true));

        Assert.Equal(["new"], Losers(stash, "new"));
    }

    [Fact]
    public void A_stash_of_nothing_takes_nothing()
    {
        Assert.Equal(["a"], Losers(Stash(maxCount: 0), "a"));
        Assert.Equal(["a"], Losers(Stash(maxCount: 0, whenFull: WhenStashFull.DropOldest), "a"));
    }

    [Fact]
    public void What_ended_while_it_waited_does_not_count_and_does_not_come_out()
    {
        var stash = Stash();
        var commands = Enumerable.Range(0, 5000).Select(i => _sender.Command(i)).ToArray();
        foreach (var command in commands) stash.Add(command);
        var bytes = stash.Bytes;

        for (var i = 0; i < commands.Length; i++)
        {
            if (i % 5 == 0) continue;
            commands[i].EndAs(Outcome.NotSent, "over");
            stash.Discount(commands[i]);
        }

        Assert.Equal((1000, bytes / 5), (stash.Count, stash.Bytes));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (object)(i * 5)), TakeAll(stash));
        Assert.Equal((0, 0L), (stash.Count, stash.Bytes));
    }

    [Fact]
    public void A_command_that_came_back_and_ended_does_not_count_and_does_not_come_out()
    {
        var stash = Stash();
        var returned = _sender.Command("a").Renew(mayHaveRun: true);
        stash.Return(returned);
        stash.Add(_sender.Command("b"));

        returned.EndAs(Outcome.Unknown, "over");
        stash.Discount(returned);

        Assert.Equal(1, stash.Count);
        Assert.Equal(["b"], TakeAll(stash));
    }

    private static CommandStash Stash(int maxCount = 100_000, long maxBytes = long.MaxValue, WhenStashFull whenFull = WhenStashFull.RejectNew) =>
        new(maxCount, maxBytes, whenFull);

    private static List<object?> TakeAll(CommandStash stash)
    {
        var states = new List<object?>();
        while (stash.Take() is { } command) states.Add(command.Command.State);
        return states;
    }

    private List<object?> Losers(CommandStash stash, params object[] commands) =>
    [
        .. commands
            .SelectMany(command => stash.Add(command as PendingCommand ?? _sender.Command(command)) ?? [])
            .Select(loser => loser.Command.State),
    ];
}
