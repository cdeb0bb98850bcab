using System.Globalization;
using RedisActors.Configuration;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.RedisCluster;

/// <summary>A node of a cluster, in the words of one of them: a line of <c>CLUSTER NODES</c>.</summary>
/// <param name="Id">What it is called, for as long as it lives.</param>
/// <param name="Endpoint">Where clients find it.</param>
/// <param name="PrimaryId">Whom it follows; null: it is a primary itself.</param>
/// <param name="HasFailed">Whether a majority holds it for failed.</param>
/// <param name="Epoch">Of two nodes that claim a slot, the one with the greater number has it.</param>
/// <param name="Slots">The slots it serves, first and last of each stretch.</param>
internal sealed record RedisClusterNode(
    string Id, RedisEndpoint Endpoint, string? PrimaryId, bool HasFailed, long Epoch, IReadOnlyList<(int First, int Last)> Slots)
{
    private const int FirstSlotField = 8;

    /// <summary>
    /// Reads the answer to <c>CLUSTER NODES</c>, https://redis.io/docs/latest/commands/cluster-nodes/. Nodes that nobody can reach
    /// are left out.
    /// </summary>
    /// <param name="answer">The lines.</param>
    /// <param name="asked">Where the question was put: a node that nobody told its own address leaves it out.</param>
    /// <param name="preferNames">Whether a node's host name is wanted, where it announces one: a certificate bears names.</param>
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

    /// <summary><c>10.0.0.1:6379@16379,name,shard-id=…</c>; what follows the port came with later versions.</summary>
    private static RedisEndpoint? EndpointOf(string field, RedisEndpoint asked, bool preferNames)
    {
        var parts = field.Split(',');
        var address = parts[0].Split('@')[0];
        var colon = address.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return null;

        var host = preferNames && parts.Length > 1 && parts[1].Length > 0 ? parts[1] : address[..colon].Trim('[', ']');
        return new RedisEndpoint(host.Length > 0 ? host : asked.Host, port);
    }

    /// <summary><c>5461-10922</c> or <c>93</c>; slots that are on their way stand in brackets, and in the list as well.</summary>
    private static (int First, int Last)? ParseSlots(string text)
    {
        var ends = text.Split('-');
        if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)) return null;

        return first <= last && last < HashSlot.Count ? (first, last) : null;
    }
}
