using System.Diagnostics;
using RedisActors.Connection;
using RedisActors.Testing;

namespace RedisActors.Tests.Links;

/// <summary>Which server a link leads to, and what is said when there is none.</summary>
public sealed class EndpointsTests : LinkSpec
{
    [Fact]
    public async Task A_link_knows_the_address_it_leads_to()
    {
        var server = await StartServerAsync();

        var (link, _) = await ConnectAsync(Links($"endpoint = \"localhost:{server.Port}\""));

        Assert.Equal(server.Endpoint, link.Endpoint);
    }

    [Fact]
    public async Task A_server_sees_who_is_connected()
    {
        var server = await StartServerAsync();

        await ConnectAsync(Links($"endpoint = \"{server.Endpoint}\", client-name = orders"));

        Assert.Equal("orders", Assert.Single(await server.ListClientsAsync()).Name);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_told()
    {
        var port = LoopbackPorts.PickFree();

        Assert.Equal($"connect to 127.0.0.1:{port} failed: Connection refused", await SilenceAsync($"endpoint = \"127.0.0.1:{port}\""));
    }

    [Fact]
    public async Task A_port_that_speaks_HTTP_is_told_with_its_words()
    {
        var stranger = Keep(StrangeServer.Http());

        Assert.StartsWith(
            $"{stranger.Endpoint} is not a Redis server: it answers 'HTTP/1.1 400 Bad Request",
            await RefusalAsync($"endpoint = \"{stranger.Endpoint}\""));
        Assert.StartsWith($"TLS with {stranger.Endpoint} failed", await RefusalAsync($"endpoint = \"{stranger.Endpoint}\", tls.enabled = on"));
    }

    public static TheoryData<string> Floods => new(
        string.Concat(Enumerable.Repeat("*1\r\n", 200_000)),
        "*1000000\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", 1_000_000)),
        "$2000000000\r\n",
        "+" + new string('x', 1_000_000));

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task A_port_that_answers_without_bound_or_depth_is_no_Redis(string flood)
    {
        var stranger = Keep(StrangeServer.Saying(_ => flood));

        Assert.StartsWith($"{stranger.Endpoint} is not a Redis server", await RefusalAsync($"endpoint = \"{stranger.Endpoint}\""));
    }

    [Fact]
    public async Task A_port_that_says_what_it_is_told_is_no_Redis_and_the_password_is_not_repeated()
    {
        var stranger = Keep(StrangeServer.Saying(words => words));

        var refusal = await RefusalAsync($"endpoint = \"{stranger.Endpoint}\", password = hunter2");

        Assert.StartsWith($"{stranger.Endpoint} is not a Redis server", refusal);
        Assert.DoesNotContain("hunter2", refusal);
    }

    [Fact]
    public async Task Of_a_line_that_repeats_what_it_was_told_the_password_is_not_shown()
    {
        var stranger = Keep(StrangeServer.Saying(words => $"SSH-2.0 what is {words.ReplaceLineEndings(" ")}?\r\n"));

        var refusal = await RefusalAsync($"endpoint = \"{stranger.Endpoint}\", password = hunter2");

        Assert.DoesNotContain("hunter2", refusal);
    }

    [Fact]
    public async Task A_port_that_closes_at_once_may_be_a_server_later()
    {
        var stranger = Keep(StrangeServer.Closing());

        Assert.StartsWith($"{stranger.Endpoint}: the ", await SilenceAsync($"endpoint = \"{stranger.Endpoint}\""));
    }

    [Fact]
    public async Task A_port_that_says_nothing_takes_no_longer_than_an_attempt_may()
    {
        var stranger = Keep(StrangeServer.Silent());

        Assert.Equal(
            $"no answer from {stranger.Endpoint} within 300 ms",
            await SilenceAsync($"endpoint = \"{stranger.Endpoint}\", connect-timeout = 300ms"));
    }

    [Fact]
    public async Task A_host_that_does_not_resolve_is_told_by_name() =>
        Assert.StartsWith(
            "the host name 'redis.invalid' does not resolve",
            await SilenceAsync("endpoint = \"redis.invalid:6379\", connect-timeout = 20s"));

    [Fact]
    public async Task A_replica_is_waited_for_until_it_is_the_primary()
    {
        var primary = await StartServerAsync();
        var replica = await StartServerAsync(new RedisServerOptions { ReplicaOf = primary });
        var links = Links($"endpoint = \"{replica.Endpoint}\"");
        var silence = await Assert.ThrowsAsync<ServerSilentException>(() => ConnectAsync(links));
        Assert.Equal($"{replica.Endpoint} is a replica, and role = primary is wanted", silence.Message);
        Assert.False(await links.AnswersAsync(CancellationToken.None));

        await replica.PromoteAsync();

        await UntilAsync(() => links.AnswersAsync(CancellationToken.None));
        await ConnectAsync(links);
    }

    [Fact]
    public async Task A_replica_will_do_where_any_role_does()
    {
        var primary = await StartServerAsync();
        var replica = await StartServerAsync(new RedisServerOptions { ReplicaOf = primary });

        var (link, _) = await ConnectAsync(Links($"endpoint = \"{replica.Endpoint}\", role = any"));

        Assert.Equal(replica.Endpoint, link.Endpoint);
    }

    [Fact]
    public async Task Of_several_endpoints_the_first_that_may_be_written_to_is_taken()
    {
        var first = await StartServerAsync();
        var replica = await StartServerAsync(new RedisServerOptions { ReplicaOf = first });
        var third = await StartServerAsync();
        var links = Links($"endpoints = [\"{replica.Endpoint}\", \"{first.Endpoint}\", \"{third.Endpoint}\"]");

        Assert.Equal(first.Endpoint, (await ConnectAsync(links)).Link.Endpoint);

        first.Kill();
        Assert.Equal(third.Endpoint, (await ConnectAsync(links)).Link.Endpoint);

        await replica.PromoteAsync();
        Assert.Equal(replica.Endpoint, (await ConnectAsync(links)).Link.Endpoint);
    }

    [Fact]
    public async Task A_silent_first_endpoint_does_not_hold_up_the_second()
    {
        var silent = Keep(StrangeServer.Silent());
        var server = await StartServerAsync();

        var before = Stopwatch.GetTimestamp();
        var (link, _) = await ConnectAsync(Links($"endpoints = [\"{silent.Endpoint}\", \"{server.Endpoint}\"], connect-timeout = 20s"));

        Assert.Equal(server.Endpoint, link.Endpoint);
        Assert.True(Stopwatch.GetElapsedTime(before) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Where_one_endpoint_may_come_back_the_attempt_is_not_refused_for_good()
    {
        var stranger = Keep(StrangeServer.Http());
        var port = LoopbackPorts.PickFree();

        var silence = await SilenceAsync($"endpoints = [\"127.0.0.1:{port}\", \"{stranger.Endpoint}\"]");

        Assert.Contains("Connection refused; ", silence);
        Assert.Contains("is not a Redis server", silence);
    }

    [Fact]
    public async Task What_refuses_for_good_is_worth_an_attempt_that_tells_so()
    {
        var stranger = Keep(StrangeServer.Http());

        var links = Links($"endpoint = \"{stranger.Endpoint}\"");
        await Assert.ThrowsAsync<MisconfiguredException>(() => ConnectAsync(links));

        Assert.True(await links.AnswersAsync(CancellationToken.None));
    }
}
