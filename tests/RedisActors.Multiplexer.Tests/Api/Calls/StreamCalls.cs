using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

internal static class StreamCalls
{
    private static readonly NameValueEntry[] Pairs = [new("temperature", 21), new("unit", "C")];
    private static readonly RedisValue[] Ids = ["1-1", "9-9"];
    private static readonly StreamPosition[] Positions = [new("stream", "0-0"), new("stream2", "0-0")];
    private static readonly StreamPosition[] NewOnes = [new("stream", StreamPosition.NewMessages), new("stream2", StreamPosition.NewMessages)];

    public static readonly CallTable<IDatabase> All = new()
    {
        d => d.StreamAcknowledge("stream", "g", "1-1"),
        d => d.StreamAcknowledge("stream", "g", Ids),
        d => d.StreamAcknowledgeAndDelete("stream", "g", StreamTrimMode.Acknowledged, "1-1"),
        d => d.StreamAcknowledgeAndDelete("stream", "g", StreamTrimMode.KeepReferences, Ids),
        d => d.StreamAdd("stream", "f", "v", (RedisValue?)"7-1", (int?)3, false, CommandFlags.None),
        d => d.StreamAdd("stream", Pairs, (RedisValue?)"7-1", (int?)3, true, CommandFlags.None),
        d => d.StreamAdd("stream", "f", "v"),
        d => d.StreamAdd("stream", "f", "v", (RedisValue?)"1-1", (long?)2L),
        d => d.StreamAdd("stream", "f", "v", new StreamIdempotentId("producer", "1")),
        d => d.StreamAdd("stream", Pairs),
        d => d.StreamAdd("stream", Pairs, new StreamIdempotentId("producer")),
        d => d.StreamAdd("stream", "f", "v", new StreamAddOptions { MessageId = "8-1", MaxLength = 2 }),
        d => d.StreamAdd("stream", Pairs, new StreamAddOptions { MinId = "2-1", MessageId = "8-1" }),
        d => d.StreamAutoClaim("stream", "g", "c2", 0, "0-0", 1),
        d => d.StreamAutoClaim("stream", "missing", "c2", 0, "0-0"),
        d => d.StreamAutoClaimIdsOnly("stream", "g", "c2", 0, "0-0"),
        d => d.StreamClaim("stream", "g", "c2", 0, Ids),
        d => d.StreamClaimIdsOnly("stream", "g", "c2", 0, Ids),
        d => d.StreamConfigure("stream", new StreamConfiguration { IdmpDuration = 10 }),
        d => d.StreamConsumerGroupSetPosition("stream", "g", "0-0"),
        d => d.StreamConsumerInfo("stream", "g"),
        d => d.StreamConsumerInfo("stream", "missing"),
        d => d.StreamCreateConsumerGroup("stream", "new", (RedisValue?)"0-0", CommandFlags.None),
        d => d.StreamCreateConsumerGroup("missing", "new", null, true),
        d => d.StreamCreateConsumerGroup("stream", "g", null, false),
        d => d.StreamDelete("stream", Ids),
        d => d.StreamDelete("stream", Ids, StreamTrimMode.DeleteReferences),
        d => d.StreamDeleteConsumer("stream", "g", "c"),
        d => d.StreamDeleteConsumerGroup("stream", "g"),
        d => d.StreamGroupInfo("stream"),
        d => d.StreamInfo("stream"),
        d => d.StreamInfo("missing"),
        d => d.StreamLength("stream"),
        d => d.StreamNegativeAcknowledge("stream", "g", StreamNackMode.Fail, "1-1"),
        d => d.StreamNegativeAcknowledge("stream", "g", StreamNackMode.Silent, Ids),
        d => d.StreamPending("stream", "g"),
        d => d.StreamPending("stream2", "g"),
        d => d.StreamPendingMessages("stream", "g", 10, "c", null, null, CommandFlags.None),
        d => d.StreamPendingMessages("stream", "g", 10, default, "-", "+", (long?)0L),
        d => d.StreamRange("stream"),
        d => d.StreamRange("stream", "1-1", "+", 1, Order.Descending),
        d => d.StreamRead("stream", "0-0"),
        d => d.StreamRead("stream", "9-9", 2),
        d => d.StreamRead(Positions, 1, CommandFlags.None),
        d => d.StreamRead(Positions),
        d => d.StreamRead(new StreamPosition[] { new("missing", "0-0") }),
        d => d.StreamRead(Positions, 1, 5, 1000),
        d => d.StreamReadGroup("stream", "g", "c", ">", 1, CommandFlags.None),
        d => d.StreamReadGroup("stream", "g", "c", "0-0", null, true, CommandFlags.None),
        d => d.StreamReadGroup("stream", "g", "c"),
        d => d.StreamReadGroup("stream", "g", "c", default(RedisValue?), 1, false, TimeSpan.FromMilliseconds(1)),
        d => d.StreamReadGroup(NewOnes, "g", "c", 1, CommandFlags.None),
        d => d.StreamReadGroup(NewOnes, "g", "c", 1, true, CommandFlags.None),
        d => d.StreamReadGroup(NewOnes, "g", "c", 1, false, null, CommandFlags.None),
        d => d.StreamReadGroup(NewOnes, "g", "c"),
        d => d.StreamReadGroup(NewOnes, "missing", "c"),
        d => d.StreamTrim("stream", 1, false, CommandFlags.None),
        d => d.StreamTrim("stream", 1L),
        d => d.StreamTrim("stream", 1L, true, 5L),
        d => d.StreamTrimByMinId("stream", "2-1"),
    };
}
