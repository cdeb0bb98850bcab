using System.Globalization;

namespace RedisActors.Testing;

/// <summary>A node as seen by another one or by itself: one line of <c>CLUSTER NODES</c>.</summary>
internal sealed record ClusterNodeLine(
    string Id,
    int Port,
    IReadOnlySet<string> Flags,
    string PrimaryId,
    long Epoch,
    bool IsConnected,
    IReadOnlyList<string> Slots)
{
    public bool IsMyself => Flags.Contains("myself");

    public bool IsPrimary => Flags.Contains("master");

    /// <summary>A majority has declared it failed; <c>fail?</c> is the suspicion of a single node.</summary>
    public bool HasFailed => Flags.Contains("fail");

    public bool IsWell => (IsConnected || IsMyself) && !Flags.Overlaps(["fail", "fail?", "handshake", "noaddr"]);

    public bool Owns(int slot) => Slots.Any(range => Contains(range, slot));

    public static IReadOnlyList<ClusterNodeLine> ParseAll(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    private static ClusterNodeLine Parse(string line)
    {
        // id ip:port@bus,name flags primary ping-sent pong-received epoch link-state slot slot ...
        var fields = line.TrimEnd('\r').Split(' ');
        var address = fields[1].Split('@')[0];
        return new ClusterNodeLine(
            fields[0],
            int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture),
            fields[2].Split(',').ToHashSet(),
            fields[3],
            long.Parse(fields[6], CultureInfo.InvariantCulture),
            fields[7] == "connected",
            [.. fields.Skip(8).Where(slots => !slots.StartsWith('['))]);
    }

    private static bool Contains(string range, int slot)
    {
        var ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
        return slot >= ends[0] && slot <= ends[^1];
    }
}
