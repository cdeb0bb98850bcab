using System.Globalization;
using Akka.Actor;
using RedisActors.Tests.Servers;
using StackExchange.Redis;

namespace RedisActors.Tests.Transactions;

/// <summary>Each condition holds where the one of StackExchange.Redis holds, with a token and without.</summary>
public sealed class ConditionTests : ServerSpec
{
    private static readonly RedisValue[] Keys = ["string", "number", "empty", "hash", "list", "set", "sorted", "lexical", "stream", "missing"];
    private static readonly RedisValue[] Texts = ["hello", "5", "", "v", "a", "b", "missing", RedisValue.Null];
    private static readonly long[] Numbers = [-1, 0, 1, 2, 3, 5, 100];
    private static readonly double[] Scores = [1, 2.5, 0.1, 1e300, double.PositiveInfinity, double.NegativeInfinity, 7];

    [Fact]
    public async Task Each_condition_holds_where_that_of_StackExchange_Redis_holds()
    {
        var redis = Redis();
        await using var plain = await ConnectionMultiplexer.ConnectAsync(Server.Endpoint);
        var database = plain.GetDatabase();
        await PrepareAsync(database);
        var (held, failed, errors) = (0, 0, 0);

        foreach (var (name, ours, theirs) in Conditions())
        {
            var expected = await HoldsAsync(database, theirs);
            foreach (var delivery in new[] { DeliveryMode.AtMostOnce, DeliveryMode.ExactlyOnce })
            {
                var transaction = new RedisTransaction(new RedisCommand("SET", "written", 1)) { Conditions = [ours], Delivery = delivery };
                try
                {
                    var reply = await redis.Ask<RedisReply>(transaction, Patience);
                    Assert.True(reply.Committed == expected, $"{name}, {delivery}: {expected} expected");
                    if (expected) held++;
                    else failed++;
                }
                catch (RedisOutcomeException error)
                {
                    // The plain client does as if there were no value; here the sender is told that it is of another type.
                    errors++;
                    Assert.StartsWith("WRONGTYPE ", error.ServerError);
                    Assert.Equal(Outcome.Rejected, error.Outcome);
                }
            }
        }

        Assert.True(held > 100 && failed > 100 && errors > 100, $"{held} held, {failed} did not, {errors} could not be told");
    }

