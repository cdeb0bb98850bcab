using Akka.Streams;
using Akka.Streams.Dsl;
using StackExchange.Redis;

namespace RedisActors.Streams.Tests;

public sealed class ListSourceTests : StreamsSpec
{
    public static TheoryData<RedisListEnd, DeliveryMode> Ways => new()
    {
        { RedisListEnd.Left, DeliveryMode.ExactlyOnce },
        { RedisListEnd.Right, DeliveryMode.ExactlyOnce },
        { RedisListEnd.Left, DeliveryMode.AtMostOnce },
        { RedisListEnd.Right, DeliveryMode.AtMostOnce },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Elements_come_in_their_order_also_those_that_are_added_later(RedisListEnd end, DeliveryMode delivery)
    {
        var push = end == RedisListEnd.Left ? "RPUSH" : "LPUSH";
        await OnServerAsync(push, "jobs", "1", "2");
        var (_, elements) = RedisSource.List(Redis, new RedisListOptions("jobs") { End = end, Delivery = delivery })
            .Select(value => (string)value!)
            .ToMaterialized(Sink.Queue<string>(), Keep.Both)
            .Run(Materializer);

        Assert.Equal("1", (await elements.PullAsync().WaitAsync(Patience)).Value);
        Assert.Equal("2", (await elements.PullAsync().WaitAsync(Patience)).Value);
        var third = elements.PullAsync();
        await EventuallyAsync(async () => (await OnServerAsync("INFO", "clients")).Contains("blocked_clients:1"));
        await OnServerAsync(push, "jobs", "3", "4");

        Assert.Equal("3", (await third.WaitAsync(Patience)).Value);
        Assert.Equal("4", (await elements.PullAsync().WaitAsync(Patience)).Value);
    }

    [Fact]
    public async Task Nothing_is_taken_that_is_not_wanted()
    {
        await OnServerAsync("RPUSH", "jobs", "1", "2", "3");
        var (_, elements) = RedisSource.List(Redis, "jobs")
            .ToMaterialized(Sink.Queue<RedisValue>(), Keep.Both)
            .WithAttributes(Attributes.CreateInputBuffer(1, 1))
            .Run(Materializer);

        await elements.PullAsync().WaitAsync(Patience);
        await EventuallyAsync(async () => await OnServerAsync("LLEN", "jobs") == "1");
        await Task.Delay(200);

        Assert.Equal("1", await OnServerAsync("LLEN", "jobs"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Stopped_while_it_waits_it_completes_and_takes_nothing_more(RedisListEnd end, DeliveryMode delivery)
    {
        var (control, elements) = RedisSource.List(Redis, new RedisListOptions("jobs") { End = end, Delivery = delivery })
            .ToMaterialized(Sink.Seq<RedisValue>(), Keep.Both)
            .Run(Materializer);
        await EventuallyAsync(async () => (await OnServerAsync("INFO", "clients")).Contains("blocked_clients:1"));

        await control.StopAsync().WaitAsync(Patience);
        await OnServerAsync("RPUSH", "jobs", "1");

        Assert.Empty(await elements.WaitAsync(Patience));
        await Task.Delay(100);
        Assert.Equal("1", await OnServerAsync("LLEN", "jobs"));
    }

    [Theory]
    [InlineData(RedisListEnd.Left)]
    [InlineData(RedisListEnd.Right)]
    public async Task What_was_taken_and_not_emitted_is_put_back_where_it_was(RedisListEnd end)
    {
        await OnServerAsync("RPUSH", "jobs", "1", "2", "3", "4", "5");

        var (control, elements) = RedisSource.List(Redis, new RedisListOptions("jobs") { End = end, MaxBatch = 4 })
            .Take(1)
            .ToMaterialized(Sink.Seq<RedisValue>(), Keep.Both)
            .Run(Materializer);

        Assert.Equal(end == RedisListEnd.Left ? "1" : "5", (string?)Assert.Single(await elements.WaitAsync(Patience)));
        await control.Completion.WaitAsync(Patience);
        Assert.Equal(
            end == RedisListEnd.Left ? ["2", "3", "4", "5"] : ["1", "2", "3", "4"],
            (await Redis.ExecuteAsync("LRANGE", "jobs", 0, -1)).AsArray().Select(element => element.AsString()));
    }

    [Fact]
    public async Task Stopped_with_elements_in_hand_it_emits_them_first()
    {
        await OnServerAsync("RPUSH", "jobs", "1", "2", "3", "4", "5");
        var (control, elements) = RedisSource.List(Redis, new RedisListOptions("jobs") { MaxBatch = 4 })
            .ToMaterialized(Sink.Queue<RedisValue>().WithAttributes(Attributes.CreateInputBuffer(1, 1)), Keep.Both)
            .Run(Materializer);
        await elements.PullAsync().WaitAsync(Patience);

        var stopped = control.StopAsync();
        var emitted = 1;
        while ((await elements.PullAsync().WaitAsync(Patience)) is { HasValue: true, Value: var next }) Assert.Equal(++emitted, (int)next);

        await stopped.WaitAsync(Patience);
        Assert.InRange(emitted, 4, 5);
        Assert.Equal(5 - emitted, int.Parse(await OnServerAsync("LLEN", "jobs")));
    }

    [Fact]
    public async Task A_key_that_is_no_list_fails_the_stream()
    {
        await OnServerAsync("SET", "jobs", "text");

        var (control, elements) = RedisSource.List(Redis, "jobs").ToMaterialized(Sink.Seq<RedisValue>(), Keep.Both).Run(Materializer);

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => elements.WaitAsync(Patience));
        Assert.StartsWith("WRONGTYPE", failure.ServerError);
        Assert.Same(failure, await Assert.ThrowsAsync<RedisOutcomeException>(() => control.Completion.WaitAsync(Patience)));
    }

    [Fact]
    public async Task Over_killed_servers_every_element_comes_once_and_in_order()
    {
        const int Elements = 3_000;
        var taken = 0;
        var (control, elements) = RedisSource.List(Redis, new RedisListOptions("jobs") { MaxBatch = 5 })
            .Select(value =>
            {
                if (Interlocked.Increment(ref taken) == Elements) _last.SetResult();
                return (int)value;
            })
            .ToMaterialized(Sink.Seq<int>(), Keep.Both)
            .Run(Materializer);
        var kills = KillAsync(times: 3, every: 700, () => Volatile.Read(ref taken));

        for (var i = 1; i <= Elements; i++)
        {
            await Redis.ExecuteAsync(new RedisCommand("RPUSH", "jobs", i) { Delivery = DeliveryMode.ExactlyOnce });
        }

        await _last.Task.WaitAsync(Patience);
        await kills;
        await control.StopAsync().WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(1, Elements), await elements.WaitAsync(Patience));
        Assert.Equal("0", await OnServerAsync("EXISTS", "jobs"));
    }

    private readonly TaskCompletionSource _last = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
