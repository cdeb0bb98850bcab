using RedisActors.Lanes;

namespace RedisActors.Tests.Decisions;

public sealed class DatabaseLanesTests
{
    private readonly List<int> _closed = [];
    private readonly DatabaseLanes _databases;
    private int _lanes;

    public DatabaseLanesTests() => _databases = new DatabaseLanes(
        _ => [new Lane(++_lanes), new Lane(++_lanes)], lane => _closed.Add(lane.Number), max: 2);

    [Fact]
    public void A_database_keeps_its_lanes()
    {
        var first = Use(5);

        Assert.Same(first, Use(5));
        Assert.NotSame(first, Use(6));
        Assert.Null(Use(7));
        Assert.True(_databases.Has(4));
    }

    [Fact]
    public void It_is_closed_when_all_its_lanes_are_idle_and_nobody_named_it_meanwhile()
    {
        Use(5);
        Assert.Empty(_databases.TakeUnused());
        Assert.Equal([1, 2], _databases.TakeUnused().Select(lane => lane.Number));

        _databases.OnIdle(1);
        Assert.Empty(_closed);
        _databases.OnIdle(2);

        Assert.Equal([1, 2], _closed);
        Assert.True(_databases.IsEmpty);
    }

    /// <summary>A command that is on its way to the lane would be refused by one that closes.</summary>
    [Fact]
    public void A_command_that_came_after_the_question_keeps_it_open()
    {
        Use(5);
        _databases.TakeUnused();
        _databases.TakeUnused();
        _databases.OnIdle(1);

        Use(5);
        _databases.OnIdle(2);

        Assert.Empty(_closed);
        Assert.Empty(_databases.TakeUnused());
    }

    private Lane? Use(int database) => _databases.LaneOf(new RedisCommand("GET", "key") { Database = database }, database);
}
