using RedisActors.Commands;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Tests.Decisions;

public sealed class BlockedKeysTests
{
    private readonly RecordingSender _sender = new();
    private readonly BlockedKeys _held = new(new ReplayPolicy(ReplayLimit.LastWins, new CommandFacts()));

    [Theory]
    [InlineData("GET a", true)]
    [InlineData("MGET x a", true)]
    [InlineData("MSET x 1 b 2", true)]
    [InlineData("GET x", false)]
    [InlineData("SET x a", false)]
    [InlineData("PING", false)]
    [InlineData("MODULE.DO x", true)]
    public void A_command_touches_what_is_held_by_its_keys_alone(string line, bool touches)
    {
        Assert.True(_held.TryAdd(Command("MSET a 1 b 2")));

        Assert.Equal(touches, _held.Touches(Command(line)));
    }

    [Fact]
    public void A_key_is_held_in_every_database_as_one_that_is_not_named_is_one_of_them()
    {
        _held.TryAdd(Command("INCR a"));

        Assert.True(_held.Touches(Command("INCR a", database: 0)));
    }

    [Fact]
    public void Keys_that_nobody_knows_cannot_be_held() => Assert.False(_held.TryAdd(Command("MODULE.DO a")));

    [Fact]
    public void Nothing_is_held_after_a_release()
    {
        _held.TryAdd(Command("INCR a"));

        _held.Clear();

        Assert.False(_held.Touches(Command("INCR a")));
    }

    private PendingCommand Command(string line, int? database = null)
    {
        var words = line.Split(' ');
        return _sender.Command(new RedisCommand(words[0], [.. words[1..]]) { Database = database });
    }
}
