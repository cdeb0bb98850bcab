using System.Diagnostics;
using Akka.Actor;
using RedisActors.Tests.CommandMetadata;

namespace RedisActors.Tests.Sessions;

/// <summary>How long a blocking command waits: as long as its argument says, and no longer than its timeout.</summary>
public sealed class BlockingTimeTests : SessionsSpec
{
    [Theory]
    [InlineData("BLPOP empty 1.2", "(nil)")]
    [InlineData("BLMPOP 1.2 1 empty LEFT", "(nil)")]
    [InlineData("XREAD BLOCK 1200 STREAMS empty $", "(nil)")]
    [InlineData("WAIT 1 1200", "0")]
    public async Task It_waits_as_long_as_its_argument_says_in_its_own_unit(string blocking, string expected)
    {
        var redis = Redis("heartbeat.timeout = 400ms");
        await SendAsync(redis, "BLPOP empty 0.001");
        var clock = Stopwatch.StartNew();

        var reply = await SendAsync(redis, blocking);

        Assert.Equal(expected, Text(reply.Value));
        Assert.InRange(clock.ElapsedMilliseconds, 1190, 5000);
    }

    [Theory]
    [InlineData("BLPOP empty 0")]
    [InlineData("BLPOP empty 60")]
    [InlineData("XREADGROUP GROUP g c BLOCK 0 STREAMS stream >")]
    public async Task A_shorter_timeout_ends_it_with_the_servers_word_for_nothing(string blocking)
    {
        var redis = Redis();
        await OnServerAsync("XGROUP CREATE stream g $ MKSTREAM");
        await SendAsync(redis, "BLPOP empty 0.001");
        var clock = Stopwatch.StartNew();

        var reply = await redis.ExecuteAsync(Words.Command(blocking) with { Timeout = TimeSpan.FromMilliseconds(700) });

        Assert.True(reply.Value.IsNull);
        Assert.InRange(clock.ElapsedMilliseconds, 690, 5000);
    }

    [Fact]
    public async Task It_outlasts_the_heartbeat_many_times_and_its_connection_is_not_lost()
    {
        var redis = Redis("heartbeat { interval = 50ms, timeout = 300ms }");
        var reply = SendAsync(redis, "BLPOP list 0");
        await BlockedAsync(1);
        var ids = await SessionIdsAsync();

        await Task.Delay(1500);
        await OnServerAsync("RPUSH list a");

        Assert.Equal("[list, a]", Text((await reply).Value));
        Assert.Equal(ids, await SessionIdsAsync());
    }

    /// <summary>Each slice reads on from where the command began, and not from where the slice did.</summary>
    [Fact]
    public async Task Entries_that_come_between_two_slices_are_not_missed()
    {
        var redis = Redis("heartbeat.timeout = 20ms, heartbeat.interval = 1h");
        await OnServerAsync("XADD stream 1-1 f old");
        for (var round = 0; round < 150; round++)
        {
            var reply = SendAsync(redis, "XREAD BLOCK 0 STREAMS stream other $ $");
            await BlockedAsync(1);
            await Task.Delay(Random.Shared.Next(8));

            var id = (await OnServerAsync($"XADD stream * f {round}")).Text;

            Assert.Equal($"[[stream, [[{id}, [f, {round}]]]]]", Text((await reply.WaitAsync(TimeSpan.FromSeconds(3))).Value));
        }
    }

    [Fact]
    public async Task The_latest_entry_of_a_stream_that_is_not_there_yet_or_lost_its_entries_is_known()
    {
        var redis = Redis();
        await OnServerAsync("XADD emptied 5-5 f v");
        await OnServerAsync("XDEL emptied 5-5");
        var reply = SendAsync(redis, "XREAD BLOCK 0 STREAMS emptied $");
        var none = SendAsync(redis, "XREAD BLOCK 0 STREAMS none $");
        await BlockedAsync(2);

        await OnServerAsync("XADD emptied 5-6 f w");
        await OnServerAsync("XADD none 0-1 f w");

        Assert.Equal("[[emptied, [[5-6, [f, w]]]]]", Text((await reply).Value));
        Assert.Equal("[[none, [[0-1, [f, w]]]]]", Text((await none).Value));
        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(async () =>
        {
            await OnServerAsync("SET text x");
            await SendAsync(redis, "XREAD BLOCK 0 STREAMS text $");
        });
        Assert.StartsWith("WRONGTYPE", failure.ServerError);
    }

    [Fact]
    public async Task It_waits_for_a_server_that_is_away()
    {
        var redis = Redis();
        await SendAsync(redis, "PING");
        Server.Kill();
        var reply = SendAsync(redis, "BLPOP list 0");

        await Server.StartAgainAsync();
        await BlockedAsync(1);
        await OnServerAsync("RPUSH list a");

        Assert.Equal("[list, a]", Text((await reply).Value));
    }

    [Fact]
    public async Task Where_the_server_does_not_come_back_it_ends_as_NotSent_with_its_timeout()
    {
        var redis = Redis();
        await SendAsync(redis, "PING");
        Server.Kill();

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => redis.ExecuteAsync(Words.Command("BLPOP list 0") with { Timeout = TimeSpan.FromMilliseconds(300) }));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.StartsWith("BLPOP: ", failure.Message);
    }

    private async Task<string> SessionIdsAsync() => string.Join(
        ',',
        (await OnServerAsync("CLIENT LIST")).Text.Split('\n')
            .Where(line => line.Contains("-session-", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[0]));
}
