using RedisActors.Connection;

namespace RedisActors.Simulation;

/// <summary>
/// Whether a server's memory is full now and then, so that it evicts keys that expire, and what it says of that. It has its own chance, so
/// that schedules on servers that evict nothing are what they were without it.
/// </summary>
internal sealed class ModelMemory
{
    private readonly Chance _chance;
    private readonly Mutation _mutation;
    private int _evicted;
    private int _term = 1;

    public ModelMemory(int seed, Mutation mutation)
    {
        _chance = new Chance(~seed);
        _mutation = mutation;
        Evicts = _chance.Of(0.2);
        Tells = _chance.Of(0.9);
        Times = Evicts ? _chance.Between(1, 3) : 0;
    }

    /// <summary>Whether it has a policy by which it evicts.</summary>
    public bool Evicts { get; }

    /// <summary>Whether the ACL permits to ask it.</summary>
    public bool Tells { get; }

    /// <summary>How many times its memory is full.</summary>
    public int Times { get; }

    /// <summary>When it is full next, within this time.</summary>
    public long Moment(long span) => _chance.Spread(0, span / 1000.0);

    /// <summary>Whether that ends the server: the operating system kills it for want of memory.</summary>
    public bool IsTheEnd => _chance.Of(0.4);

    /// <summary>The keys that are evicted this time, out of those that may be.</summary>
    public string[] Choose(IEnumerable<string> keys)
    {
        var all = _chance.Of(0.3);
        string[] chosen = [.. keys.Where(_ => all || _chance.Of(0.5))];
        _evicted += chosen.Length;
        return chosen;
    }

    /// <summary>A server that starts counts anew.</summary>
    public void Restart()
    {
        _evicted = 0;
        if (_mutation != Mutation.RestartOverlooked) _term++;
    }

    /// <summary>The count, as a script can ask for it; null where it may not.</summary>
    public string? EvictedKeys => Tells ? $"{_evicted}" : null;

    /// <summary>What it says at this moment.</summary>
    public ServerEviction Say()
    {
        if (_mutation == Mutation.EvictionIgnored) return ServerEviction.None;
        return Tells
            ? ServerEviction.Parse(
                $"run_id:{_term}",
                $"maxmemory:1000\nmaxmemory_policy:{(Evicts ? "volatile-ttl" : "noeviction")}",
                $"evicted_keys:{_evicted}",
                "master_replid:1")
            : ServerEviction.Unknown;
    }
}
