using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RedisActors.Testing.Tests;

public sealed class RedisServerTests
{
    [Fact]
    public async Task A_server_answers_on_the_loopback_address_only()
    {
        await using var server = await RedisServer.StartAsync();

        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
        Assert.Equal("127.0.0.1", (await server.ExecuteAsync("CONFIG", "GET", "bind")).Items[1].Text);
        Assert.Equal(Path.GetFullPath(server.Folder), (await server.ExecuteAsync("CONFIG", "GET", "dir")).Items[1].Text);
        Assert.Equal($"{server.ProcessId}", (await server.InfoAsync("server"))["process_id"]);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_server_that_was_disposed()
    {
        var server = await RedisServer.StartAsync();
        await server.DisposeAsync();

        Assert.False(Processes.Exists(server.ProcessId));
        Assert.False(Directory.Exists(server.Folder));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_suspended_server_is_disposed_like_any_other()
    {
        var server = await RedisServer.StartAsync();
        server.Suspend();
        await server.DisposeAsync();

        Assert.False(Processes.Exists(server.ProcessId));
    }

    [Fact]
    public async Task A_killed_server_refuses_connections_and_comes_back_with_its_data_at_its_address()
    {
        await using var server = await RedisServer.StartAsync();
        for (var i = 0; i < 100; i++) await server.ExecuteAsync("INCR", "n");
        var first = server.ProcessId;

        server.Kill();
        Assert.False(server.IsRunning);
        Assert.False(Processes.Exists(first));
        var refused = await Assert.ThrowsAnyAsync<SocketException>(server.ConnectAsync);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);

        await server.StartAgainAsync();
        Assert.True(server.IsRunning);
        Assert.NotEqual(first, server.ProcessId);
        Assert.Equal(100, (await server.ExecuteAsync("GET", "n")).AsInt64());
    }

    [Fact]
    public async Task A_server_is_killed_and_started_twenty_times_and_keeps_its_data()
    {
        await using var server = await RedisServer.StartAsync();
        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(i, (await server.ExecuteAsync("INCR", "n")).AsInt64());
            server.Kill();
            await server.StartAgainAsync();
        }
    }

    [Fact]
    public async Task A_stopped_server_says_goodbye_and_comes_back()
    {
        await using var server = await RedisServer.StartAsync();
        await server.ExecuteAsync("SET", "k", "v");
        await server.StopAsync();

        Assert.False(server.IsRunning);
        Assert.Contains("bye bye", await File.ReadAllTextAsync(server.LogFile), StringComparison.Ordinal);
        await server.StartAgainAsync();
        Assert.Equal("v", (await server.ExecuteAsync("GET", "k")).Text);
    }

    [Fact]
    public async Task A_server_can_be_started_again_with_other_arguments()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--maxclients", "77"] });
        Assert.Equal("77", (await server.ExecuteAsync("CONFIG", "GET", "maxclients")).Items[1].Text);

        await server.StopAsync();
        await server.StartAgainAsync(["--maxclients", "78"]);
        Assert.Equal("78", (await server.ExecuteAsync("CONFIG", "GET", "maxclients")).Items[1].Text);
    }

    [Fact]
    public async Task A_suspended_server_answers_nothing_and_later_executes_what_it_was_sent()
    {
        await using var server = await RedisServer.StartAsync();
        await using var probe = await server.ConnectAsync();

        server.Suspend();
        Assert.False(await RedisProbe.AnswersAsync(server.Host, server.Port, TimeSpan.FromMilliseconds(200)));
        await probe.SendAsync("INCR", "n");
        var answer = probe.ReadAsync();
        Assert.False(answer.IsCompleted);

        server.Resume();
        Assert.Equal(1, (await answer).AsInt64());
    }

    [Fact]
    public async Task Clients_are_counted_and_killed_but_probes_are_left_alone()
    {
        await using var server = await RedisServer.StartAsync();
        await using var probe = await server.ConnectAsync();
        await using var one = await RedisProbe.ConnectAsync(server.Host, server.Port);
        await using var two = await RedisProbe.ConnectAsync(server.Host, server.Port);
        await one.ExecuteAsync("CLIENT", "SETNAME", "one");
        var id = (await two.ExecuteAsync("CLIENT", "ID")).AsInt64();
        Assert.Equal(2, await server.CountClientsAsync());
        Assert.Contains(await server.ListClientsAsync(), client => client is { Name: "one", LastCommand: "client|setname" });

        Assert.True(await server.KillClientAsync(id));
        Assert.False(await server.KillClientAsync(id));
        await Assert.ThrowsAnyAsync<IOException>(() => two.ExecuteAsync("PING"));

        Assert.Equal(1, await server.KillClientsAsync());
        await Assert.ThrowsAnyAsync<IOException>(() => one.ExecuteAsync("PING"));
        Assert.Equal(0, await server.CountClientsAsync());
        Assert.Equal("PONG", (await probe.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task A_replica_has_the_data_refuses_writes_and_can_be_promoted()
    {
        await using var master = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync();
        await master.ExecuteAsync("SET", "k", "v");

        await replica.ReplicateAsync(master);
        Assert.Equal("v", (await replica.ExecuteAsync("GET", "k")).Text);
        Assert.StartsWith("READONLY", (await replica.ExecuteAsync("SET", "k", "w")).Text, StringComparison.Ordinal);

        await replica.PromoteAsync();
        Assert.Equal("OK", (await replica.ExecuteAsync("SET", "k", "w")).Text);
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;

        var taken = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RedisServer.StartAsync(new RedisServerOptions { Port = port }));
        Assert.Contains("ddress already in use", taken.Message, StringComparison.Ordinal);

        var misspelt = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RedisServer.StartAsync(new RedisServerOptions { Port = LoopbackPorts.PickFree(), Arguments = ["--no-such", "1"] }));
        Assert.Contains("no-such", misspelt.Message, StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RedisServer.StartAsync(new RedisServerOptions { Port = LoopbackPorts.PickFree(), Executable = "/no/such/server" }));
        Assert.Contains("/no/such/server", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("running")]
    [InlineData("suspended")]
    [InlineData("killed")]
    public async Task Nothing_is_left_of_a_server_whose_owner_was_killed(string state)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Otherwise the runtime of a killed process leaves its diagnostics' sockets in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(RedisServerTests).Assembly.Location);
        start.ArgumentList.Add(state);
        using var owner = Process.Start(start)!;
        var words = (await owner.StandardOutput.ReadLineAsync())!.Split(' ', 3);
        var (processId, folder) = (int.Parse(words[0]), words[2]);
        Assert.Equal(state != "killed", Processes.Exists(processId));
        Assert.True(Directory.Exists(folder));

        owner.Kill();
        await owner.WaitForExitAsync();

        await Eventually.HoldsAsync(() => !Processes.Exists(processId) && !Directory.Exists(folder));
    }
}
