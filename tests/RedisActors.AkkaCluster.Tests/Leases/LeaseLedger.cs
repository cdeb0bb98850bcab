using System.Collections.Concurrent;
using System.Globalization;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>One holding of a lease.</summary>
/// <param name="Holder">Who.</param>
/// <param name="Token">The fencing token.</param>
/// <param name="From">A time stamp of the machine, by which <c>CheckLease</c> had been true for the first time.</param>
/// <param name="To">A time stamp after which it was true for the last time.</param>
internal sealed record Held(string Holder, long Token, long From, long To)
{
    public static Held Parse(string line)
    {
        var words = line.Split(' ');
        return new Held(words[0], Number(words[1]), Number(words[2]), Number(words[3]));

        static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Holder} {Token} {From} {To}");
}

/// <summary>Who held a lease and when, over all contenders.</summary>
internal sealed class LeaseLedger
{
    private readonly ConcurrentQueue<Held> _held = new();

    public int Count => _held.Count;

    public void Add(Held held) => _held.Enqueue(held);

    /// <summary>Nobody held it while somebody else did, and the tokens grew.</summary>
    public void AssertNeverTwoHolders()
    {
        var inTime = _held.OrderBy(held => held.From).ToList();
        foreach (var (former, next) in inTime.Zip(inTime.Skip(1)))
        {
            Assert.True(former.To < next.From, $"Two holders: {former} and {next}");
            Assert.True(former.Token < next.Token, $"The token has not grown: {former} and {next}");
        }
    }
}
