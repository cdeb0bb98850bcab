using System.Collections.Concurrent;
using System.Globalization;

namespace RedisActors.Testing;

/// <summary>One holding of a lease or a lock.</summary>
/// <param name="Holder">Who.</param>
/// <param name="Token">The fencing token.</param>
/// <param name="From">A time stamp of the machine, by which a look had shown for the first time that it was held.</param>
/// <param name="To">A time stamp after which a look showed so for the last time.</param>
public sealed record Held(string Holder, long Token, long From, long To)
{
    public static Held Parse(string line)
    {
        var words = line.Split(' ');
        return new Held(words[0], Number(words[1]), Number(words[2]), Number(words[3]));

        static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Holder} {Token} {From} {To}");
}

/// <summary>Who held a lease or a lock and when, over all contenders.</summary>
public sealed class HolderLedger
{
    private readonly ConcurrentQueue<Held> _held = new();

    public int Count => _held.Count;

    /// <summary>How many have held it.</summary>
    public int Holders => _held.Select(held => held.Holder).Distinct().Count();

    public long LargestToken => _held.Max(held => held.Token);

    public void Add(Held held) => _held.Enqueue(held);

    /// <summary>Each time that somebody held it while somebody else did, or with a token that had not grown.</summary>
    public IReadOnlyList<string> Violations()
    {
        var inTime = _held.OrderBy(held => held.From).ToList();
        var found = new List<string>();
        foreach (var (former, next) in inTime.Zip(inTime.Skip(1)))
        {
            if (former.To >= next.From) found.Add($"Two holders: {former} and {next}");
            if (former.Token >= next.Token) found.Add($"The token has not grown: {former} and {next}");
        }

        return found;
    }
}
