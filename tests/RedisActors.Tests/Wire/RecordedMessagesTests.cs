using Akka.Actor;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Tests.Wire;

/// <summary>
/// What version 0.1 wrote is read for as long as nodes of that version may be in an Akka cluster: <c>recorded-0.1.txt</c> holds, for
/// each message below, its name, its manifest and its bytes (<c>-</c>: none).
/// </summary>
public sealed class RecordedMessagesTests : WireSpec
{
    private static readonly RedisCommand FullCommand = new(
        "HSET", "key", RedisValue.EmptyString, -17, 0.25, new byte[] { 0, 255 }, "ä€😀")
    {
        Database = 0,
        Timeout = TimeSpan.FromSeconds(2.5),
        State = new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"),
        Delivery = DeliveryMode.ExactlyOnce,
        ReplayClass = ReplayClass.Conditional,
        IdempotencyKey = "order 5",
    };

    private static readonly RedisOutcomeException Failure = new(
        Outcome.Rejected, new RedisCommand("LPUSH", "key", 7) { State = "state" }, "LPUSH: WRONGTYPE", "WRONGTYPE");

    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private Dictionary<string, object> Messages => new()
    {
        ["command"] = new RedisCommand("PING"),
        ["command-full"] = FullCommand,
        ["command-infinite"] = new RedisCommand("GET", "key") { Timeout = Timeout.InfiniteTimeSpan, Database = 15, State = 5 },
        ["command-at-most-once"] = Command(DeliveryMode.AtMostOnce, ReplayClass.ReadOnly, 5_000_000_000),
        ["command-when-safe"] = Command(DeliveryMode.WhenSafe, ReplayClass.LastWins, new byte[] { 1, 2, 3 }),
        ["command-at-least-once"] = Command(DeliveryMode.AtLeastOnce, ReplayClass.Accumulating, Actor("asker")),
        ["command-administration"] = Command(DeliveryMode.WhenSafe, ReplayClass.Administration, GetStatus.Instance),
        ["command-state-enum"] = Command(DeliveryMode.WhenSafe, ReplayClass.ReadOnly, Outcome.NotSent),
        ["command-state-double"] = Command(DeliveryMode.WhenSafe, ReplayClass.ReadOnly, 0.1),
        ["command-state-time"] = Command(DeliveryMode.WhenSafe, ReplayClass.ReadOnly, Noon),
        ["command-never"] = Command(DeliveryMode.WhenSafe, ReplayClass.Never, new RedisCommand("GET", "within")),
        ["script"] = new RedisScript("return ARGV[1]", ["key", "ä"], 5, RedisValue.EmptyString)
        {
            Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = "order 5", Timeout = TimeSpan.FromSeconds(1),
        },
        ["script-read-only"] = new RedisScript("return 1", []) { ReadOnly = true, State = "state" },
        ["transaction"] = new RedisTransaction(new RedisCommand("INCR", "a"), new RedisCommand("SET", "b", -17, "EX", 5) { State = 5 })
        {
            Conditions = [RedisCondition.KeyNotExists("c"), RedisCondition.HashEqual("d", "field", "value"), RedisCondition.SortedSetLengthLessThan("e", 3, 0.5)],
            Delivery = DeliveryMode.AtMostOnce,
            Database = 3,
        },
        ["exception-transaction"] = new RedisOutcomeException(
            Outcome.Unknown, new RedisTransaction(new RedisCommand("GET", "key")), "MULTI: the connection was lost"),
        ["reply"] = new RedisReply(RespValue.Integer(long.MinValue), null),
        ["reply-list"] = new RedisReply(
            RespValue.Array(
                RespValue.Null, RespValue.Integer(1), RespValue.BulkString(new byte[] { 0, 255 }), RespValue.SimpleString("OK"),
                RespValue.Error("ERR no"), RespValue.Array()),
            "state"),
        ["value"] = RespValue.BulkString("text"),
        ["failure"] = new Status.Failure(Failure, Failure.State),
        ["failure-state"] = new Status.Failure(Failure, "another state"),
        ["exception-rejected"] = Failure,
        ["exception-not-sent"] = new RedisOutcomeException(Outcome.NotSent, new RedisCommand("GET", "key"), "GET: the stash is full"),
        ["exception-unknown"] = new RedisOutcomeException(Outcome.Unknown, FullCommand, "HSET: the connection was lost"),
        ["connecting"] = new RedisConnecting("default", 3, "localhost:6379", 2) { Lane = 4 },
        ["ready"] = new RedisReady("default", 3, "10.0.0.1:6379", 17, TimeSpan.FromMilliseconds(1500)) { Stashed = 12, Replayed = 3 },
        ["lost"] = new RedisLost("default", 3, "10.0.0.1:6379", "the socket closed"),
        ["backing-off"] = new RedisBackingOff("default", 4, "10.0.0.1:6379", 5, TimeSpan.FromMilliseconds(50), "refused")
        {
            Misconfigured = true,
        },
        ["gave-up"] = new RedisGaveUp("default", 9, "10.0.0.1:6379", "refused"),
        ["suspended"] = new RedisSuspended("default", 9, "10.0.0.1:6379", "maintenance"),
        ["get-status"] = GetStatus.Instance,
        ["status"] = new RedisStatus(new RedisLost("default", 3, "10.0.0.1:6379", "the socket closed") { Lane = 2 }, 64, 1000),
        ["status-before"] = new RedisStatus(null, 0, 0),
        ["subscribe"] = new SubscribeToState(Actor("subscriber")),
        ["unsubscribe"] = new UnsubscribeFromState(Actor("subscriber")),
        ["force-reconnect"] = new ForceReconnect("new certificate"),
        ["pause"] = new PauseConnection("maintenance"),
        ["resume"] = ResumeConnection.Instance,
        ["drain"] = new DrainCommands(TimeSpan.FromSeconds(10)),
        ["drain-infinite"] = new DrainCommands(Timeout.InfiniteTimeSpan),
        ["drained"] = new DrainedCommands(7),
        ["stream-entry"] = new RedisStreamEntry(
            "orders", "billing", "1700000000000-0", RespValue.Array(RespValue.BulkString("amount"), RespValue.BulkString("5")).AsPairs(), 2),
        ["stream-acknowledge"] = new AcknowledgeStreamEntry("1700000000000-0"),
        ["stream-fail"] = new FailStreamEntry("1700000000000-0", "no such customer"),
        ["stream-stop"] = StopConsuming.Instance,
        ["stream-get-status"] = GetStreamConsumerStatus.Instance,
        ["stream-status"] = new StreamConsumerStatus("orders", "billing", "billing-1", 3, 5, 7, 100, 4, 2, 1),
        ["stream-status-unknown"] = new StreamConsumerStatus("orders", "billing", "billing-1", 0, null, null, 0, 0, 0, 0),
        ["subscribe-channel"] = new Subscribe("news", Actor("subscriber")) { MaxUnread = 5, WhenSlow = SlowSubscriber.Disconnect },
        ["subscribe-backfill"] = new Subscribe("news", Actor("subscriber")) { Backfill = new RedisBackfill("news-stream") },
        ["subscribe-pattern"] = new PSubscribe("news.*", Actor("subscriber")),
        ["subscribe-shard-channel"] = new SSubscribe("orders", Actor("subscriber")),
        ["unsubscribe-channel"] = new Unsubscribe("news", Actor("subscriber")),
        ["unsubscribe-pattern"] = new PUnsubscribe("news.*", Actor("subscriber")),
        ["unsubscribe-shard-channel"] = new SUnsubscribe("orders", Actor("subscriber")),
        ["message"] = new RedisMessage("news", null, new byte[] { 0, 255 }, 3),
        ["message-of-pattern"] = new RedisMessage("news.a", "news.*", "text", 3),
        ["subscribed"] = new RedisSubscribed(RedisSubscriptionKind.Channel, "news", 3, Noon),
        ["unsubscribed"] = new RedisUnsubscribed(RedisSubscriptionKind.Pattern, "news.*"),
        ["interrupted"] = new RedisSubscriptionInterrupted(RedisSubscriptionKind.ShardChannel, "orders", 3, Noon, "the socket closed"),
        ["resumed"] = new RedisSubscriptionResumed(RedisSubscriptionKind.Channel, "news", Noon, Noon.AddSeconds(2), 3, 5, "the socket closed"),
        ["resumed-backfilled"] = new RedisSubscriptionResumed(RedisSubscriptionKind.Channel, "news", Noon, Noon.AddSeconds(2), 3, 5, "the socket closed")
        {
            Backfilled = 12,
            IsComplete = true,
        },
        ["dropped"] = new RedisMessagesDropped(RedisSubscriptionKind.Channel, "news", 17),
        ["ended"] = new RedisSubscriptionEnded(RedisSubscriptionKind.Channel, "news", "the subscriber is too slow"),
        ["command-frame"] = new CommandFrame(
            5_000_000_000, 3, 3, 2, true,
            [
                new RemoteRequest(17, 1_700_000_000_000, new RedisCommand("GET", "key") { Delivery = DeliveryMode.AtMostOnce }),
                new RemoteRequest(18, long.MaxValue, new RedisScript("return 1", [])),
                new RemoteRequest(19, 1, null, "it cannot be written"),
            ]),
        ["command-frame-empty"] = new CommandFrame(5, 0, 0, 0, false, []),
        ["answer-frame"] = new AnswerFrame(
            5_000_000_000, 2, 2, 3, true, 1_700_000_000_000, RemoteServing.Away,
            [
                new RemoteAnswer(17, RemoteAnswerKind.Applied, RespValue.BulkString("value")),
                new RemoteAnswer(18, RemoteAnswerKind.Rejected, Message: "GET: WRONGTYPE", ServerError: "WRONGTYPE"),
                new RemoteAnswer(19, RemoteAnswerKind.Unknown, Message: "GET: lost"),
                new RemoteAnswer(20, RemoteAnswerKind.NotSent, Message: "GET: refused"),
                new RemoteAnswer(21, RemoteAnswerKind.Returned),
            ]),
        ["answer-frame-leaving"] = new AnswerFrame(5, 0, 0, 0, false, 1, RemoteServing.Leaving, []),
        ["answer-frame-forgotten"] = new AnswerFrame(5, 0, 0, 0, false, 1, RemoteServing.Forgotten, []),
        ["ready-from"] = new RedisReady("default", 3, "10.0.0.1:6379", 17, TimeSpan.Zero) { ClientAddress = "10.0.0.2:50312" },
        ["command-frame-until"] = new CommandFrame(5, 0, 0, 0, false, []) { StartUntil = 1_700_000_000_000 },
        ["command-frame-keeps"] = new CommandFrame(5, 0, 0, 0, false, [new RemoteRequest(17, 1, new RedisCommand("GET", "key"), TokenMayGo: true)]) { KeepsUpTo = 16 },
        ["answer-frame-clients"] = new AnswerFrame(5, 0, 0, 0, false, 1, RemoteServing.Lapsed, [])
        {
            Clients = [new ClientIdentity(17, "10.0.0.2:50312"), new ClientIdentity(18, null)],
        },
        ["end-clients"] = new EndClients(5, [new ClientIdentity(17, "10.0.0.2:50312")]),
        ["clients-ended"] = new ClientsEnded(5, null),
        ["clients-not-ended"] = new ClientsEnded(5, "NOPERM no"),
        ["ended-refused"] = new RedisSubscriptionEnded(RedisSubscriptionKind.Channel, "news", "the server refuses", "NOPERM no"),
    };

