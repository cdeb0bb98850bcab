using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.Servers;

namespace RedisActors.Tests.Subscriptions;

/// <summary>A subscriber that does not keep up costs a bounded heap, and is told what it misses.</summary>
[Collection(nameof(AllProcessors))]
public sealed class SlowSubscriberTests : ServerSpec
{
    private const int Count = 1_000_000;

    [Fact]
    public async Task A_subscriber_that_blocks_while_a_million_messages_come_is_told_how_many_were_dropped_and_where()
    {
        var redis = Redis();
        using var gate = new ManualResetEventSlim();
        var account = new Account();
        var blocked = Kit.Sys.ActorOf(Props.Create(() => new Subscriber(account, gate)));
        var quick = new Account();
        await redis.Ask<RedisSubscribed>(new Subscribe("news", blocked), Patience);
        await redis.Ask<RedisSubscribed>(new Subscribe("news", Kit.Sys.ActorOf(Props.Create(() => new Subscriber(quick, null)))), Patience);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await PublishAsync(0, Count);
        await quick.HasAsync(Count, Patience);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        gate.Set();
        await account.HasAsync(Count, Patience);

        Assert.True(growth < 16 << 20, $"the heap grew by {growth} bytes");
        Assert.Equal(0, quick.Dropped);
        Assert.True(account.Dropped > Count / 2, $"{account.Dropped} dropped");
        Assert.Null(account.Wrong);
    }

    [Fact]
    public async Task A_slow_subscriber_can_be_disconnected_instead()
    {
        var redis = Redis();
        using var gate = new ManualResetEventSlim();
        var account = new Account();
        var blocked = Kit.Sys.ActorOf(Props.Create(() => new Subscriber(account, gate)));
        await redis.Ask<RedisSubscribed>(
            new Subscribe("news", blocked) { MaxUnread = 100, WhenSlow = SlowSubscriber.Disconnect }, Patience);

        await PublishAsync(0, 5_000);
        await Kit.AwaitAssertAsync(
            async () => Assert.Equal(0, (await Server.ExecuteAsync("PUBLISH", "news", "x")).OrThrow().AsInt64()), Patience);
        gate.Set();

        await Kit.AwaitConditionAsync(() => Task.FromResult(account.Ended is not null), Patience, TimeSpan.FromMilliseconds(20));
        Assert.Contains("slow", account.Ended!.Reason);
        Assert.InRange(account.Received, 1, 100 + 2 * 1024);
        Assert.Null(account.Wrong);
    }

    /// <summary>Waits no longer than a moment for a subscriber that stands still, however small its bound is.</summary>
    [Fact]
    public async Task A_subscriber_with_room_for_one_message_gets_all_when_it_is_quick()
    {
        var redis = Redis();
        var account = new Account();
        var subscriber = Kit.Sys.ActorOf(Props.Create(() => new Subscriber(account, null)));
        await redis.Ask<RedisSubscribed>(new Subscribe("news", subscriber) { MaxUnread = 1 }, Patience);

        await PublishAsync(0, 20_000);
        await account.HasAsync(20_000, Patience);

        Assert.Equal(0, account.Dropped);
    }

    /// <summary>Published by the server itself, as fast as it can.</summary>
    private async Task PublishAsync(int from, int count)
    {
        const int atOnce = 1_000;
        await using var probe = await Server.ConnectAsync();
        for (var i = from; i < from + count; i += atOnce)
        {
            (await probe.ExecuteAsync(
                "EVAL", "for i = ARGV[1], ARGV[2] do redis.call('PUBLISH', 'news', string.format('%d', i)) end", "0",
                i.ToString(CultureInfo.InvariantCulture), (i + atOnce - 1).ToString(CultureInfo.InvariantCulture))).OrThrow();
        }
    }

    /// <summary>What a subscriber received and was told that it has missed.</summary>
    private sealed class Account
    {
        private long _received;
        private long _dropped;
        private long _gap;
        private long _next;

        public long Received => Volatile.Read(ref _received);

        public long Dropped => Volatile.Read(ref _dropped);

        public RedisSubscriptionEnded? Ended { get; private set; }

        public string? Wrong { get; private set; }

        public void Add(object what)
        {
            switch (what)
            {
                case RedisMessage message:
                    var number = (long)message.Payload;
                    if (number != _next + _gap) Wrong ??= $"{number} comes after {_next - 1} and {_gap} dropped";
                    (_next, _gap) = (number + 1, 0);
                    Interlocked.Increment(ref _received);
                    break;
                case RedisMessagesDropped dropped:
                    _gap += dropped.Count;
                    Interlocked.Add(ref _dropped, dropped.Count);
                    break;
                case RedisSubscriptionEnded ended:
                    Ended = ended;
                    break;
            }
        }

        public async Task HasAsync(long count, TimeSpan patience)
        {
            for (var began = Stopwatch.GetTimestamp(); Received + Dropped < count; await Task.Delay(5))
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < patience, $"{Received} received, {Dropped} dropped, of {count}. {Wrong}");
            }
        }
    }

    private sealed class Subscriber : UntypedActor
    {
        private readonly Account _account;
        private readonly ManualResetEventSlim? _gate;

        public Subscriber(Account account, ManualResetEventSlim? gate)
        {
            _account = account;
            _gate = gate;
        }

        protected override void OnReceive(object message)
        {
            if (message is RedisMessage) _gate?.Wait();
            _account.Add(message);
        }
    }
}
