using System.Globalization;
using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>What one sentinel says of a service.</summary>
/// <param name="Sentinel">Who says so.</param>
/// <param name="Primary">Who is the primary, in the sentinel's words; null: it does not watch such a service.</param>
/// <param name="ConfigEpoch">Which failover made it that; a higher one is later.</param>
/// <param name="Others">The other sentinels that it knows of.</param>
internal sealed record SentinelOpinion(
    RedisEndpoint Sentinel, RedisEndpoint? Primary, long ConfigEpoch, IReadOnlyList<RedisEndpoint> Others);

/// <summary>Asks one sentinel, https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/.</summary>
internal static class SentinelQuery
{
    /// <summary>
    /// Who the primary of the service is, and who else watches it. Throws <see cref="RedisLinkException"/> where the sentinel does
    /// not answer, and <see cref="MisconfiguredException"/> where it refuses this client or is none.
    /// </summary>
    public static async Task<SentinelOpinion> AskAsync(
        RedisEndpoint sentinel, ServerAccess access, string service, CancellationToken cancellation)
    {
        var servers = await ServerAddress.ResolveAsync(sentinel, cancellation).ConfigureAwait(false);
        return await FirstSuccess.AskAsync(
            servers, (server, token) => AskAsync(server, access, service, token), cancellation).ConfigureAwait(false);
    }

    private static Task<SentinelOpinion> AskAsync(
        ServerAddress sentinel, ServerAccess access, string service, CancellationToken cancellation) =>
        ServerDialogue.HoldAsync(
            sentinel,
            access,
            [["SENTINEL", "MASTER", service], ["SENTINEL", "SENTINELS", service]],
            async conversation =>
            {
                var primary = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
                var others = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
                if (primary.Kind != RespKind.Array) return NoOpinion(sentinel, access, primary);

                var fields = Fields(primary);
                long.TryParse(fields.GetValueOrDefault("config-epoch"), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch);
                return new SentinelOpinion(sentinel.Endpoint, Endpoint(fields), epoch, Endpoints(others));
            },
            cancellation);

    private static SentinelOpinion NoOpinion(ServerAddress sentinel, ServerAccess access, in RespValue answer)
    {
        var words = answer.Kind == RespKind.Error ? answer.AsString()! : answer.ToString();
        if (words.Contains("No such master", StringComparison.OrdinalIgnoreCase))
        {
            return new SentinelOpinion(sentinel.Endpoint, null, 0, []);
        }

        throw ServerRefusal.OfQuestion(sentinel, access, "SENTINEL", words)
            ?? new MisconfiguredException($"{sentinel} is not a sentinel: it answers '{ServerRefusal.Shown(words, access)}'");
    }

    private static IReadOnlyList<RedisEndpoint> Endpoints(in RespValue reply) => reply.Kind == RespKind.Array
        ? [.. reply.AsArray().Select(other => Endpoint(Fields(other))).OfType<RedisEndpoint>()]
        : [];

    private static RedisEndpoint? Endpoint(Dictionary<string, string> fields) =>
        fields.TryGetValue("ip", out var host)
        && int.TryParse(fields.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new RedisEndpoint(host, port)
            : null;

    /// <summary>Names and values, in turn.</summary>
    private static Dictionary<string, string> Fields(in RespValue reply)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var items = reply.AsArray();
        for (var i = 0; i + 1 < items.Length; i += 2) fields[Text(items[i])] = Text(items[i + 1]);
        return fields;

        static string Text(in RespValue item) => item.AsString() ?? string.Empty;
    }
}

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
