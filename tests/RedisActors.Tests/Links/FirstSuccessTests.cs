using System.Diagnostics;
using System.Net;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Testing;

namespace RedisActors.Tests.Links;

/// <summary>Which of several attempts is taken, and what becomes of the others.</summary>
public sealed class FirstSuccessTests : LinkSpec
{
    private static readonly RedisEndpoint Name = new("redis.test", 6379);
    private static readonly ServerAddress First = new(Name, IPAddress.Parse("2001:db8::1"));
    private static readonly ServerAddress Second = new(Name, IPAddress.Parse("192.0.2.1"));

    [Fact]
    public async Task The_first_in_their_order_is_taken_and_the_others_are_disposed_of()
    {
        var results = new[] { new Result(), new Result(), new Result() };
        var slow = new TaskCompletionSource<Result>();
        var taking = FirstSuccess.FirstAsync(
            [slow.Task, Task.FromResult(results[1]), Task.FromResult(results[2])], CancellationToken.None);
        slow.SetResult(results[0]);

        Assert.Equal(results[0], await taking.WaitAsync(Patience));
        Assert.Equal([false, true, true], results.Select(result => result.IsDisposed));
    }

    [Fact]
    public async Task One_that_takes_its_time_holds_up_the_others_for_a_moment_only_and_is_disposed_of_when_it_comes()
    {
        var (late, taken) = (new Result(), new Result());
        var slow = new TaskCompletionSource<Result>();

        Assert.Equal(taken, await FirstSuccess.FirstAsync([slow.Task, Task.FromResult(taken)], CancellationToken.None).WaitAsync(Patience));
        slow.SetResult(late);

        await UntilAsync(() => Task.FromResult(late.IsDisposed));
        Assert.False(taken.IsDisposed);
    }

    [Fact]
    public async Task When_all_have_failed_one_that_may_do_better_later_decides()
    {
        var refused = Task.FromException<Result>(new MisconfiguredException("no Redis"));
        var silent = Task.FromException<Result>(new RedisLinkException("connection refused"));

        await Assert.ThrowsAsync<MisconfiguredException>(() => FirstSuccess.FirstAsync([refused, refused], CancellationToken.None));
        var error = await Assert.ThrowsAsync<RedisLinkException>(() => FirstSuccess.FirstAsync([refused, silent], CancellationToken.None));
        Assert.Equal("no Redis; connection refused", error.Message);
    }

    [Fact]
    public async Task The_next_address_is_tried_as_soon_as_one_fails()
    {
        var asked = new List<ServerAddress>();

        var result = await FirstSuccess.AskAsync([First, Second], (server, _) =>
        {
            asked.Add(server);
            return server == First ? Task.FromException<Result>(new RedisLinkException("no route")) : Task.FromResult(new Result());
        }, CancellationToken.None);

        Assert.False(result.IsDisposed);
        Assert.Equal([First, Second], asked);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_does_not_hold_up_the_next_and_is_asked_again_while_none_does()
    {
        var asked = new List<ServerAddress>();
        var given = new List<Result>();

        var result = await FirstSuccess.AskAsync([First, Second], async (server, token) =>
        {
            asked.Add(server);
            if (asked.Count < 5) await Task.Delay(Timeout.Infinite, token);
            given.Add(new Result());
            return given[^1];
        }, CancellationToken.None).WaitAsync(Patience);

        Assert.Equal([First, Second, First, Second, First], asked);
        Assert.Equal([result], given);
    }

    [Fact]
    public async Task When_every_address_has_failed_that_is_told_at_once()
    {
        var before = Stopwatch.GetTimestamp();

        var error = await Assert.ThrowsAsync<RedisLinkException>(() => FirstSuccess.AskAsync<Result>(
            [First, Second], (server, _) => Task.FromException<Result>(new RedisLinkException($"{server.Address}")), CancellationToken.None));

        Assert.Equal("2001:db8::1; 192.0.2.1", error.Message);
        Assert.True(Stopwatch.GetElapsedTime(before) < TimeSpan.FromSeconds(5));
    }

    /// <summary>A name with an IPv6 and an IPv4 address, and a server at one of them only.</summary>
    [Fact]
    public async Task A_server_is_found_at_whichever_of_a_names_addresses_it_listens()
    {
        var server = await StartServerAsync();
        var name = new RedisEndpoint("redis.test", server.Port);
        var probe = new ServerProbe("test");
        var access = new ServerAccess(new RedisCredentials(null, null), null);

        using var found = await FirstSuccess.AskAsync(
            [new ServerAddress(name, IPAddress.IPv6Loopback), new ServerAddress(name, IPAddress.Loopback)],
            (address, token) => probe.OpenAsync(address, access, token),
            CancellationToken.None).WaitAsync(Patience);

        Assert.Equal(IPAddress.Loopback, found.Server.Address);
    }

    [Fact]
    public async Task All_addresses_of_a_name_are_used()
    {
        var all = await Dns.GetHostAddressesAsync("localhost");

        var servers = await ServerAddress.ResolveAsync(new RedisEndpoint("localhost", 6379), CancellationToken.None);

        Assert.Equal(all.Distinct(), servers.Select(server => server.Address));
    }

    private sealed class Result : IDisposable
    {
        private volatile bool _isDisposed;

        public bool IsDisposed => _isDisposed;

        public void Dispose() => _isDisposed = true;
    }
}
