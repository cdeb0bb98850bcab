using RedisActors.Testing;

namespace RedisActors.Tests.Lists;

/// <summary>Holds what a <see cref="ListLoad"/> was answered against what its lists hold in the end.</summary>
/// <param name="load">The load, stopped.</param>
/// <param name="serverOf">The server that has a key.</param>
internal sealed class ListCheck(ListLoad load, Func<string, Task<RedisServer>> serverOf)
{
    /// <summary>Each number was answered as the next of its list, and the lists hold them all: in order, none twice.</summary>
    public async Task NothingIsLostAsync()
    {
        foreach (var sent in load.Appends.GroupBy(append => append.Key))
        {
            Assert.All(sent, append => Assert.Equal((Outcome.Applied, append.Number), (append.Answer.Outcome, append.Answer.Length)));
            Assert.Equal(sent.Select(append => append.Number), await NumbersAsync(sent.Key));
        }
    }

    /// <summary>
    /// As above, but for what a primary that was replaced had answered and not yet told its replica, which is lost by the nature of
    /// asynchronous replication: one piece of each list, the end of what that primary answered. The lengths that were answered
    /// tell where it is: its numbers were the next of their list, and those after it were answered by a list without it.
    /// </summary>
    public async Task OnlyUnreplicatedNumbersAreLostAsync()
    {
        foreach (var sent in load.Appends.GroupBy(append => append.Key))
        {
            var numbers = await NumbersAsync(sent.Key);
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

    private async Task<long[]> NumbersAsync(string key)
    {
        var server = await serverOf(key);
        return [.. (await server.ExecuteAsync("LRANGE", key, "0", "-1")).OrThrow().Items.Select(item => item.AsInt64())];
    }
}
