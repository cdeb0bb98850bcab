using RedisActors.Commands;
using StackExchange.Redis;

namespace RedisActors.Tests.Decisions;

/// <summary>What the client reads when it writes a request.</summary>
public sealed class LinkRequestTests
{
    private static readonly RedisValue[] Values =
        ["text", "", 7, -1, long.MaxValue, 1.5, double.PositiveInfinity, new byte[] { 1, 0, 255 }, true, RedisValue.EmptyString];

    [Fact]
    public void Every_kind_of_argument_is_read_as_what_it_is_each_time()
    {
        var sent = Sent(Values);

        Assert.Equal(Values.Length, sent.Count);
        Assert.Equal(Values, sent.Select(Value));
        Assert.Equal(Values, sent.Select(Value));
        Assert.Equal(Values, sent.ToArray().Select(Value));
    }

    [Fact]
    public void Two_that_are_read_at_once_on_one_thread_do_not_disturb_each_other()
    {
        var pairs = new List<(RedisValue, RedisValue)>();
        foreach (var outer in Sent(["a", "b"]))
        {
            foreach (var inner in Sent(["1", "2"])) pairs.Add((Value(outer), Value(inner)));
        }

        Assert.Equal([("a", "1"), ("a", "2"), ("b", "1"), ("b", "2")], pairs);
    }

    private static ICollection<object> Sent(RedisValue[] arguments) => new PendingCommand(
        new RedisCommand("ECHO", arguments), Akka.Actor.Nobody.Instance, Akka.Actor.Nobody.Instance, DeliveryMode.WhenSafe, 0, 0);

    private static RedisValue Value(object argument) => argument switch
    {
        RedisValue value => value,
        string text => text,
        byte[] bytes => bytes,
        int number => number,
        long number => number,
        double number => number,
        _ => throw new InvalidOperationException($"The client was given a {argument.GetType()}."),
    };
}
