using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>
/// Decides from what the sentinels say who the primary is: what most of those say that are known; and where they do not come to
/// that, who was made the primary last. A sentinel that was cut off, with an old primary that does not know better, is outvoted or
/// outdated.
/// </summary>
internal sealed class SentinelPoll(int known)
{
    private readonly List<SentinelOpinion> _opinions = [];

    public void Add(SentinelOpinion opinion) => _opinions.Add(opinion);

    /// <summary>Whether anybody watches such a service.</summary>
    public bool NobodyWatchesIt => _opinions.Count > 0 && _opinions.TrueForAll(opinion => opinion.Primary is null);

    /// <summary>Whether some of the sentinels know the primary.</summary>
    public bool HasBegun => _opinions.Exists(opinion => opinion.Primary is not null);

    /// <summary>What most sentinels say; null as long as there is no such majority.</summary>
    public SentinelOpinion? Majority => _opinions
        .Where(opinion => opinion.Primary is not null)
        .GroupBy(opinion => opinion.Primary)
        .Where(group => group.Count() > known / 2)
        .Select(group => group.MaxBy(opinion => opinion.ConfigEpoch))
        .FirstOrDefault();

    /// <summary>The latest that any sentinel says; null: none says anything.</summary>
    public SentinelOpinion? Latest => _opinions
        .Where(opinion => opinion.Primary is not null)
        .GroupBy(opinion => opinion.Primary)
        .OrderByDescending(group => group.Max(opinion => opinion.ConfigEpoch))
        .ThenByDescending(group => group.Count())
        .Select(group => group.MaxBy(opinion => opinion.ConfigEpoch))
        .FirstOrDefault();

    /// <summary>The sentinels that those who answered are or know of.</summary>
    public IEnumerable<RedisEndpoint> Sentinels => _opinions
        .Where(opinion => opinion.Primary is not null)
        .SelectMany(opinion => opinion.Others.Prepend(opinion.Sentinel));
}