    [Fact]
    public async Task Of_several_conditions_all_have_to_hold()
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "a", 1);

        Assert.True(await CommitsAsync(RedisCondition.KeyExists("a"), RedisCondition.KeyNotExists("b")));
        Assert.False(await CommitsAsync(RedisCondition.KeyExists("a"), RedisCondition.KeyNotExists("b"), RedisCondition.KeyExists("b")));
        Assert.False(await CommitsAsync(RedisCondition.KeyExists("b"), RedisCondition.KeyExists("a")));

        async Task<bool> CommitsAsync(params RedisCondition[] conditions) =>
            (await redis.Ask<RedisReply>(new RedisTransaction(new RedisCommand("INCR", "n")) { Conditions = [.. conditions] }, Patience)).Committed;
    }

    [Fact]
    public void Conditions_are_equal_if_they_ask_the_same()
    {
        Assert.Equal(RedisCondition.StringEqual("a", 5), RedisCondition.StringEqual("a", "5"));
        Assert.NotEqual(RedisCondition.StringEqual("a", 5), RedisCondition.StringNotEqual("a", 5));
        Assert.NotEqual(RedisCondition.StringEqual("a", 5), RedisCondition.StringEqual("b", 5));
        Assert.DoesNotContain("secret", RedisCondition.StringEqual("secret", "secret").ToString());
        Assert.Throws<ArgumentException>(() => RedisCondition.SortedSetContainsStarting("a", ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => RedisCondition.SortedSetScoreExists("a", double.NaN));
    }

    /// <summary>Every condition, with values of each sort, beside the one of StackExchange.Redis.</summary>
    private static IEnumerable<(string Name, RedisCondition Ours, Condition Theirs)> Conditions()
    {
        foreach (var key in Keys)
        {
            string name = key!;
            yield return ($"KeyExists {key}", RedisCondition.KeyExists(key), Condition.KeyExists(name));
            yield return ($"KeyNotExists {key}", RedisCondition.KeyNotExists(key), Condition.KeyNotExists(name));
            foreach (var text in Texts)
            {
                yield return ($"StringEqual {key} {text}", RedisCondition.StringEqual(key, text), Condition.StringEqual(name, text));
                yield return ($"StringNotEqual {key} {text}", RedisCondition.StringNotEqual(key, text), Condition.StringNotEqual(name, text));
                yield return ($"HashEqual {key} {text}", RedisCondition.HashEqual(key, "f", text), Condition.HashEqual(name, "f", text));
                yield return ($"HashNotEqual {key} {text}", RedisCondition.HashNotEqual(key, "f", text), Condition.HashNotEqual(name, "f", text));
                foreach (var index in Numbers.Take(4))
                {
                    yield return ($"ListIndexEqual {key} {index} {text}", RedisCondition.ListIndexEqual(key, index, text), Condition.ListIndexEqual(name, index, text));
                    yield return ($"ListIndexNotEqual {key} {index} {text}", RedisCondition.ListIndexNotEqual(key, index, text), Condition.ListIndexNotEqual(name, index, text));
                }

                if (text.IsNull) continue;
                yield return ($"HashExists {key} {text}", RedisCondition.HashExists(key, text), Condition.HashExists(name, text));
                yield return ($"HashNotExists {key} {text}", RedisCondition.HashNotExists(key, text), Condition.HashNotExists(name, text));
                yield return ($"SetContains {key} {text}", RedisCondition.SetContains(key, text), Condition.SetContains(name, text));
                yield return ($"SetNotContains {key} {text}", RedisCondition.SetNotContains(key, text), Condition.SetNotContains(name, text));
                yield return ($"SortedSetContains {key} {text}", RedisCondition.SortedSetContains(key, text), Condition.SortedSetContains(name, text));
                yield return ($"SortedSetNotContains {key} {text}", RedisCondition.SortedSetNotContains(key, text), Condition.SortedSetNotContains(name, text));
                foreach (var score in Scores)
                {
                    yield return ($"SortedSetEqual {key} {text} {score}", RedisCondition.SortedSetEqual(key, text, score), Condition.SortedSetEqual(name, text, score));
                    yield return ($"SortedSetNotEqual {key} {text} {score}", RedisCondition.SortedSetNotEqual(key, text, score), Condition.SortedSetNotEqual(name, text, score));
                }
            }

            foreach (var score in Scores)
            {
                yield return ($"SortedSetScoreExists {key} {score}", RedisCondition.SortedSetScoreExists(key, score), Condition.SortedSetScoreExists(name, score));
                yield return ($"SortedSetScoreNotExists {key} {score}", RedisCondition.SortedSetScoreNotExists(key, score), Condition.SortedSetScoreNotExists(name, score));
                yield return ($"SortedSetScoreExists {key} {score} 2", RedisCondition.SortedSetScoreExists(key, score, 2), Condition.SortedSetScoreExists(name, score, 2));
                yield return ($"SortedSetScoreNotExists {key} {score} 2", RedisCondition.SortedSetScoreNotExists(key, score, 2), Condition.SortedSetScoreNotExists(name, score, 2));
            }

            foreach (var prefix in new[] { "a", "ab", "x", "b" })
            {
                yield return ($"SortedSetContainsStarting {key} {prefix}", RedisCondition.SortedSetContainsStarting(key, prefix), Condition.SortedSetContainsStarting(name, prefix));
                yield return ($"SortedSetNotContainsStarting {key} {prefix}", RedisCondition.SortedSetNotContainsStarting(key, prefix), Condition.SortedSetNotContainsStarting(name, prefix));
            }

            foreach (var number in Numbers)
            {
                var length = number.ToString(CultureInfo.InvariantCulture);
                yield return ($"ListIndexExists {key} {length}", RedisCondition.ListIndexExists(key, number), Condition.ListIndexExists(name, number));
                yield return ($"ListIndexNotExists {key} {length}", RedisCondition.ListIndexNotExists(key, number), Condition.ListIndexNotExists(name, number));
                yield return ($"StringLengthEqual {key} {length}", RedisCondition.StringLengthEqual(key, number), Condition.StringLengthEqual(name, number));
                yield return ($"StringLengthLessThan {key} {length}", RedisCondition.StringLengthLessThan(key, number), Condition.StringLengthLessThan(name, number));
                yield return ($"StringLengthGreaterThan {key} {length}", RedisCondition.StringLengthGreaterThan(key, number), Condition.StringLengthGreaterThan(name, number));
                yield return ($"HashLengthEqual {key} {length}", RedisCondition.HashLengthEqual(key, number), Condition.HashLengthEqual(name, number));
                yield return ($"HashLengthLessThan {key} {length}", RedisCondition.HashLengthLessThan(key, number), Condition.HashLengthLessThan(name, number));
                yield return ($"HashLengthGreaterThan {key} {length}", RedisCondition.HashLengthGreaterThan(key, number), Condition.HashLengthGreaterThan(name, number));
                yield return ($"ListLengthEqual {key} {length}", RedisCondition.ListLengthEqual(key, number), Condition.ListLengthEqual(name, number));
                yield return ($"ListLengthLessThan {key} {length}", RedisCondition.ListLengthLessThan(key, number), Condition.ListLengthLessThan(name, number));
                yield return ($"ListLengthGreaterThan {key} {length}", RedisCondition.ListLengthGreaterThan(key, number), Condition.ListLengthGreaterThan(name, number));
                yield return ($"SetLengthEqual {key} {length}", RedisCondition.SetLengthEqual(key, number), Condition.SetLengthEqual(name, number));
                yield return ($"SetLengthLessThan {key} {length}", RedisCondition.SetLengthLessThan(key, number), Condition.SetLengthLessThan(name, number));
                yield return ($"SetLengthGreaterThan {key} {length}", RedisCondition.SetLengthGreaterThan(key, number), Condition.SetLengthGreaterThan(name, number));
                yield return ($"SortedSetLengthEqual {key} {length}", RedisCondition.SortedSetLengthEqual(key, number), Condition.SortedSetLengthEqual(name, number));
                yield return ($"SortedSetLengthLessThan {key} {length}", RedisCondition.SortedSetLengthLessThan(key, number, 1, 2.5), Condition.SortedSetLengthLessThan(name, number, 1, 2.5));
                yield return ($"SortedSetLengthGreaterThan {key} {length}", RedisCondition.SortedSetLengthGreaterThan(key, number, 1), Condition.SortedSetLengthGreaterThan(name, number, 1));
                yield return ($"StreamLengthEqual {key} {length}", RedisCondition.StreamLengthEqual(key, number), Condition.StreamLengthEqual(name, number));
                yield return ($"StreamLengthLessThan {key} {length}", RedisCondition.StreamLengthLessThan(key, number), Condition.StreamLengthLessThan(name, number));
                yield return ($"StreamLengthGreaterThan {key} {length}", RedisCondition.StreamLengthGreaterThan(key, number), Condition.StreamLengthGreaterThan(name, number));
            }
        }
    }

    /// <summary>What the plain client says.</summary>
    private static async Task<bool> HoldsAsync(IDatabase database, Condition condition)
    {
        var transaction = database.CreateTransaction();
        transaction.AddCondition(condition);
        _ = transaction.StringSetAsync("written", 0);
        try
        {
            return await transaction.ExecuteAsync();
        }
        catch (RedisServerException)
        {
            return false;
        }
    }

    private static async Task PrepareAsync(IDatabase database)
    {
        await database.StringSetAsync("string", "hello");
        await database.StringSetAsync("number", 5);
        await database.StringSetAsync("empty", "");
        await database.HashSetAsync("hash", [new("f", "v"), new("a", "5")]);
        await database.ListRightPushAsync("list", ["a", "b", "hello"]);
        await database.SetAddAsync("set", ["a", "hello"]);
        await database.SortedSetAddAsync("sorted", [new("a", 1), new("b", 2.5), new("c", 2.5), new("hello", double.PositiveInfinity), new("v", 0.1)]);
        await database.SortedSetAddAsync("lexical", [new("abc", 0), new("b", 0), new("bcd", 0)]);
        await database.StreamAddAsync("stream", "f", "v");
    }
}
