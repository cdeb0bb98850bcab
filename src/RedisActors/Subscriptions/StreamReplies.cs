using System.Globalization;

namespace RedisActors.Subscriptions;

/// <summary>The id of an entry of a stream.</summary>
internal readonly record struct StreamId(ulong Milliseconds, ulong Sequence) : IComparable<StreamId>
{
    /// <summary>Reads <c>1526919030474-55</c>.</summary>
    public static StreamId? Parse(string? text)
    {
        var parts = text?.Split('-') ?? [];
        return parts.Length == 2
            && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new StreamId(milliseconds, sequence)
            : null;
    }

    public int CompareTo(StreamId other) =>
        Milliseconds != other.Milliseconds ? Milliseconds.CompareTo(other.Milliseconds) : Sequence.CompareTo(other.Sequence);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}-{Sequence}");
}

/// <summary>How far a stream goes, from <c>XINFO STREAM</c>, https://redis.io/docs/latest/commands/xinfo-stream/.</summary>
/// <param name="Last">The id of the last entry that was ever added.</param>
/// <param name="Added">How many entries were ever added; null: the server does not say, before Redis 7.</param>
/// <param name="First">The id of the oldest entry that is still there; null: there is none.</param>
internal sealed record StreamExtent(StreamId Last, long? Added, StreamId? First)
{
    /// <summary>A stream that does not exist.</summary>
    public static readonly StreamExtent Nothing = new(default, 0, null);

    public static StreamExtent? Parse(RespValue reply)
    {
        if (reply.Kind != RespKind.Array || reply.AsArray().Length % 2 != 0) return null;
        StreamId? last = null, first = null;
        long? added = null;
        foreach (var (name, value) in reply.AsPairs())
        {
            if (name.Kind is RespKind.Array) return null;
            switch (name.AsString())
            {
                case "last-generated-id" when value.Kind != RespKind.Array:
                    last = StreamId.Parse(value.AsString());
                    break;
                case "entries-added" when value.TryGetInt64(out var count):
                    added = count;
                    break;
                case "first-entry" when value.Kind == RespKind.Array && value.AsArray() is [var id, ..] && id.Kind != RespKind.Array:
                    first = StreamId.Parse(id.AsString());
                    break;
            }
        }

        return last is { } known ? new StreamExtent(known, added, first) : null;
    }
}

/// <summary>An entry of a stream, as far as it is of interest.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Payload">The payload; null: it has none.</param>
internal readonly record struct StreamEntry(StreamId Id, byte[]? Payload)
{
    /// <summary>Reads the reply to <c>XRANGE</c>; null: it is none.</summary>
    public static IReadOnlyList<StreamEntry>? ParseAll(RespValue reply, string field)
    {
        if (reply.Kind != RespKind.Array) return null;
        var entries = new List<StreamEntry>(reply.AsArray().Length);
        foreach (var item in reply.AsArray())
        {
            if (item.Kind != RespKind.Array || item.AsArray() is not [var id, var fields] || id.Kind == RespKind.Array) return null;
            if (StreamId.Parse(id.AsString()) is not { } known || fields.Kind is not (RespKind.Array or RespKind.Null)) return null;
            entries.Add(new StreamEntry(known, PayloadOf(fields, field)));
        }

        return entries;
    }

    private static byte[]? PayloadOf(RespValue fields, string field)
    {
        var words = fields.AsArray();
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            if (words[i].Kind == RespKind.BulkString && words[i].AsString() == field && words[i + 1].Kind == RespKind.BulkString) return words[i + 1].AsBytes();
        }

        return null;
    }
}
