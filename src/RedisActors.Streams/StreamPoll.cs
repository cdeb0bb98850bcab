using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Streams;

/// <summary>Reads a stream from an entry on, and knows where it is.</summary>
internal sealed class StreamPoll(IActorRef redis, RedisStreamReadOptions options) : IPoll<StreamEntry>
{
    private const string End = "$";
    private const string Beginning = "0-0";

    private string _last = options.After;

    public async Task<IReadOnlyList<StreamEntry>> NextAsync(CancellationToken stopping)
    {
        // The server takes $ for the end as it is when it is asked, each time.
        if (_last == End) _last = await LastIdAsync().ConfigureAwait(false);
        var reply = await Patiently.ExecuteUnlessAsync(
            redis,
            new RedisCommand("XREAD", "COUNT", options.MaxBatch, "BLOCK", 0, "STREAMS", options.Key, _last)
            {
                Database = options.Database,
                Delivery = DeliveryMode.AtLeastOnce,
            },
            stopping).ConfigureAwait(false);
        if (reply is null) return [];
        var entries = EntriesOf(reply.Value.AsArray()[0].AsArray()[1]);
        _last = entries[^1].Id.ToString();
        return entries;
    }

    public Task PutBackAsync(IReadOnlyList<StreamEntry> elements) => Task.CompletedTask;

    private async Task<string> LastIdAsync()
    {
        var reply = await Patiently.ExecuteAsync(
            redis, new RedisCommand("XREVRANGE", options.Key, "+", "-", "COUNT", 1) { Database = options.Database, Delivery = DeliveryMode.AtLeastOnce })
            .ConfigureAwait(false);
        return EntriesOf(reply.Value) is [var last] ? last.Id.ToString() : Beginning;
    }

    private static List<StreamEntry> EntriesOf(RespValue reply)
    {
        var entries = new List<StreamEntry>();
        foreach (var item in reply.AsArray())
        {
            var entry = item.AsArray();
            entries.Add(new StreamEntry(
                entry[0].AsRedisValue(), [.. entry[1].AsPairs().Select(field => new NameValueEntry(field.Key.AsRedisValue(), field.Value.AsRedisValue()))]));
        }

        return entries;
    }
}