    [Fact]
    public void What_version_0_1_wrote_is_read()
    {
        var messages = Messages;
        foreach (var line in Recorded())
        {
            SameMessage.Assert(messages[line[0]], Serializer.FromBinary(Convert.FromHexString(line[2].Trim('-')), line[1]));
        }
    }

    [Fact]
    public void Every_message_is_recorded()
    {
        var recorded = Recorded().Select(line => line[0]).ToHashSet();

        var missing = Messages
            .Where(message => !recorded.Contains(message.Key))
            .Select(message =>
                $"{message.Key} {Serializer.Manifest(message.Value)} {Convert.ToHexString(Serializer.ToBinary(message.Value))}");

        Assert.True(!missing.Any(), $"To be added to recorded-0.1.txt:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void Every_manifest_is_recorded()
    {
        var manifests = Messages.Values.Select(Serializer.Manifest).ToHashSet();
        var everything = new RedisActors.Simulation.Messages.RandomMessages(seed: 1, [System.DeadLetters]);

        Assert.Empty(everything.OneOfEach().Select(Serializer.Manifest).Except(manifests));
    }

    private static RedisCommand Command(DeliveryMode delivery, ReplayClass replay, object state) =>
        new("GET", "key") { Delivery = delivery, ReplayClass = replay, State = state };

    /// <summary>An actor that may be there or not; its address is what travels.</summary>
    private IActorRef Actor(string name) => System.Provider.ResolveActorRef($"akka://wire/user/{name}#42");

    private static IEnumerable<string[]> Recorded()
    {
        using var file = typeof(RecordedMessagesTests).Assembly.GetManifestResourceStream("recorded-0.1.txt")!;
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#') yield return line.Split(' ', count: 3);
        }
    }
}
