using System.Globalization;
using System.Net.Sockets;
using RedisActors.CommandMetadata;
using RedisActors.Testing;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>The errors in the words of a real server, and that it did not execute what it answered with them.</summary>
public sealed class RetryableErrorsOnServersTests
{
    [Fact]
    public async Task A_replica_refuses_writes_and_a_script_that_began_there_is_told_apart()
    {
        await using var server = await StartAsync("--replicaof", "127.0.0.1 1");
        await using var probe = await server.ConnectAsync();

        Is(ServerErrorKind.Reconnect, ServerErrorScope.Writes, await probe.ExecuteAsync("SET", "a", "1"));
        Is(ServerErrorKind.Reconnect, ServerErrorScope.Writes, await probe.ExecuteAsync("EVAL", "#!lua\nreturn 1", "0"));

        var raised = await probe.ExecuteAsync("EVAL", "return redis.call('SET', KEYS[1], 1)", "1", "a");
        Is(ServerErrorKind.Final, ServerErrorScope.Command, raised);
        Assert.Equal(ServerErrorKind.Reconnect, RetryableErrors.Classify(RetryableErrors.WithoutScriptPosition(raised.Text)));

        // Handed back by the script, not raised. No write of the script can have passed where this one did not.
        var caught = await probe.ExecuteAsync("EVAL", "return redis.pcall('SET', KEYS[1], 1)", "1", "a");
        Is(ServerErrorKind.Reconnect, ServerErrorScope.Writes, caught);

        (await probe.ExecuteAsync("CONFIG", "SET", "replica-serve-stale-data", "no")).OrThrow();
        Is(ServerErrorKind.Retry, ServerErrorScope.Server, await probe.ExecuteAsync("GET", "a"));

        await server.PromoteAsync();
        Assert.True((await probe.ExecuteAsync("GET", "a")).IsNull);
        (await probe.ExecuteAsync("SET", "a", "1")).OrThrow();
    }

