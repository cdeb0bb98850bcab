using System.Reflection;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace RedisActors.Tests.Wire;

/// <summary>A failure is worth nothing without its outcome, by whichever serializer it travels.</summary>
public sealed class FailuresTravelTests : WireSpec
{
    private static readonly RedisOutcomeException Cause = new(
        Outcome.Rejected, new RedisCommand("LPUSH", "key", 7) { State = "order 5", IdempotencyKey = "t" }, "LPUSH: WRONGTYPE ...", "WRONGTYPE ...");

    [Fact]
    public void The_outcome_the_command_and_the_servers_words_arrive()
    {
        var failure = Travel(new Status.Failure(Cause, Cause.State));

        SameMessage.Assert(Cause, failure.Cause);
        Assert.Equal("order 5", failure.State);
    }

    [Fact]
    public void A_failure_with_another_cause_is_left_to_others()
    {
        var failure = new Status.Failure(new InvalidOperationException("not of this library"));

        var error = Assert.Throws<SerializationException>(() => Travel(failure));

        Assert.Contains("System.InvalidOperationException", error.Message);
        Assert.Contains("Akka.Actor.Status+Failure, Akka", error.Message);
    }

    /// <summary>
    /// Akka.Remote writes the fields of an exception, each with a serializer of the actor system, and makes it anew with the
    /// constructor that .NET has for that. This does the same.
    /// </summary>
    [Fact]
    public void It_arrives_as_well_when_its_fields_travel_one_by_one()
    {
        var arrived = TakeApartAndPutTogether(Cause);

        SameMessage.Assert(Cause, arrived);
    }

    [Fact]
    public void It_arrives_as_a_message_of_its_own_and_as_a_state()
    {
        SameMessage.Assert(Cause, Travel(Cause));
        SameMessage.Assert(Cause, Travel(new RedisCommand("PING") { State = Cause }).State!);
    }

    private RedisOutcomeException TakeApartAndPutTogether(RedisOutcomeException cause)
    {
#pragma warning disable SYSLIB0050, SYSLIB0051 // it is what Akka.Remote uses
        var context = default(StreamingContext);
        var before = new SerializationInfo(typeof(RedisOutcomeException), new FormatterConverter());
        AkkaSerialization.WithTransport(System, () =>
        {
            cause.GetObjectData(before, context);
            return 0;
        });

        var after = new SerializationInfo(typeof(RedisOutcomeException), new FormatterConverter());
        foreach (var field in before)
        {
            if (field.Value is byte[] bytes) after.AddValue(field.Name, Travel(bytes));
        }

        var constructor = typeof(RedisOutcomeException).GetConstructor(
            BindingFlags.Instance | BindingFlags.NonPublic, [typeof(SerializationInfo), typeof(StreamingContext)])!;
        return AkkaSerialization.WithTransport(System, () => (RedisOutcomeException)constructor.Invoke([after, context]));
#pragma warning restore SYSLIB0050, SYSLIB0051
    }
}
