using System.Globalization;
using System.Net.Sockets;
using RedisActors.Delivery;
using RedisActors.Testing;

namespace RedisActors.Tests.Delivery;

public sealed class RetryableErrorsTests
{
    // Where one of these can be had from a server within a moment, RetryableErrorsOnServersTests has it from there.
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Server))]
    [InlineData("LOADING Valkey is loading the dataset in memory", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Server))]
    [InlineData("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Server))]
    [InlineData("BUSY Redis is busy running a module command.", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Server))]
    [InlineData("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Server))]
    [InlineData("CLUSTERDOWN The cluster is down", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Server))]
    [InlineData("CLUSTERDOWN The cluster is down and only accepts read commands", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Writes))]
    [InlineData("CLUSTERDOWN Hash slot not served", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Slot))]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Slot))]
    [InlineData("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Writes))]
    [InlineData("MISCONF Errors writing to the AOF file: No space left on device", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Writes))]
    [InlineData("NOREPLICAS Not enough good replicas to write.", nameof(ServerErrorKind.AskAgain), nameof(ServerErrorScope.Writes))]
    [InlineData("READONLY You can't write against a read only replica.", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Writes))]
    [InlineData("READONLY You can't write against a read only slave.", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Writes))]
    [InlineData("NOAUTH Authentication required.", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("ERR max number of clients reached", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("ERR max number of clients + cluster connections reached", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", nameof(ServerErrorKind.Reconnect), nameof(ServerErrorScope.Server))]
    [InlineData("NOSCRIPT No matching script. Please use EVAL.", nameof(ServerErrorKind.NoScript), nameof(ServerErrorScope.Command))]
    public void Errors_that_mean_not_executed_are_told_with_what_else_they_concern(string error, string kind, string scope)
    {
        Assert.Equal(kind, RetryableErrors.Classify(error, out var found).ToString());
        Assert.Equal(scope, found.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ERR unknown command 'FOO', with args beginning with: ")]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value")]
    [InlineData("NOPERM this user has no permissions to run the 'get' command")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("BUSYKEY Target key name already exists.")]
    [InlineData("BUSYGROUP Consumer Group name already exists")]
    [InlineData("UNBLOCKED client unblocked via CLIENT UNBLOCK")]
    [InlineData("MOVED 3999 127.0.0.1:6381")]
    [InlineData("EXECABORT Transaction discarded because of previous errors.")]
    [InlineData("ERR the LOADING bay is closed")]
    [InlineData("ERR Redis is loading the dataset in memory")]
    public void Other_errors_are_the_answer_of_the_command(string error)
    {
        Assert.Equal(ServerErrorKind.Final, RetryableErrors.Classify(error, out var scope));
        Assert.Equal(ServerErrorScope.Command, scope);
    }

    [Theory]
    [InlineData("LOADING")]
    [InlineData("BUSY come back later")]
    [InlineData("READONLY mode is on for this account")]
    [InlineData("TRYAGAIN the lock is taken")]
    [InlineData("NOSCRIPT for this play")]
    [InlineData("LOADING the truck is loading the dataset in memory")]
    public void A_word_of_the_servers_in_a_scripts_own_error_is_no_error_of_the_servers(string error) =>
        Assert.Equal(ServerErrorKind.Final, RetryableErrors.Classify(error));

    [Theory]
    [InlineData("READONLY You can't write against a read only replica. script: 5e2a, on @user_script:1.")]
    [InlineData("NOREPLICAS Not enough good replicas to write. script: debit, on @user_function:12.")]
    [InlineData("ERR Error running script (call to f_5e2a): @user_script:1: -READONLY You can't write against a read only replica.")]
    public void An_error_out_of_a_running_script_is_final(string error) =>
        Assert.Equal(ServerErrorKind.Final, RetryableErrors.Classify(error));

    [Fact]
    public void Of_a_script_that_is_known_to_have_written_nothing_the_error_can_be_judged_without_its_place()
    {
        const string Error = "READONLY You can't write against a read only replica.";

        Assert.Equal(Error, RetryableErrors.WithoutScriptPosition($"{Error} script: 5e2a, on @user_script:1."));
        Assert.Equal(Error, RetryableErrors.WithoutScriptPosition(Error));
        Assert.Equal("ERR my script: fails", RetryableErrors.WithoutScriptPosition("ERR my script: fails"));
    }
}

/// <summary>The errors in the words of a real server, and that it did not execute what it answered with them.</summary>
public sealed class RetryableErrorsOnServersTests
{
    [Fact]
    public async Task A_replica_refuses_writes_and_a_script_that_began_there_is_told_apart()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--replicaof", "127.0.0.1 1"] });
        await using var probe = await server.ConnectAsync();

        Is(ServerErrorKind.Reconnect, ServerErrorScope.Writes, await probe.ExecuteAsync("SET", "a", "1"));
        Is(ServerErrorKind.Reconnect, ServerErrorScope.Writes, await probe.ExecuteAsync("EVAL", "#!lua\nreturn redis.call('SET', 'a', 1)", "0"), orFinal: true);

        var raised = await probe.ExecuteAsync("EVAL", "return redis.call('SET', KEYS[1], 1)", "1", "a");
        Is(ServerErrorKind.Final, ServerErrorScope.Command, raised);
        Assert.Equal(ServerErrorKind.Reconnect, RetryableErrors.Classify(RetryableErrors.WithoutScriptPosition(raised.Text)));

        (await probe.ExecuteAsync("CONFIG", "SET", "replica-serve-stale-data", "no")).OrThrow();
        Is(ServerErrorKind.AskAgain, ServerErrorScope.Server, await probe.ExecuteAsync("GET", "a"));

        await server.PromoteAsync();
        Assert.True((await probe.ExecuteAsync("GET", "a")).IsNull);
        (await probe.ExecuteAsync("SET", "a", "1")).OrThrow();
    }

    [Fact]
    public async Task A_server_that_may_not_write_alone_refuses_writes()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--min-replicas-to-write", "1"] });

        Is(ServerErrorKind.AskAgain, ServerErrorScope.Writes, await server.ExecuteAsync("INCR", "a"));
        (await server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "0")).OrThrow();
        Assert.Equal(1, (await server.ExecuteAsync("INCR", "a")).AsInt64());
    }

    [Fact]
    public async Task A_server_that_cannot_save_refuses_writes()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false, Arguments = ["--save", "3600 1"] });
        await using var probe = await server.ConnectAsync();
        Directory.CreateDirectory(Path.Combine(server.Folder, "dump.rdb", "in-the-way"));
        (await probe.ExecuteAsync("SET", "a", "1")).OrThrow();
        (await probe.ExecuteAsync("BGSAVE")).OrThrow();
        while ((await server.InfoAsync("persistence"))["rdb_last_bgsave_status"] == "ok") await Task.Yield();

        Is(ServerErrorKind.AskAgain, ServerErrorScope.Writes, await probe.ExecuteAsync("INCR", "a"));
        Assert.Equal("1", (await probe.ExecuteAsync("GET", "a")).Text);
    }

    [Fact]
    public async Task A_server_that_runs_a_long_script_is_busy()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--busy-reply-threshold", "1"] });
        await using var script = await server.ConnectAsync();
        await using var probe = await server.ConnectAsync();
        await script.SendAsync("EVAL", "while true do end", "0");

        // The script may not have begun when the first of these arrives.
        ProbeReply reply;
        do reply = await probe.ExecuteAsync("INCR", "before");
        while (!reply.IsError);

        Is(ServerErrorKind.AskAgain, ServerErrorScope.Server, reply);
        Is(ServerErrorKind.AskAgain, ServerErrorScope.Server, await probe.ExecuteAsync("INCR", "a"));
        (await probe.ExecuteAsync("SCRIPT", "KILL")).OrThrow();
        Is(ServerErrorKind.Final, ServerErrorScope.Command, await script.ReadAsync());
        Assert.True((await probe.ExecuteAsync("GET", "a")).IsNull);
    }

    [Fact]
    public async Task A_server_that_loads_says_so()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
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

        Is(ServerErrorKind.AskAgain, ServerErrorScope.Server, reply);
    }

    [Fact]
    public async Task A_server_without_room_for_another_client_says_so()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--maxclients", "1"] });
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
        await using var server = await RedisServer.StartAsync();
        (await server.ExecuteAsync("CONFIG", "SET", "requirepass", "secret")).OrThrow();

        Is(ServerErrorKind.Reconnect, ServerErrorScope.Server, await AskUnnamedAsync(server));
    }

    [Fact]
    public async Task A_cluster_without_slots_is_down()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ["--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"] });

        Is(ServerErrorKind.AskAgain, ServerErrorScope.Slot, await server.ExecuteAsync("INCR", "a"));
        (await server.ExecuteAsync("CONFIG", "SET", "cluster-require-full-coverage", "yes")).OrThrow();
        var reply = await server.ExecuteAsync("INCR", "a");
        Assert.Equal(ServerErrorKind.AskAgain, RetryableErrors.Classify(reply.Text));
    }

    [Fact]
    public async Task A_script_that_the_server_does_not_have_is_told_from_one_that_says_so_itself()
    {
        await using var server = await RedisServer.StartAsync();
        await using var probe = await server.ConnectAsync();

        Is(ServerErrorKind.NoScript, ServerErrorScope.Command, await probe.ExecuteAsync("EVALSHA", new string('0', 40), "0"));
        Is(ServerErrorKind.Final, ServerErrorScope.Command, await probe.ExecuteAsync("EVAL", "return redis.error_reply('NOSCRIPT of mine')", "0"));
        Is(ServerErrorKind.Final, ServerErrorScope.Command, await probe.ExecuteAsync("EVAL", "return redis.error_reply('BUSY later')", "0"));
    }

    private static async Task<ProbeReply> AskUnnamedAsync(RedisServer server)
    {
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);
        return await probe.ExecuteAsync("INCR", "a");
    }

    private static void Is(ServerErrorKind kind, ServerErrorScope scope, ProbeReply reply, bool orFinal = false)
    {
        Assert.True(reply.IsError, reply.ToString());
        var found = RetryableErrors.Classify(reply.Text, out var foundScope);
        if (orFinal && found == ServerErrorKind.Final) return;

        Assert.Equal((kind, scope, reply.Text), (found, foundScope, reply.Text));
    }
}
