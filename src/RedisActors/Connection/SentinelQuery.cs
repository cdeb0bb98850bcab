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
        return await AskAsync(servers[0], access, service, cancellation).ConfigureAwait(false);
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
                if (primary.Kind == RespKind.Error) return NoOpinion(sentinel, access, primary.AsString()!);

                var fields = Fields(primary);
                long.TryParse(fields.GetValueOrDefault("config-epoch"), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch);
                return new SentinelOpinion(sentinel.Endpoint, Endpoint(fields), epoch, Endpoints(others));
            },
            cancellation);

    private static SentinelOpinion NoOpinion(ServerAddress sentinel, ServerAccess access, string error)
    {
        if (error.Contains("No such master", StringComparison.OrdinalIgnoreCase))
        {
            return new SentinelOpinion(sentinel.Endpoint, null, 0, []);
        }

        throw ServerRefusal.OfQuestion(sentinel, access, "SENTINEL", error)
            ?? new MisconfiguredException($"{sentinel} is not a sentinel: it answers '{error}'");
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
