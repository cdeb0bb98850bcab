using System.Reflection;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api;

/// <summary>Transactions with every <see cref="Condition"/> that there is, one that holds and one that does not, likewise.</summary>
public sealed class ConditionTests(ApiServer server) : IClassFixture<ApiServer>
{
    /// <summary>For each factory, by its name and how many arguments it takes: arguments that hold of the data, and that do not.</summary>
    private static readonly Dictionary<(string Name, int Arguments), (object[] Holds, object[] Fails)> Arguments = new()
    {
        [("HashEqual", 3)] = (["hash", "a", 1], ["hash", "a", 2]),
        [("HashExists", 2)] = (["hash", "a"], ["hash", "missing"]),
        [("HashNotEqual", 3)] = (["hash", "a", 2], ["hash", "a", 1]),
        [("HashNotExists", 2)] = (["hash", "missing"], ["hash", "a"]),
        [("KeyExists", 1)] = (["text"], ["missing"]),
        [("KeyNotExists", 1)] = (["missing"], ["text"]),
        [("ListIndexEqual", 3)] = (["list", 1L, "b"], ["list", 1L, "x"]),
        [("ListIndexExists", 2)] = (["list", 1L], ["list", 99L]),
        [("ListIndexNotEqual", 3)] = (["list", 1L, "x"], ["list", 1L, "b"]),
        [("ListIndexNotExists", 2)] = (["list", 99L], ["list", 1L]),
        [("StringEqual", 2)] = (["text", "hello world"], ["text", "x"]),
        [("StringNotEqual", 2)] = (["text", "x"], ["text", "hello world"]),
        [("HashLengthEqual", 2)] = (["hash", 3L], ["hash", 4L]),
        [("HashLengthLessThan", 2)] = (["hash", 4L], ["hash", 3L]),
        [("HashLengthGreaterThan", 2)] = (["hash", 2L], ["hash", 3L]),
        [("StringLengthEqual", 2)] = (["text", 11L], ["text", 4L]),
        [("StringLengthLessThan", 2)] = (["text", 12L], ["text", 3L]),
        [("StringLengthGreaterThan", 2)] = (["text", 2L], ["text", 33L]),
        [("ListLengthEqual", 2)] = (["list", 5L], ["list", 4L]),
        [("ListLengthLessThan", 2)] = (["list", 6L], ["list", 3L]),
        [("ListLengthGreaterThan", 2)] = (["list", 2L], ["list", 5L]),
        [("SetLengthEqual", 2)] = (["set", 3L], ["set", 4L]),
        [("SetLengthLessThan", 2)] = (["set", 4L], ["set", 3L]),
        [("SetLengthGreaterThan", 2)] = (["set", 2L], ["set", 3L]),
        [("SetContains", 2)] = (["set", "a"], ["set", "x"]),
        [("SetNotContains", 2)] = (["set", "x"], ["set", "a"]),
        [("SortedSetLengthEqual", 2)] = (["zset", 3L], ["zset", 4L]),
        [("SortedSetLengthEqual", 4)] = (["zset", 2L, 1.0, 2.0], ["zset", 3L, 1.0, 2.0]),
        [("SortedSetLengthLessThan", 2)] = (["zset", 4L], ["zset", 3L]),
        [("SortedSetLengthLessThan", 4)] = (["zset", 3L, 1.0, 2.0], ["zset", 2L, 1.0, 2.0]),
        [("SortedSetLengthGreaterThan", 2)] = (["zset", 2L], ["zset", 3L]),
        [("SortedSetLengthGreaterThan", 4)] = (["zset", 1L, 1.0, 2.0], ["zset", 2L, 1.0, 2.0]),
        [("SortedSetContains", 2)] = (["zset", "a"], ["zset", "x"]),
        [("SortedSetNotContains", 2)] = (["zset", "x"], ["zset", "a"]),
        [("SortedSetContainsStarting", 2)] = (["words", "a"], ["words", "x"]),
        [("SortedSetNotContainsStarting", 2)] = (["words", "x"], ["words", "a"]),
        [("SortedSetEqual", 3)] = (["zset", "a", 1.0], ["zset", "a", 2.0]),
        [("SortedSetNotEqual", 3)] = (["zset", "a", 2.0], ["zset", "a", 1.0]),
        [("SortedSetScoreExists", 2)] = (["zset", 1.0], ["zset", 9.0]),
        [("SortedSetScoreNotExists", 2)] = (["zset", 9.0], ["zset", 1.0]),
        [("SortedSetScoreExists", 3)] = (["zset", 1.0, 1], ["zset", 1.0, 2]),
        [("SortedSetScoreNotExists", 3)] = (["zset", 1.0, 2], ["zset", 1.0, 1]),
        [("StreamLengthEqual", 2)] = (["stream", 3L], ["stream", 4L]),
        [("StreamLengthLessThan", 2)] = (["stream", 4L], ["stream", 3L]),
        [("StreamLengthGreaterThan", 2)] = (["stream", 2L], ["stream", 3L]),
    };

    private static MethodInfo[] Factories => [.. typeof(Condition).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.ReturnType == typeof(Condition))];

    [Fact]
    public async Task Every_condition_decides_the_same()
    {
        var differences = new Differences();
        foreach (var factory in Factories)
        {
            Assert.True(Arguments.TryGetValue((factory.Name, factory.GetParameters().Length), out var arguments), $"no arguments for {factory}");
            foreach (var (words, holds) in new[] { (arguments.Holds, true), (arguments.Fails, false) })
            {
                foreach (var set in Enum.GetValues<DataSet>())
                {
                    var plain = await SeeAsync(factory, words, set, server.Plain);
                    var ours = await SeeAsync(factory, words, set, server.Ours);
                    differences.Compare($"{factory.Name}({string.Join(", ", words)}), {set}", plain, ours);
                    if (set == DataSet.EveryType) Assert.StartsWith($"executed {holds}", ours);
                }
            }
        }

        differences.AssertNone();
    }

    private async Task<string> SeeAsync(MethodInfo factory, object[] arguments, DataSet set, IConnectionMultiplexer client)
    {
        await server.Data.PrepareAsync(set);
        var transaction = client.GetDatabase().CreateTransaction();
        var typed = factory.GetParameters().Zip(arguments, (parameter, argument) => Typed(parameter.ParameterType, argument)).ToArray();
        var result = transaction.AddCondition((Condition)factory.Invoke(null, typed)!);
        var count = transaction.StringIncrementAsync("count");
        try
        {
            var executed = await transaction.ExecuteAsync();
            var counted = count.IsCompletedSuccessfully ? count.Result.ToString() : count.Status.ToString();
            return $"executed {executed}, satisfied {result.WasSatisfied}, count {counted}\n  data  {await server.Data.TellAsync()}";
        }
        catch (Exception error)
        {
            return $"{ResultText.Of(error)}\n  data  {await server.Data.TellAsync()}";
        }
    }

    private static object Typed(Type type, object argument) =>
        type == typeof(RedisKey) ? (RedisKey)(string)argument
        : type == typeof(RedisValue) ? RedisValue.Unbox(argument)
        : argument;
}
