using System.Diagnostics;
using RedisActors.Connection;
using RedisActors.Testing;

namespace RedisActors.Tests.Links;

/// <summary>A primary that real sentinels name, and another one after it.</summary>
[Collection(nameof(AllProcessors))]
public sealed class SentinelTests : LinkSpec
{
    [Fact]
    public async Task The_primary_that_the_sentinels_name_is_found()
    {
        var group = await StartGroupAsync();

        var (link, _) = await ConnectAsync(Links(Settings(group)));

        Assert.Equal(group.Servers[0].Endpoint, link.Endpoint);
    }

    [Fact]
    public async Task After_the_primary_was_killed_the_new_one_is_found_as_soon_as_it_is_there()
    {
        var group = await StartGroupAsync();
        var links = Links(Settings(group));
        var (_, lost) = await ConnectAsync(links);

        var former = await group.KillPrimaryAsync();
        await lost.WaitAsync(Patience);
        Assert.False(await links.AnswersAsync(CancellationToken.None));
        await UntilAsync(() => links.AnswersAsync(CancellationToken.None));

        var (link, _) = await ConnectAsync(links);
        Assert.Equal(group.Servers[1].Endpoint, link.Endpoint);
        Assert.NotEqual(former.Endpoint, link.Endpoint);
        await LinkQuery.AskAsync(link, "SET", ["k", "v"]).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_failover_without_need_ends_the_link_at_once_and_names_both()
    {
        var group = await StartGroupAsync();
        var links = Links(Settings(group));
        var (_, lost) = await ConnectAsync(links);
        await ListenedToAsync(group);

        var primary = await group.FailOverAsync();

        Assert.Equal(
            $"the sentinels have made {primary.Endpoint} the primary in the place of {group.Servers[0].Endpoint}",
            await lost.WaitAsync(Patience));
        Assert.Equal(primary.Endpoint, (await ConnectAsync(links)).Link.Endpoint);
    }

    [Fact]
    public async Task A_former_primary_that_comes_back_is_not_taken_for_the_primary()
    {
        var group = await StartGroupAsync();
        var former = await group.KillPrimaryAsync();
        var primary = await group.WaitForPrimaryOtherThanAsync(former);
        await former.StartAgainAsync();

        var (link, _) = await ConnectAsync(Links(Settings(group)));

        Assert.Equal(primary.Endpoint, link.Endpoint);
    }

    [Fact]
    public async Task A_sentinel_with_an_old_view_is_outvoted()
    {
        var group = await StartGroupAsync();
        group.Sentinels[0].Suspend();
        var former = await group.KillPrimaryAsync();
        var primary = await group.WaitForPrimaryOtherThanAsync(former);
        await former.StartAgainAsync();
        group.Sentinels[0].Resume();

        var (link, _) = await ConnectAsync(Links(Settings(group)));

        Assert.Equal(primary.Endpoint, link.Endpoint);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_dead_sentinel_holds_up_nothing(bool killed)
    {
        var group = await StartGroupAsync();
        if (killed) group.Sentinels[0].Kill();
        else group.Sentinels[0].Suspend();

        var before = Stopwatch.GetTimestamp();
        await ConnectAsync(Links($"{Settings(group)}\nconnect-timeout = 20s"));

        Assert.True(Stopwatch.GetElapsedTime(before) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Sentinels_tell_of_each_other_so_that_the_configured_ones_may_die()
    {
        var group = await StartGroupAsync();
        var links = Links(Settings(group, group.SentinelEndpoints[0]));
        await ConnectAsync(links);

        group.Sentinels[0].Kill();

        Assert.Equal(group.Servers[0].Endpoint, (await ConnectAsync(links)).Link.Endpoint);
    }

    [Fact]
    public async Task A_failover_is_heard_of_through_sentinels_that_were_not_configured()
    {
        var group = await StartGroupAsync();
        var (_, lost) = await ConnectAsync(Links(Settings(group, group.SentinelEndpoints[0])));
        await ListenedToAsync(group);
        group.Sentinels[0].Kill();

        await group.FailOverAsync();

        Assert.StartsWith("the sentinels have made", await lost.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_sentinel_that_talks_nonsense_is_listened_to_again_all_the_same()
    {
        var group = await StartGroupAsync();
        var stranger = Keep(StrangeServer.Saying(words => words switch
        {
            _ when words.Contains("SUBSCRIBE") => "*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n*3\r\n+a\r\n+b\r\n*0\r\n",
            _ when words.Contains("SENTINEL") => "-ERR No such master with that name\r\n-ERR No such master with that name\r\n",
            _ => "+PONG\r\n",
        }));
        await ConnectAsync(Links(Settings(group, [stranger.Endpoint, .. group.SentinelEndpoints])));

        var before = stranger.Accepted;
        await UntilAsync(() => Task.FromResult(stranger.Accepted > before + 4));
    }

    [Fact]
    public async Task A_link_that_ends_stops_listening()
    {
        var group = await StartGroupAsync();
        var (link, _) = await ConnectAsync(Links(Settings(group)));
        await ListenedToAsync(group);

        link.Dispose();

        await UntilAsync(async () => (await ListenersAsync(group)).All(count => count == 0));
    }

    [Fact]
    public async Task A_service_that_nobody_watches_is_named()
    {
        var group = await StartGroupAsync();

        var refusal = await RefusalAsync($"{Settings(group)}\nsentinel.service = invoices");

        Assert.EndsWith("watches a service named 'invoices' (sentinel.service)", refusal);
    }

    [Fact]
    public async Task Sentinels_with_a_password_are_given_theirs()
    {
        var group = await StartGroupAsync(new RedisSentinelsOptions
        {
            SentinelPassword = "watch",
            Server = new RedisServerOptions { Password = "data" },
        });
        var settings = $"{Settings(group)}\npassword = data";

        Assert.Contains("set sentinel.password", await RefusalAsync(settings));
        Assert.Contains("WRONGPASS", await RefusalAsync($"{settings}\nsentinel.password = guess"));
        var (link, lost) = await ConnectAsync(Links($"{settings}\nsentinel.password = watch"));
        Assert.Equal(group.Servers[0].Endpoint, link.Endpoint);

        await ListenedToAsync(group);
        await group.FailOverAsync();
        Assert.StartsWith("the sentinels have made", await lost.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_server_of_data_is_told_to_be_no_sentinel_and_the_other_way_round()
    {
        var group = await StartGroupAsync();

        var noSentinel = await RefusalAsync(Settings(group, group.Servers[0].Endpoint));
        var noServer = await RefusalAsync($"endpoint = \"{group.SentinelEndpoints[0]}\"");

        Assert.StartsWith($"{group.Servers[0].Endpoint} is not a sentinel", noSentinel);
        Assert.StartsWith($"{group.SentinelEndpoints[0]} is a sentinel: set topology = sentinel", noServer);
    }

    [Fact]
    public async Task Sentinels_that_are_all_away_may_come_back()
    {
        var port = LoopbackPorts.PickFree();

        var silence = await SilenceAsync($$"""
            topology = sentinel
            sentinel { service = orders, endpoints = ["127.0.0.1:{{port}}"] }
            """);

        Assert.Equal($"connect to 127.0.0.1:{port} failed: Connection refused", silence);
    }

    private static string Settings(RedisSentinels group, params string[] sentinels) => $$"""
        topology = sentinel
        sentinel.service = {{group.ServiceName}}
        sentinel.endpoints = [{{string.Join(", ", (sentinels.Length > 0 ? sentinels : group.SentinelEndpoints).Select(s => $"\"{s}\""))}}]
        """;

    private async Task<RedisSentinels> StartGroupAsync(RedisSentinelsOptions? options = null) =>
        Keep(await RedisSentinels.StartAsync(options));

    /// <summary>Returns when the link has subscribed to each sentinel.</summary>
    private static Task ListenedToAsync(RedisSentinels group) =>
        UntilAsync(async () => (await ListenersAsync(group)).All(count => count > 0));

    private static async Task<long[]> ListenersAsync(RedisSentinels group) =>
        await Task.WhenAll(group.Sentinels.Select(async sentinel =>
            (await sentinel.ListClientsAsync()).LongCount(client => client.Flags.Contains('P'))));
}
