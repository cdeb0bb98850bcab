using RedisActors.Testing;

namespace RedisActors.Tests.Lists;

/// <summary>Holds what was answered to appends against what the lists hold in the end.</summary>
/// <param name="appends">All appends to these lists, in order, each answered.</param>
/// <param name="numbersOf">The numbers that a list holds.</param>
internal sealed class ListCheck(IReadOnlyList<Append> appends, Func<string, Task<long[]>> numbersOf)
{
    /// <param name="load">The load, stopped.</param>
    /// <param name="serverOf">The server that has a key.</param>
    public ListCheck(ListLoad load, Func<string, Task<RedisServer>> serverOf)
        : this(load.Appends, async key => await NumbersAsync(await serverOf(key), key))
    {
    }

    /// <summary>Each number was answered as the next of its list, and the lists hold them all: in order, none twice.</summary>
    public async Task NothingIsLostAsync()
    {
        foreach (var sent in appends.GroupBy(append => append.Key))
        {
            Assert.All(sent, append => Assert.Equal((Outcome.Applied, append.Number), (append.Answer.Outcome, append.Answer.Length)));
            Assert.Equal(sent.Select(append => append.Number), await numbersOf(sent.Key));
        }
    }

    /// <summary>
    /// As above, but for what a primary that was replaced had answered and not yet told its replica, which is lost by the nature of
    /// asynchronous replication: one piece of each list, the end of what that primary answered. The lengths that were answered
    /// tell where it is: its numbers were the next of their list, and those after it were answered by a list without it.
    /// </summary>
    public async Task OnlyUnreplicatedNumbersAreLostAsync()
    {
        foreach (var sent in appends.GroupBy(append => append.Key))
        {
            var numbers = await numbersOf(sent.Key);
            var lost = sent.Select(append => append.Number).Except(numbers).ToArray();
            var before = lost.Length == 0 ? long.MaxValue : lost[0];
            Assert.Equal(sent.Select(append => append.Number).Except(lost), numbers);
            Assert.Equal(Enumerable.Range(0, lost.Length).Select(i => before + i), lost);
            Assert.All(sent, append => Assert.Equal(Outcome.Applied, append.Answer.Outcome));
            Assert.All(sent, append => Assert.Equal(
                append.Number < before + lost.Length ? append.Number : append.Number - lost.Length, append.Answer.Length));
            Assert.NotEqual(sent.Last().Number, lost.LastOrDefault());
        }
    }

    private static async Task<long[]> NumbersAsync(RedisServer server, string key) =>
        [.. (await server.ExecuteAsync("LRANGE", key, "0", "-1")).OrThrow().Items.Select(item => item.AsInt64())];
}
