using System.Runtime.Serialization;
using Akka.Actor;
using RedisActors.Simulation.Messages;
using StackExchange.Redis;
using Form = RedisActors.Wire.Form;

namespace RedisActors.Tests.Wire;

public sealed class MessagesTravelTests : WireSpec
{
    private const int Rounds = 300;

    [Fact]
    public void Every_message_arrives_as_it_was_sent()
    {
        var messages = Messages();

        foreach (var message in messages) SameMessage.Assert(message, Travel(message));
    }

    [Fact]
    public void Every_public_message_is_among_those_that_are_tried()
    {
        var tried = Messages().Select(message => message.GetType()).ToHashSet();

        var messages = typeof(IRedisMessage).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(IRedisMessage)) && type is { IsAbstract: false })
            .Append(typeof(Status.Failure));

        Assert.Empty(messages.Except(tried));
    }

    /// <summary>Messages are records; whichever is not one of those has to be named here.</summary>
    [Fact]
    public void Every_public_record_is_marked_as_a_message() => Assert.Equal(
        [typeof(RedisCredentials), typeof(RedisLockOptions), typeof(RedisSecrets), typeof(RedisStreamConsumerOptions)],
        typeof(IRedisMessage).Assembly.GetExportedTypes()
            .Where(type => type.GetMethod("<Clone>$") is not null && !type.IsAssignableTo(typeof(IRedisMessage)))
            .OrderBy(type => type.Name));

    [Fact]
    public void Every_property_of_every_message_is_tried_with_several_values()
    {
        var constant = Messages()
            .SelectMany(message => SameMessage.ContentOf(message).Select(content => ($"{message.GetType().Name}.{content.Name}", content.Value)))
            .GroupBy(content => content.Item1, content => content.Value)
            .Where(values => values.Distinct().Count() < 2)
            .Select(values => values.Key)
            .ToArray();

        // These have one value by their nature.
        Assert.Equal(["RedisTransaction.Name", "RedisReply.Outcome"], constant.Where(name => !name.EndsWith(".Instance", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_messages_of_which_there_is_one_instance_stay_that_instance()
    {
        Assert.Same(GetStatus.Instance, Travel(GetStatus.Instance));
        Assert.Same(ResumeConnection.Instance, Travel(ResumeConnection.Instance));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-17)]
    [InlineData(0.1)]
    [InlineData("text")]
    public void An_argument_is_what_redis_would_be_sent(object argument)
    {
        var value = argument is int number ? number : argument is double fraction ? fraction : (RedisValue)(string)argument;

        var arrived = Travel(new RedisCommand("SET", "key", value)).Arguments[1];

        Assert.Equal((string?)value, (string?)arrived);
        Assert.Equal(value, arrived);
    }

    [Fact]
    public void That_a_command_was_sent_before_goes_along()
    {
        Assert.True(Travel(new RedisCommand("PING") { WasSentBefore = true }).WasSentBefore);
        Assert.False(Travel(new RedisCommand("PING")).WasSentBefore);
    }

    [Fact]
    public void A_script_and_a_transaction_arrive_as_what_they_were()
    {
        var script = new RedisScript("return KEYS", ["a", 1], "x") { ReadOnly = true };
        var transaction = new RedisTransaction(new("INCR", "a"), new("set", "b", 5)) { Conditions = [RedisCondition.ListIndexEqual("c", -1, "x")] };

        Assert.Equal(script, Travel(script));
        Assert.Equal(transaction, Travel(transaction));
        Assert.True(Travel<RedisCommand>(script with { WasSentBefore = true }).WasSentBefore);
    }

    [Fact]
    public void A_subscriber_in_this_process_stays_the_same_actor()
    {
        var actor = System.ActorOf(Props.Empty, "subscriber");

        Assert.Equal(actor, Travel(new SubscribeToState(actor)).Subscriber);
        Assert.Equal(actor, Travel(new RedisCommand("PING") { State = actor }).State);
    }

    public static TheoryData<object> PlainStates { get; } =
    [
        DayOfWeek.Friday, (DayOfWeek)99, Outcome.Unknown, ConsoleColor.Red, true, (byte)1, (sbyte)-1, (short)-2, (ushort)2, 3u, ulong.MaxValue, 0.1, float.MaxValue,
        double.NaN, 1.10m, 'x', TimeSpan.FromTicks(-5), DateTime.UnixEpoch.AddTicks(1), DateTimeOffset.MinValue, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local),
    ];

    [Theory]
    [MemberData(nameof(PlainStates))]
    public void A_state_comes_back_with_its_type(object state)
    {
        var back = Travel(new RedisReply(RespValue.Null, state)).State;

        Assert.Equal(state, back);
        Assert.Equal(state.GetType(), back!.GetType());
    }

    [Theory]
    [InlineData("enum System.String, System.Private.CoreLib", "1")]
    [InlineData("enum No.Such, Nowhere", "1")]
    [InlineData("enum [[,]]", "1")]
    [InlineData("enum System.DayOfWeek, System.Private.CoreLib", "x")]
    [InlineData("Int16", "99999")]
    [InlineData("Char", "xx")]
    [InlineData("Tuple", "1")]
    public void A_plain_state_that_is_none_is_an_error(string type, string text)
    {
        var wire = new Form.Reply { State = new() { Plain = new() { Type = type, Text = text } } };

        Assert.Throws<SerializationException>(() => Read<RedisReply>("R", wire));
    }

    [Fact]
    public void A_state_without_a_serializer_that_can_read_it_is_an_error_that_names_the_message()
    {
        var state = new NeverReadAgain("a");

        var error = Assert.Throws<SerializationException>(() => Travel(new RedisReply(RespValue.Null, state)));

        Assert.Contains("'R' (RedisReply) cannot be read", error.Message);
    }

    [Fact]
    public void States_within_states_end_somewhere()
    {
        var command = new RedisCommand("PING");
        for (var i = 0; i < 1000; i++) command = new RedisCommand("PING") { State = command };

        Assert.Contains("more than", Assert.Throws<SerializationException>(() => Travel(command)).ToString());
    }

    [Fact]
    public void Lists_within_lists_travel_as_deep_as_anybody_needs_and_end_somewhere()
    {
        Assert.Equal(ListOfDepth(80), Travel(new RedisReply(ListOfDepth(80), null)).Value);
        Assert.Contains("lists within lists", Assert.Throws<SerializationException>(() => Travel(ListOfDepth(1000))).Message);
    }

    [Fact]
    public void Something_else_is_refused() =>
        Assert.Contains("not one of its messages", Assert.Throws<SerializationException>(() => Serializer.ToBinary("text")).Message);

    private static RespValue ListOfDepth(int depth)
    {
        var value = RespValue.Integer(1);
        for (var i = 0; i < depth; i++) value = RespValue.Array(value);
        return value;
    }

    private object[] Messages()
    {
        var actors = new[] { System.ActorOf(Props.Empty), System.ActorOf(Props.Empty), System.DeadLetters };
        var messages = new RandomMessages(20_26, actors);
        return [.. Enumerable.Range(0, Rounds).SelectMany(_ => messages.OneOfEach())];
    }

    /// <summary>JSON cannot choose between the constructors.</summary>
    public sealed class NeverReadAgain
    {
        public NeverReadAgain(string text) => Text = text;

        public NeverReadAgain(int number) => Text = $"{number}";

        public string Text { get; }
    }
}
