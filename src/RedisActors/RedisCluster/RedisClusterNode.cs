using System.Globalization;
using RedisActors.Configuration;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.RedisCluster;

/// <summary>A node of a Redis Cluster as one of the nodes describes it: a line of <c>CLUSTER NODES</c>.</summary>
/// <param name="Id">Its id, which never changes.</param>
/// <param name="Endpoint">Where clients reach it.</param>
/// <param name="PrimaryId">The id of the primary that it replicates; null: it is a primary itself.</param>
/// <param name="HasFailed">Whether a majority has marked it as failed.</param>
/// <param name="Epoch">The configuration epoch: if two nodes claim a slot, the one with the greater epoch owns it.</param>
/// <param name="Slots">The slots that it serves, as ranges (first and last included).</param>
internal sealed record RedisClusterNode(
    string Id, RedisEndpoint Endpoint, string? PrimaryId, bool HasFailed, long Epoch, IReadOnlyList<(int First, int Last)> Slots)
{
    private const int FirstSlotField = 8;

    /// <summary>
    /// Parses the reply to <c>CLUSTER NODES</c>, https://redis.io/docs/latest/commands/cluster-nodes/. Nodes without a known address are
    /// left out.
    /// </summary>
    /// <param name="answer">The reply.</param>
    /// <param name="asked">The node that was asked: a node that does not know its own address leaves it empty.</param>
    /// <param name="preferNames">Whether to prefer the host name that a node announces to its address: certificates carry names.</param>
    public static IReadOnlyList<RedisClusterNode> ParseAll(string answer, RedisEndpoint asked, bool preferNames) =>
        [.. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Parse(line, asked, preferNames)).OfType<RedisClusterNode>()];

    private static RedisClusterNode? Parse(string line, RedisEndpoint asked, bool preferNames)
    {
        var fields = line.TrimEnd('\r').Split(' ');
        if (fields.Length < FirstSlotField || !long.TryParse(fields[6], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)) return null;

        var flags = fields[2].Split(',');
        if (flags.Contains("noaddr") || flags.Contains("handshake")) return null;
        if (EndpointOf(fields[1], asked, preferNames) is not { } endpoint) return null;

        var slots = fields[FirstSlotField..].Select(ParseSlots).OfType<(int, int)>().ToArray();
        return new RedisClusterNode(fields[0], endpoint, flags.Contains("master") ? null : fields[3], flags.Contains("fail"), epoch, slots);
    }

    /// <summary><c>10.0.0.1:6379@16379,name,shard-id=…</c>; later versions added what follows the port.</summary>
    private static RedisEndpoint? EndpointOf(string field, RedisEndpoint asked, bool preferNames)
    {
        var parts = field.Split(',');
        var address = parts[0].Split('@')[0];
        var colon = address.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return null;

        var host = preferNames && parts.Length > 1 && parts[1].Length > 0 ? parts[1] : address[..colon].Trim('[', ']');
        return new RedisEndpoint(host.Length > 0 ? host : asked.Host, port);
    }

    /// <summary><c>5461-10922</c> or <c>93</c>; slots that are being migrated are in brackets, in addition to the list.</summary>
    private static (int First, int Last)? ParseSlots(string text)
    {
        var ends = text.Split('-');
        if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)) return null;

        return first <= last && last < HashSlot.Count ? (first, last) : null;
    }
}
