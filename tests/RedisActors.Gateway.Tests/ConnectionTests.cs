using System.Net.Sockets;
using System.Text;
using RedisActors.Testing;

namespace RedisActors.Gateway.Tests;

/// <summary>What a client may do with its connection, and what it may not.</summary>
public sealed class ConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_command_that_is_sent_while_the_server_is_away_is_answered_when_it_is_back()
    {
        await using var stage = await GatewayStage.SetAsync();
        await using var client = await stage.ConnectAsync();
        await client.ExecuteAsync("SET", "k", "v");
        stage.Server.Kill();

        await client.SendAsync("GET", "k");
        await stage.Server.StartAgainAsync();

        Assert.Equal("v", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_client_that_has_written_all_gets_all_its_replies()
    {
        await using var stage = await GatewayStage.SetAsync();
        await using var client = await stage.OpenAsync();
        await client.WriteAsync("SET k v\r\nGET k\r\nPING\r\n"u8.ToArray());
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("+OK\r\n$1\r\nv\r\n+PONG\r\n", await ReadToEndAsync(client));
    }

    [Fact]
    public async Task What_waits_for_a_client_that_left_is_given_up_and_takes_nothing()
    {
        await using var stage = await GatewayStage.SetAsync();
        await using (var client = await stage.OpenAsync())
        {
            await client.WriteAsync("BLPOP jobs 0\r\n"u8.ToArray());
            await Eventually.HoldsAsync(async () => (await stage.Server.InfoAsync("clients"))["blocked_clients"] == "1");
        }

        await Eventually.HoldsAsync(async () => (await stage.Server.InfoAsync("clients"))["blocked_clients"] == "0");
        await stage.Server.ExecuteAsync("RPUSH", "jobs", "one");
        await Eventually.HoldsAsync(() => stage.Gateway.Connections == 0);

        Assert.Equal("1", (await stage.Server.ExecuteAsync("LLEN", "jobs")).Text);
    }

    [Fact]
    public async Task A_reset_is_nobody_elses_trouble()
    {
        await using var stage = await GatewayStage.SetAsync();
        await using var other = await stage.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            var client = await stage.OpenAsync();
            await client.WriteAsync(Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$10\r\nhalf"));
            client.Socket.LingerState = new LingerOption(true, 0);
            await client.DisposeAsync();
        }

        Assert.Equal("PONG", (await other.ExecuteAsync("PING")).Text);
        await Eventually.HoldsAsync(() => stage.Gateway.Connections == 1);
    }

    [Fact]
    public async Task One_client_too_many_is_told_so()
    {
        await using var stage = await GatewayStage.SetAsync("max-connections = 2");
        await using var first = await stage.ConnectAsync();
        await using (var second = await stage.ConnectAsync())
        {
            await first.ExecuteAsync("PING");
            await second.ExecuteAsync("PING");
            await using var third = await stage.OpenAsync();
            Assert.Equal("-ERR max number of clients reached\r\n", await ReadToEndAsync(third));
        }

        await Eventually.HoldsAsync(() => stage.Gateway.Connections == 1);
        await using var next = await stage.ConnectAsync();
        Assert.Equal("PONG", (await next.ExecuteAsync("PING")).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("WATCH k\r\nMULTI\r\nEXEC\r\n")]
    public async Task A_client_that_asks_without_end_while_the_server_is_away_is_held_back(string before)
    {
        await using var stage = await GatewayStage.SetAsync("max-outstanding = 100");
        await using var client = await stage.OpenAsync();
        await client.WriteAsync("PING\r\n"u8.ToArray());
        await client.ReadExactlyAsync(new byte[7]);
        stage.Server.Kill();

        const int Count = 500;
        var request = Encoding.ASCII.GetBytes("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + new string('x', 100_000) + "\r\n");
        var sent = 0;
        await client.WriteAsync(Encoding.ASCII.GetBytes(before));
        var writing = Task.Run(async () =>
        {
            for (; sent < Count; sent++) await client.WriteAsync(request);
        });
        var last = -1;
        await Eventually.HoldsAsync(async () =>
        {
            (var former, last) = (last, Volatile.Read(ref sent));
            await Task.Delay(100);
            return former == last;
        });
        Assert.InRange(last, 1, Count - 1);
        await stage.Server.StartAgainAsync();

        var expected = (before.Length > 0 ? "+OK\r\n+OK\r\n*0\r\n" : string.Empty) + string.Concat(Enumerable.Repeat("+OK\r\n", Count));
        var replies = new byte[expected.Length];
        using var clock = new CancellationTokenSource(Patience);
        await client.ReadExactlyAsync(replies, clock.Token);
        Assert.Equal(expected, Encoding.ASCII.GetString(replies));
        await writing.WaitAsync(Patience);
    }

    [Theory]
    [InlineData("GET k\r\nPING\r\n", "$1\r\nv\r\n+PONG\r\n")]
    [InlineData("MULTI\r\nGET k\r\nEXEC\r\nPING\r\n", "+OK\r\n+QUEUED\r\n*1\r\n$1\r\nv\r\n+PONG\r\n")]
    [InlineData("WATCH k\r\nMULTI\r\nEXEC\r\nPING\r\n", "+OK\r\n+OK\r\n*0\r\n+PONG\r\n")]
    [InlineData("GET k\r\n\"\\x01\"\r\nPING\r\n", "$1\r\nv\r\n-ERR unknown command '\u0001'\r\n+PONG\r\n")]
    [InlineData("GET k\r\n*1\r\n:3\r\nPING\r\n", "$1\r\nv\r\n-ERR Protocol error: expected '$', got ':'\r\n")]
    [InlineData("GET k\r\nQUIT\r\nPING\r\n*1\r\n:3\r\n", "$1\r\nv\r\n+OK\r\n")]
    public async Task What_is_asked_behind_an_EXEC_that_waits_is_answered_behind_it(string requests, string replies)
    {
        await using var stage = await GatewayStage.SetAsync();
        await stage.Server.ExecuteAsync("SET", "k", "v");
        await using var client = await stage.OpenAsync();
        await client.WriteAsync("PING\r\n"u8.ToArray());
        await client.ReadExactlyAsync(new byte[7]);
        stage.Server.Suspend();
        await client.WriteAsync(Encoding.ASCII.GetBytes($"WATCH k\r\nMULTI\r\nEXEC\r\n{requests}"));
        client.Socket.Shutdown(SocketShutdown.Send);
        await Task.Delay(100);

        stage.Server.Resume();

        Assert.Equal($"+OK\r\n+OK\r\n*0\r\n{replies}", await ReadToEndAsync(client));
    }

    [Fact]
    public async Task What_is_no_command_discards_the_transaction_that_it_stands_in()
    {
        await using var stage = await GatewayStage.SetAsync();
        await using var client = await stage.OpenAsync();
        await client.WriteAsync("MULTI\r\nSET k v\r\n\"\\x01\"\r\nEXEC\r\nQUIT\r\n"u8.ToArray());

        Assert.Equal(
            "+OK\r\n+QUEUED\r\n-ERR unknown command '\u0001'\r\n-EXECABORT Transaction discarded because of previous errors.\r\n+OK\r\n",
            await ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_client_that_reads_nothing_is_held_back_and_then_let_go()
    {
        await using var stage = await GatewayStage.SetAsync("max-outstanding = 10, max-unread = 1MiB, unread-timeout = 300ms");
        await stage.Server.ExecuteAsync("SET", "large", new string('x', 1_000_000));
        await using var other = await stage.ConnectAsync();
        await using var client = await stage.OpenAsync();

        // The replies would be 2 GB.
        await client.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET large\r\n", 2_000))));
        await Eventually.HoldsAsync(() => stage.Gateway.Connections == 1);

        Assert.Equal("PONG", (await other.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task A_client_that_reads_slowly_gets_everything()
    {
        await using var stage = await GatewayStage.SetAsync("max-unread = 100kB, max-outstanding = 10, unread-timeout = 1s");
        await stage.Server.ExecuteAsync("SET", "large", new string('x', 100_000));
        await using var client = await stage.OpenAsync();
        var writing = client.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET large\r\n", 200)))).AsTask();

        for (var i = 0; i < 200; i++)
        {
            await ReadExactlyAsync(client, "$100000\r\n\r\n".Length + 100_000);
            if (i % 20 == 0) await Task.Delay(20);
        }

        await writing;
    }

    [Fact]
    public async Task With_the_actor_system_it_ends_when_what_was_asked_is_answered()
    {
        await using var stage = await GatewayStage.SetAsync();
        await using var client = await stage.ConnectAsync();
        await using var idle = await stage.ConnectAsync();
        await client.ExecuteAsync("SET", "k", "v");
        await idle.ExecuteAsync("PING");
        stage.Server.Suspend();
        await client.SendAsync("GET", "k");
        await Task.Delay(50);

        var ending = stage.System.Terminate();
        await Assert.ThrowsAnyAsync<IOException>(idle.ReadAsync);
        stage.Server.Resume();

        Assert.Equal("v", (await client.ReadAsync()).Text);
        await ending.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<IOException>(client.ReadAsync);
        await Assert.ThrowsAnyAsync<SocketException>(stage.OpenAsync);
    }

    [Fact]
    public async Task A_unix_socket_is_its_owners_alone_and_is_removed_in_the_end()
    {
        var path = Path.Combine(Path.GetTempPath(), $"redis-gateway-{Guid.NewGuid():N}.sock");
        await using (var stage = await GatewayStage.SetAsync($"listen = \"unix:{path}\""))
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(stage.Gateway.Endpoint);
            await socket.SendAsync("PING\r\n"u8.ToArray());
            var reply = new byte[7];
            await socket.ReceiveAsync(reply);
            Assert.Equal("+PONG\r\n", Encoding.ASCII.GetString(reply));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_unix_socket_that_a_dead_process_left_is_taken_over()
    {
        var path = Path.Combine(Path.GetTempPath(), $"redis-gateway-{Guid.NewGuid():N}.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Closing removes it from where it was bound.
            dead.Bind(new UnixDomainSocketEndPoint($"{path}.bound"));
            File.Move($"{path}.bound", path);
        }

        Assert.True(File.Exists(path));
        await using var stage = await GatewayStage.SetAsync($"listen = \"unix:{path}\"");

        Assert.Equal(0, stage.Gateway.Connections);
    }

    [Fact]
    public async Task With_a_password_nothing_is_done_for_a_stranger()
    {
        await using var stage = await GatewayStage.SetAsync("password = secret");
        await using var client = await stage.ConnectAsync();

        Assert.Equal("NOAUTH Authentication required.", (await client.ExecuteAsync("SET", "k", "v")).Text);
        Assert.StartsWith("WRONGPASS", (await client.ExecuteAsync("AUTH", "guess")).Text);
        Assert.Equal("OK", (await client.ExecuteAsync("AUTH", "default", "secret")).Text);
        Assert.Equal("OK", (await client.ExecuteAsync("SET", "k", "v")).Text);
    }

    [Fact]
    public async Task With_TLS_a_client_sees_the_certificate_and_one_without_TLS_sees_nothing()
    {
        using var certificates = new TestCertificates();
        var folder = Directory.CreateTempSubdirectory("redis-gateway-").FullName;
        try
        {
            certificates.Server.WriteTo(folder);
            await using var stage = await GatewayStage.SetAsync(
                $"password = secret, tls {{ enabled = on, certificate-file = \"{certificates.Server.CertificateFile(folder)}\", key-file = \"{certificates.Server.KeyFile(folder)}\" }}");
            await using (var plain = await stage.OpenAsync())
            {
                await plain.WriteAsync("PING\r\n"u8.ToArray());
                Assert.DoesNotContain("PONG", await ReadToEndAsync(plain));
            }

            await using var client = await RedisProbe.ConnectAsync(
                "127.0.0.1", stage.Port, access: new ProbeAccess { Tls = certificates.ClientOptions(), Password = "secret" });
            Assert.Equal("PONG", (await client.ExecuteAsync("PING")).Text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_no_request_is_told_and_ends_the_connection()
    {
        await using var stage = await GatewayStage.SetAsync();
        await using var client = await stage.OpenAsync();
        await client.WriteAsync("*1\r\n$4\r\nPING\r\n*2\r\n:3\r\n"u8.ToArray());

        Assert.Equal("+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n", await ReadToEndAsync(client));
    }

    internal static async Task<string> ReadToEndAsync(Stream stream)
    {
        using var clock = new CancellationTokenSource(Patience);
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, clock.Token);
        }
        catch (IOException)
        {
            // A reset ends it too.
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    private static async Task ReadExactlyAsync(Stream stream, int count)
    {
        using var clock = new CancellationTokenSource(Patience);
        var buffer = new byte[64 * 1024];
        while (count > 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(count, buffer.Length)), clock.Token);
            Assert.NotEqual(0, read);
            count -= read;
        }
    }
}
