using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using StackExchange.Redis;

namespace RedisActors.Streams.Tests;

public sealed class ConsumerSourceTests : StreamsSpec
{
    private static readonly RedisStreamConsumerOptions Options = new("orders", "billing", "billing-1")
    {
        MaxInHand = 10,
        MaxDeliveries = 3,
        RetryAfter = TimeSpan.FromMilliseconds(50),
        ClaimIdle = TimeSpan.FromMilliseconds(600),
    };

    [Fact]
    public async Task Entries_come_in_order_and_what_is_acknowledged_is_not_pending()
    {
        await AddAsync(1, 100);

        var entries = await RedisSource.Stream(Redis, Options)
            .Take(100)
            .Select(entry =>
            {
                entry.Acknowledge();
                return entry.Entry;
            })
            .RunWith(Sink.Seq<RedisStreamEntry>(), Materializer)
            .WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(1, 100).Select(i => ($"{i}-0", (long)i, 1)), entries.Select(entry => (entry.Id, entry["number"].AsInt64(), entry.Deliveries)));
        await PendingBecomesAsync(0);
    }

    [Fact]
    public async Task No_more_entries_are_out_than_may_be()
    {
        await AddAsync(1, 100);
        var (_, elements) = Start(Options);

        var first = await PullAsync(elements, 10);
        var next = elements.PullAsync();
        await Task.Delay(300);
        Assert.False(next.IsCompleted);
        Assert.Equal(10, await PendingAsync());
        first[4].Acknowledge();

        Assert.Equal("11-0", (await next.WaitAsync(Patience)).Value.Entry.Id);
    }

    [Fact]
    public async Task An_entry_that_nobody_has_asked_for_does_not_fail_however_long_that_takes()
    {
        await AddAsync(1, 10);
        var (_, elements) = Start(Options with { HandlerTimeout = TimeSpan.FromMilliseconds(100) });

        await PendingBecomesAsync(10);
        await Task.Delay(600);
        var seen = new HashSet<string>();
        while (seen.Count < 10)
        {
            var entry = (await PullAsync(elements, 1)).Single();
            seen.Add(entry.Entry.Id);
            entry.Acknowledge();
        }

        await PendingBecomesAsync(0);
        Assert.Equal("0", await OnServerAsync("EXISTS", "orders:dead-letters"));
    }

    [Fact]
    public async Task An_entry_that_is_not_answered_or_fails_comes_again_and_then_goes_to_the_dead_letters()
    {
        await AddAsync(1, 1);
        var (_, elements) = Start(Options with { HandlerTimeout = TimeSpan.FromMilliseconds(200) });

        Assert.Equal(1, (await PullAsync(elements, 1)).Single().Entry.Deliveries);
        var again = (await PullAsync(elements, 1)).Single();
        again.Fail("no such customer");
        var last = (await PullAsync(elements, 1)).Single();
        last.Fail("still no such customer");
        last.Acknowledge();

        Assert.Equal((2, 3), (again.Entry.Deliveries, last.Entry.Deliveries));
        await PendingBecomesAsync(0);
        var dead = (await Redis.ExecuteAsync("XRANGE", "orders:dead-letters", "-", "+")).AsArray().Single().AsArray()[1].AsDictionary();
        Assert.Equal("still no such customer", dead["redis-actors:reason"].AsString());
    }

    [Fact]
    public async Task Stopped_it_completes_and_those_that_are_out_may_still_be_acknowledged()
    {
        await AddAsync(1, 20);
        var (control, elements) = Start(Options with { ClaimIdle = TimeSpan.FromHours(1) });
        var entries = await PullAsync(elements, 3);

        var stopped = control.StopAsync();
        while ((await elements.PullAsync().WaitAsync(Patience)) is { HasValue: true, Value: var entry }) entries.Add(entry);
        Assert.False(stopped.IsCompleted);
        foreach (var entry in entries) entry.Acknowledge();
        await stopped.WaitAsync(Patience);

        // What was read and not emitted is pending, and counts as no failure: a member of the same name goes on with it at once.
        var left = await PendingAsync();
        Assert.InRange(entries.Count + left, 10, 15);
        var (_, second) = Start(Options with { ClaimIdle = TimeSpan.FromHours(1) });
        Assert.Equal(
            Enumerable.Range(entries.Count + 1, 10).Select(i => $"{i}-0"), (await PullAsync(second, 10)).Select(entry => entry.Entry.Id));
    }

    [Fact]
    public async Task It_stops_with_the_actor_that_runs_it_and_another_member_goes_on()
    {
        await AddAsync(1, 5);
        var (redis, started) = (Redis, new TaskCompletionSource<ISinkQueue<CommittableStreamEntry>>());
        var owner = System.ActorOf(Props.Create(() => new Owner(redis, started)));
        await PullAsync(await started.Task.WaitAsync(Patience), 5);

        System.Stop(owner);

        var (_, second) = Start(new RedisStreamConsumerOptions("orders", "billing", "billing-2") { ClaimIdle = Options.ClaimIdle });
        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"{i}-0"), (await PullAsync(second, 5)).Select(entry => entry.Entry.Id).Order());
    }

    [Fact]
    public async Task A_RedisActor_that_stops_fails_the_stream()
    {
        var redis = Redis;
        var (control, elements) = Start(Options);
        await AddAsync(1, 1);
        (await PullAsync(elements, 1)).Single().Acknowledge();

        var next = elements.PullAsync();
        System.Stop(redis);

        await Assert.ThrowsAnyAsync<Exception>(() => next.WaitAsync(Patience));
        await Assert.ThrowsAsync<InvalidOperationException>(() => control.Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task Over_killed_servers_every_entry_is_handled_and_a_write_with_its_token_is_made_once()
    {
        const int Entries = 2_000;
        var handled = 0;
        var controls = Enumerable.Range(1, 2).Select(member => RedisSource
            .Stream(Redis, new RedisStreamConsumerOptions("orders", "billing", $"billing-{member}") { MaxInHand = 50 })
            .Select(entry =>
            {
                Interlocked.Increment(ref handled);
                var write = new RedisCommand("RPUSH", "handled", entry.Entry["number"].AsInt64())
                {
                    Delivery = DeliveryMode.ExactlyOnce,
                    IdempotencyKey = entry.Entry.Token(),
                };
                return (write, entry);
            })
            .Via(RedisFlow.Command<CommittableStreamEntry>(Redis, parallelism: 20))
            .Select(done => done.Context)
            .ToMaterialized(RedisSink.Acknowledge(), Keep.Both)
            .Run(Materializer)).ToList();
        var kills = KillAsync(times: 3, every: 400, () => Volatile.Read(ref handled));

        await Source.From(Enumerable.Range(1, Entries))
            .Select(i => new NameValueEntry[] { new("number", i) })
            .RunWith(RedisSink.Stream(Redis, "orders"), Materializer)
            .WaitAsync(Patience);
        await kills;
        await EventuallyAsync(async () => await OnServerAsync("LLEN", "handled") == $"{Entries}");
        await PendingBecomesAsync(0);
        foreach (var (control, done) in controls)
        {
            await control.StopAsync().WaitAsync(Patience);
            await done.WaitAsync(Patience);
        }

        var numbers = (await Redis.ExecuteAsync("LRANGE", "handled", 0, -1)).AsArray().Select(number => (int)number.AsInt64());
        Assert.Equal(Enumerable.Range(1, Entries), numbers.Order());
        Assert.Equal("0", await OnServerAsync("EXISTS", "orders:dead-letters"));
    }

    private (RedisSourceControl Control, ISinkQueue<CommittableStreamEntry> Elements) Start(RedisStreamConsumerOptions options, IMaterializer? materializer = null) =>
        RedisSource.Stream(Redis, options)
            .ToMaterialized(Sink.Queue<CommittableStreamEntry>().WithAttributes(Attributes.CreateInputBuffer(1, 1)), Keep.Both)
            .Run(materializer ?? Materializer);

    private static async Task<List<CommittableStreamEntry>> PullAsync(ISinkQueue<CommittableStreamEntry> elements, int count)
    {
        var pulled = new List<CommittableStreamEntry>();
        while (pulled.Count < count) pulled.Add((await elements.PullAsync().WaitAsync(Patience)).Value);
        return pulled;
    }

    private async Task AddAsync(int first, int count)
    {
        for (var i = first; i < first + count; i++) await Redis.ExecuteAsync("XADD", "orders", $"{i}-0", "number", i);
    }

    private async Task<int> PendingAsync()
    {
        try
        {
            return (int)(await Redis.ExecuteAsync("XPENDING", "orders", "billing")).AsArray()[0].AsInt64();
        }
        catch (RedisOutcomeException failure) when (failure.ServerError?.StartsWith("NOGROUP", StringComparison.Ordinal) == true)
        {
            return -1;
        }
    }

    private Task PendingBecomesAsync(int pending) => EventuallyAsync(async () => await PendingAsync() == pending);

    /// <summary>An actor with a materializer of its own.</summary>
    private sealed class Owner : ReceiveActor
    {
        public Owner(IActorRef redis, TaskCompletionSource<ISinkQueue<CommittableStreamEntry>> started) => started.SetResult(
            RedisSource.Stream(redis, Options).RunWith(Sink.Queue<CommittableStreamEntry>(), Context.Materializer()));
    }
}