    [Fact]
    public async Task A_server_that_may_not_write_alone_refuses_writes()
    {
        await using var server = await StartAsync("--min-replicas-to-write", "1");

        Is(ServerErrorKind.Retry, ServerErrorScope.Writes, await server.ExecuteAsync("INCR", "a"));
        (await server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "0")).OrThrow();
        Assert.Equal(1, (await server.ExecuteAsync("INCR", "a")).AsInt64());
    }

    [Fact]
    public async Task A_server_that_cannot_save_refuses_writes()
    {
        await using var server = await StartAsync("--save", "3600 1");
        await using var probe = await server.ConnectAsync();
        Directory.CreateDirectory(Path.Combine(server.Folder, "dump.rdb", "in-the-way"));
        (await probe.ExecuteAsync("SET", "a", "1")).OrThrow();
        (await probe.ExecuteAsync("BGSAVE")).OrThrow();
        while ((await server.InfoAsync("persistence"))["rdb_last_bgsave_status"] == "ok") await Task.Yield();

        Is(ServerErrorKind.Retry, ServerErrorScope.Writes, await probe.ExecuteAsync("INCR", "a"));
        Assert.Equal("1", (await probe.ExecuteAsync("GET", "a")).Text);
    }

    [Fact]
    public async Task A_server_that_runs_a_long_script_is_busy()
    {
        await using var server = await StartAsync("--busy-reply-threshold", "1");
        await using var script = await server.ConnectAsync();
        await using var probe = await server.ConnectAsync();
        await script.SendAsync("EVAL", "while true do end", "0");

        // The script may not have begun when the first of these arrives.
        ProbeReply reply;
        do reply = await probe.ExecuteAsync("INCR", "before");
        while (!reply.IsError);

        Is(ServerErrorKind.Retry, ServerErrorScope.Server, reply);
        Is(ServerErrorKind.Retry, ServerErrorScope.Server, await probe.ExecuteAsync("INCR", "a"));
        (await probe.ExecuteAsync("SCRIPT", "KILL")).OrThrow();
        Is(ServerErrorKind.Final, ServerErrorScope.Command, await script.ReadAsync());
        Assert.True((await probe.ExecuteAsync("GET", "a")).IsNull);
    }

    [Fact]
    public async Task A_server_that_loads_says_so()
    {
        await using var server = await StartAsync();
        await using (var probe = await server.ConnectAsync())
        {
            for (var key = 0; key < 200; key++)
            {
                (await probe.ExecuteAsync("SET", key.ToString(CultureInfo.InvariantCulture), new string('x', 2048))).OrThrow();
            }

            (await probe.ExecuteAsync("SAVE")).OrThrow();
        }

        server.Kill();
        await server.StartAgainAsync(
            ["--key-load-delay", "20000", "--loading-process-events-interval-bytes", "1024"], waitUntilItAnswers: false);
        ProbeReply? reply = null;
        while (reply is null)
        {
            try
            {
                reply = await AskUnnamedAsync(server);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                await Task.Yield(); // not listening yet
            }
        }

        Is(ServerErrorKind.Retry, ServerErrorScope.Server, reply);
    }

    [Fact]
    public async Task A_server_without_room_for_another_client_says_so()
    {
        await using var server = await StartAsync("--maxclients", "1");
        ProbeReply reply;
        do
        {
            // A connection that has just been closed may still count.
            await using var first = await RedisProbe.ConnectAsync(server.Host, server.Port);
            reply = await first.ExecuteAsync("PING");
            if (reply.IsError) continue;

            await using var second = await RedisProbe.ConnectAsync(server.Host, server.Port);
            reply = await second.ReadAsync();
        }
        while (!reply.IsError);

        Is(ServerErrorKind.Reconnect, ServerErrorScope.Server, reply);
    }

    [Fact]
    public async Task A_server_that_asks_for_a_password_says_so()
    {
        await using var server = await StartAsync();
        (await server.ExecuteAsync("CONFIG", "SET", "requirepass", "secret")).OrThrow();

        Is(ServerErrorKind.Reconnect, ServerErrorScope.Server, await AskUnnamedAsync(server));
    }

    [Fact]
    public async Task A_cluster_without_slots_is_down()
    {
        await using var server = await StartAsync("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no");

        Is(ServerErrorKind.Retry, ServerErrorScope.Slot, await server.ExecuteAsync("INCR", "a"));
        (await server.ExecuteAsync("CONFIG", "SET", "cluster-require-full-coverage", "yes")).OrThrow();
        var reply = await server.ExecuteAsync("INCR", "a");
        Assert.Equal(ServerErrorKind.Retry, RetryableErrors.Classify(reply.Text));
    }

    [Fact]
    public async Task A_script_that_the_server_does_not_have_is_told_from_one_that_says_so_itself()
    {
        await using var server = await StartAsync();
        await using var probe = await server.ConnectAsync();

        Is(ServerErrorKind.NoScript, ServerErrorScope.Command, await probe.ExecuteAsync("EVALSHA", new string('0', 40), "0"));
        foreach (var own in new[] { "NOSCRIPT of mine", "BUSY come back later" })
        {
            var reply = await probe.ExecuteAsync("EVAL", "return redis.error_reply(ARGV[1])", "0", own);
            Is(ServerErrorKind.Final, ServerErrorScope.Command, reply);
            Assert.Equal(own, reply.Text);
        }
    }

    private static Task<RedisServer> StartAsync(params string[] arguments) =>
        RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false, Arguments = arguments });

    private static async Task<ProbeReply> AskUnnamedAsync(RedisServer server)
    {
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);
        return await probe.ExecuteAsync("INCR", "a");
    }

    private static void Is(ServerErrorKind kind, ServerErrorScope scope, ProbeReply reply)
    {
        Assert.True(reply.IsError, reply.ToString());
        var found = RetryableErrors.Classify(reply.Text, out var foundScope);
        Assert.Equal((kind, scope, reply.Text), (found, foundScope, reply.Text));
    }
}
