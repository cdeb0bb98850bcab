using System.Diagnostics;
using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.CommandMetadata;

namespace RedisActors.Tests.Sessions;

/// <summary>A sender that stops or gives up ends its wait, and what was taken for it nevertheless is put back.</summary>
public sealed class GivenUpWaitTests : SessionsSpec
{
    [Fact]
    public async Task A_sender_that_cancels_ends_the_wait_on_the_server_at_once()
    {
        var redis = Redis("heartbeat { interval = 1h, timeout = 1h }");
        using var cancellation = new CancellationTokenSource();
        var reply = SendAsync(redis, "BLPOP list 0", cancellation.Token);
        await BlockedAsync(1);
        await OnServerAsync("CONFIG RESETSTAT");

        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<RedisCanceledException>(() => reply);

        // Nobody is blocked between two slices either: both have to come true.
        await EventuallyAsync(async () => (await Server.ExecuteAsync("INFO", "commandstats")).Text.Contains("cmdstat_client|unblock:calls=1", StringComparison.Ordinal));
        await BlockedAsync(0);
        await OnServerAsync("RPUSH list a");
        Assert.Equal("a", (await SendAsync(redis, "LPOP list")).Value.AsString());
    }

    [Fact]
    public async Task A_sender_that_stops_ends_the_wait()
    {
        var redis = Redis();
        var sender = Kit.CreateTestProbe();
        redis.Tell(Words.Command("BLPOP list 0"), sender.Ref);
        await BlockedAsync(1);

        Kit.Sys.Stop(sender.Ref);

        await EventuallyAsync(async () => (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).InFlight == 0);
        await BlockedAsync(0);
        await OnServerAsync("RPUSH list a");
        Assert.Equal("[list, a]", Text((await SendAsync(redis, "BLPOP list 1")).Value));
    }

    [Fact]
    public async Task An_Ask_that_times_out_ends_the_wait()
    {
        var redis = Redis();

        await Assert.ThrowsAsync<AskTimeoutException>(() => redis.Ask<RedisReply>(Words.Command("BLPOP list 0"), TimeSpan.FromMilliseconds(100)));

        await EventuallyAsync(async () => (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).InFlight == 0);
        await OnServerAsync("RPUSH list a");
        Assert.Equal("[list, a]", Text((await SendAsync(redis, "BLPOP list 1")).Value));
    }

    [Theory]
    [InlineData("BLPOP list 0", "RPUSH list a b", "LRANGE list 0 -1")]
    [InlineData("BRPOP list 0", "RPUSH list a b", "LRANGE list 0 -1")]
    [InlineData("BLMPOP 0 1 list LEFT COUNT 3", "RPUSH list a b c d", "LRANGE list 0 -1")]
    [InlineData("BLMPOP 0 1 list RIGHT COUNT 3", "RPUSH list a b c d", "LRANGE list 0 -1")]
    [InlineData("BZPOPMIN list 0", "ZADD list 1.5 a 2 b", "ZRANGE list 0 -1 WITHSCORES")]
    [InlineData("BZPOPMAX list 0", "ZADD list 1.5 a 2 b", "ZRANGE list 0 -1 WITHSCORES")]
    [InlineData("BZMPOP 0 1 list MAX COUNT 2", "ZADD list 1.5 a 2 b 3 c", "ZRANGE list 0 -1 WITHSCORES")]
    public async Task What_was_taken_for_a_sender_that_stopped_meanwhile_is_back_where_it_was(string blocking, string push, string content)
    {
        await OnServerAsync(push);
        var expected = (await OnServerAsync(content)).ToString();
        await OnServerAsync("DEL list");
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "heartbeat { interval = 1h, timeout = 1h }");
        var sender = Kit.CreateTestProbe();
        redis.Tell(Words.Command(blocking), sender.Ref);
        await OnServerWhileReplyIsHeldAsync(proxy, push);

        Kit.Sys.Stop(sender.Ref);
        await Kit.CreateTestProbe().ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        Assert.NotEqual(expected, (await OnServerAsync(content)).ToString());
        proxy.Pass();

        await EventuallyAsync(async () => (await OnServerAsync(content)).ToString() == expected);
    }

    [Fact]
    public async Task What_was_taken_for_a_sender_that_cancelled_meanwhile_is_back_where_it_was()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "heartbeat { interval = 1h, timeout = 1h }");
        using var cancellation = new CancellationTokenSource();
        var reply = SendAsync(redis, "BLPOP list 0", cancellation.Token);
        await OnServerWhileReplyIsHeldAsync(proxy, "RPUSH list a b");

        await cancellation.CancelAsync();
        Assert.Equal("[b]", (await OnServerAsync("LRANGE list 0 -1")).ToString());
        proxy.Pass();

        Assert.Equal(Outcome.Unknown, (await Assert.ThrowsAsync<RedisCanceledException>(() => reply)).Outcome);
        await EventuallyAsync(async () => (await OnServerAsync("LRANGE list 0 -1")).ToString() == "[a, b]");
    }

    [Fact]
    public async Task What_comes_while_senders_give_up_is_neither_lost_nor_doubled()
    {
        const int Elements = 300;
        var redis = Redis();
        var taken = new List<string>();
        var clock = Stopwatch.StartNew();
        var pushes = Task.Run(async () =>
        {
            for (var i = 0; i < Elements; i++)
            {
                await Server.ExecuteAsync("RPUSH", "list", i.ToString());
                if (i % 3 == 0) await Task.Delay(1);
            }
        });

        while (taken.Count < Elements && clock.Elapsed < Patience)
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * 4));
            try
            {
                taken.Add((await SendAsync(redis, "BLPOP list 0", cancellation.Token)).Value.AsArray()[1].AsString()!);
            }
            catch (RedisCanceledException)
            {
            }
        }

        await pushes;
        Assert.Equal(Elements, taken.Count);
        Assert.Equal(Elements, taken.Distinct().Count());
    }

    /// <summary>Something is executed on the server while one client is blocked there that the answer does not reach yet.</summary>
    private async Task OnServerWhileReplyIsHeldAsync(FaultProxy proxy, string line)
    {
        while (true)
        {
            await BlockedAsync(1);
            proxy.Stall();
            if (await BlockedAsync() == 1) break;

            // Between two slices.
            proxy.Pass();
        }

        await OnServerAsync(line);
    }
}
