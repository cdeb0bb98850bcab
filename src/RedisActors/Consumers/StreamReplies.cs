namespace RedisActors.Consumers;

/// <summary>Reads what the server replies to a consumer. https://redis.io/docs/latest/commands/xreadgroup/ and its relatives.</summary>
internal static class StreamReplies
{
    /// <summary>The entries of one stream in a reply to <c>XREADGROUP</c>: delivered for the first time.</summary>
    public static IReadOnlyList<RedisStreamEntry> Read(RedisStreamConsumerOptions options, RespValue reply) =>
        reply.IsNull ? [] : Entries(options, reply.AsArray()[0].AsArray()[1]);

    /// <summary>The entries in a reply to <c>XCLAIM</c>. Servers before Redis 7 have nothing in the place of one that the stream has lost.</summary>
    public static IReadOnlyList<RedisStreamEntry> Entries(RedisStreamConsumerOptions options, RespValue reply)
    {
        var entries = new List<RedisStreamEntry>();
        foreach (var item in reply.AsArray())
        {
            if (item.IsNull) continue;
            var pair = item.AsArray();
            entries.Add(new RedisStreamEntry(options.Stream, options.Group, pair[0].AsString()!, pair[1].AsPairs(), Deliveries: 1));
        }

        return entries;
    }

    /// <summary>The rows of a reply to <c>XPENDING</c> with a range.</summary>
    public static IReadOnlyList<PendingEntry> Pending(RespValue reply)
    {
        var rows = new List<PendingEntry>();
        foreach (var item in reply.AsArray())
        {
            var row = item.AsArray();
            rows.Add(new PendingEntry(row[0].AsString()!, row[1].AsString()!, row[2].AsInt64(), (int)row[3].AsInt64()));
        }

        return rows;
    }

    /// <summary>What a reply to <c>XINFO GROUPS</c> says of a group; null where it does not say.</summary>
    public static (long? Pending, long? Lag) Group(RespValue reply, string group)
    {
        foreach (var item in reply.AsArray())
        {
            var facts = item.AsDictionary();
            if (facts.GetValueOrDefault("name").AsString() != group) continue;
            return (Number("pending"), Number("lag"));

            long? Number(string name) => facts.GetValueOrDefault(name).TryGetInt64(out var number) ? number : null;
        }

        return (null, null);
    }
}
