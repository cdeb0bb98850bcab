using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>
/// What waiting does not mend: told once, in words that say what to do; the senders told the truth; and mended on the server, it works
/// without anybody starting anything anew.
/// </summary>
public sealed class MisconfigurationTests : ServerSpec
{
    private const string Quick = "misconfigured { retry-after = 200ms, commands = answer-not-sent }";

    /// <summary>Enough attempts for a flood, were there one.</summary>
    private const int Attempts = 15;

    [Fact]
    public async Task A_wrong_password()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Password = "right" });

        await SufferAsync(
            Redis(server.Endpoint, $"password = mistaken\n{Quick}"),
            "WRONGPASS",
            async () => (await server.ExecuteAsync("CONFIG", "SET", "requirepass", "mistaken")).OrThrow());
    }

    [Fact]
    public async Task A_permission_that_is_missing()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { Users = ["default on nopass ~* +@all -ping -role"] });

        await SufferAsync(
            Redis(server.Endpoint, Quick),
            "NOPERM",
            async () => (await server.ExecuteAsync("ACL", "SETUSER", "default", "+@all")).OrThrow());
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted()
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Tls = new RedisServerTls(certificates) });
        await server.ShowCertificateAsync(certificates.StrangersServer);

        await SufferAsync(
            Redis($"localhost:{server.Port}", $"tls {{ enabled = on, ca-file = \"{Path.Combine(server.Folder, "ca.crt")}\" }}\n{Quick}"),
            "certificate",
            () => server.ShowCertificateAsync(certificates.Server));
    }

    [Fact]
    public async Task A_server_that_is_no_Redis()
    {
        await using var web = StrangeServer.Http();
        RedisServer? server = null;
        try
        {
            await SufferAsync(
                Redis(web.Endpoint, Quick),
                "HTTP/1.1 400",
                async () =>
                {
                    await web.DisposeAsync();
                    server = await RedisServer.StartAsync(new RedisServerOptions { Port = web.Port });
                });
        }
        finally
        {
            if (server is not null) await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_host_that_does_not_resolve_may_resolve_later_so_commands_wait_for_it()
    {
        var redis = Redis("no-such-host.invalid:6379", "backoff { min = 50ms, max = 100ms }\ncommand-timeout = 2s");
        var log = WatchLog();
        var states = WatchStates(redis);

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "PING"));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.Contains("no-such-host.invalid", (await NextAsync<RedisBackingOff>(states)).Cause);
        Assert.InRange((await LinesAsync(log)).Length, 0, 1);
    }

    private async Task SufferAsync(IActorRef redis, string words, Func<Task> mendAsync)
    {
        var log = WatchLog();
        var states = WatchStates(redis);
        for (var i = 0; i < Attempts; i++)
        {
            var waiting = await NextAsync<RedisBackingOff>(states);
            Assert.True(waiting.Misconfigured);
            Assert.Contains(words, waiting.Cause);
        }

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "PING"));
        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.Contains(words, failure.Message);

        await mendAsync();

        await NextAsync<RedisReady>(states);
        Assert.Equal("PONG", (await AskAsync(redis, "PING")).Value.AsString());
        var lines = await LinesAsync(log);
        Assert.True(lines.Length <= 10, string.Join('\n', lines));
        Assert.InRange(lines.Count(line => line.Contains(words)), 0, 1);
    }

    /// <summary>Hears what is logged as a warning or an error from here on; the first attempt may have been before.</summary>
    private TestProbe WatchLog()
    {
        var probe = Kit.CreateTestProbe();
        Kit.Sys.EventStream.Subscribe(probe.Ref, typeof(Warning));
        Kit.Sys.EventStream.Subscribe(probe.Ref, typeof(Error));
        return probe;
    }

    private static async Task<string[]> LinesAsync(TestProbe log)
    {
        const string End = "that is all";
        log.Ref.Tell(End);
        var lines = new List<string>();
        while (await log.ExpectMsgAsync<object>() is LogEvent line) lines.Add(line.ToString()!);
        return [.. lines];
    }
}
