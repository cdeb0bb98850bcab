using System.Collections.Immutable;
using System.Reflection;
using Akka.Actor;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Tests.Wire;

/// <summary>
/// Compares two messages by each of their public properties and fields, whatever these are: one that is added later and forgotten
/// in the wire form is found.
/// </summary>
internal static class SameMessage
{
    public static void Assert(object expected, object actual) => Compare(expected, actual, expected.GetType().Name);

    /// <summary>The public properties and fields of a message that are its content, with their values.</summary>
    public static IEnumerable<(string Name, object? Value)> ContentOf(object message)
    {
        var type = message.GetType();
        if (message is Exception failure) yield return (nameof(Exception.Message), failure.Message);
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Instance)) yield return (field.Name, field.GetValue(message));
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.DeclaringType!.Assembly == typeof(RedisCommand).Assembly && property.GetIndexParameters().Length == 0) yield return (property.Name, property.GetValue(message));
        }
    }

    private static void Compare(object? expected, object? actual, string path)
    {
        Xunit.Assert.True(expected?.GetType() == actual?.GetType() || expected is IActorRef, $"{path}: {expected} is now {actual}");
        switch (expected)
        {
            case IActorRef actor:
                Xunit.Assert.Equal(actor.Path, ((IActorRef)actual!).Path);
                break;
            case byte[] or RespValue:
                Xunit.Assert.Equal(expected, actual);
                break;
            case ImmutableArray<RedisValue> arguments:
                Xunit.Assert.Equal(arguments.Select(AsSent), ((ImmutableArray<RedisValue>)actual!).Select(AsSent));
                break;
            case ImmutableArray<KeyValuePair<RespValue, RespValue>> fields:
                Xunit.Assert.Equal(fields.AsEnumerable(), ((ImmutableArray<KeyValuePair<RespValue, RespValue>>)actual!).AsEnumerable());
                break;
            case ImmutableArray<RedisCommand> commands:
                Compare(commands.ToArray(), ((ImmutableArray<RedisCommand>)actual!).ToArray(), path);
                break;
            case ImmutableArray<RedisCondition> conditions:
                Xunit.Assert.Equal(conditions.ToArray(), ((ImmutableArray<RedisCondition>)actual!).ToArray());
                break;
            case IReadOnlyList<RemoteRequest> requests:
                Compare(requests.Select(request => request.Command).ToArray(), ((IReadOnlyList<RemoteRequest>)actual!).Select(request => request.Command).ToArray(), path);
                Xunit.Assert.Equal(requests.Select(Bare), ((IReadOnlyList<RemoteRequest>)actual!).Select(Bare));
                break;
            case IReadOnlyList<RemoteAnswer> answers:
                Xunit.Assert.Equal(answers, (IReadOnlyList<RemoteAnswer>)actual!);
                break;
            case ClientIdentity[] clients:
                Xunit.Assert.Equal(clients, (ClientIdentity[])actual!);
                break;
            case RedisCommand[] several:
                Xunit.Assert.Equal(several.Length, ((RedisCommand[])actual!).Length);
                foreach (var (before, after) in several.Zip((RedisCommand[])actual)) Compare(before, after, $"{path}[]");
                break;
            case not null when expected is Exception or Status || expected.GetType().Assembly == typeof(RedisCommand).Assembly && !expected.GetType().IsEnum:
                foreach (var ((name, before), (_, after)) in ContentOf(expected).Zip(ContentOf(actual!))) Compare(before, after, $"{path}.{name}");
                break;
            default:
                Xunit.Assert.True(Equals(expected, actual), $"{path}: {expected} is now {actual}");
                break;
        }
    }

    private static RemoteRequest Bare(RemoteRequest request) => request with { Command = null };

    /// <summary>What Redis would be sent.</summary>
    private static string AsSent(RedisValue value) => Convert.ToHexString((byte[])value!);
}
