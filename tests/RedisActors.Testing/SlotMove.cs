using System.Globalization;

namespace RedisActors.Testing;

/// <summary>
/// The migration of a slot from one node to another. Until <see cref="CompleteAsync"/>, the source serves the keys that it still has and
/// answers <c>ASK</c> for all others.
/// </summary>
public sealed class SlotMove
{
    private readonly RedisClusterServers _cluster;

    private SlotMove(RedisClusterServers cluster, int slot, RedisServer from, RedisServer to)
    {
        _cluster = cluster;
        Slot = slot;
        From = from;
        To = to;
    }

    public int Slot { get; }

    public RedisServer From { get; }

    public RedisServer To { get; }

    private string SlotText => Slot.ToString(CultureInfo.InvariantCulture);

    internal static async Task<SlotMove> BeginAsync(RedisClusterServers cluster, int slot, RedisServer to)
    {
        var move = new SlotMove(cluster, slot, await cluster.NodeOfSlotAsync(slot).ConfigureAwait(false), to);
        if (move.From == to) throw new InvalidOperationException($"Slot {slot} is already on {to.Endpoint}.");

        await move.SetAsync(to, "IMPORTING", move.From).ConfigureAwait(false);
        await move.SetAsync(move.From, "MIGRATING", to).ConfigureAwait(false);
        return move;
    }

    /// <summary>Moves up to that many keys and returns how many were moved; 0 when none is left.</summary>
    public async Task<int> MoveKeysAsync(int count)
    {
        var reply = await From.ExecuteAsync("CLUSTER", "GETKEYSINSLOT", SlotText, count.ToString(CultureInfo.InvariantCulture))
            .ConfigureAwait(false);
        string[] keys = [.. reply.OrThrow().Items.Select(key => key.Text)];
        if (keys.Length == 0) return 0;

        (await From.ExecuteAsync(
        [
            "MIGRATE", To.Host, To.ReplicationPort.ToString(CultureInfo.InvariantCulture), string.Empty, "0", "10000",
            "AUTH2", ServerKey.User, ServerKey.Password,
            "KEYS", .. keys,
        ]).ConfigureAwait(false)).OrThrow();
        return keys.Length;
    }

    /// <summary>Moves the remaining keys and returns when every reachable node knows the slot's new node.</summary>
    public async Task CompleteAsync()
    {
        while (await MoveKeysAsync(100).ConfigureAwait(false) > 0)
        {
        }

        // The new node must learn it first: if the old one gave the slot up earlier, no node would own it.
        await SetAsync(To, "NODE", To).ConfigureAwait(false);
        await SetAsync(From, "NODE", To).ConfigureAwait(false);
        await _cluster.WaitForOwnerAsync(Slot, owner => owner == To).ConfigureAwait(false);
    }

    private async Task SetAsync(RedisServer node, string what, RedisServer other)
    {
        var id = await RedisClusterServers.IdOfAsync(other).ConfigureAwait(false);
        (await node.ExecuteAsync("CLUSTER", "SETSLOT", SlotText, what, id).ConfigureAwait(false)).OrThrow();
    }
}
