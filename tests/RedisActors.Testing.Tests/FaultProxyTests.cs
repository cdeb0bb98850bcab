using System.Diagnostics;
using System.Net.Sockets;

namespace RedisActors.Testing.Tests;

public sealed class FaultProxyTests : IAsyncLifetime
{
    private RedisServer _server = null!;
    private FaultProxy _proxy = null!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _proxy = FaultProxy.Start(_server);
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Commands_and_answers_pass()
    {
        await using var client = await ConnectAsync();
        var text = new string('x', 1_000_000);

        await client.ExecuteAsync("SET", "k", text);
        Assert.Equal(text, (await client.ExecuteAsync("GET", "k")).Text);
        Assert.Equal(1, _proxy.Connections);
        Assert.Equal(1, _proxy.Accepted);
    }

    [Theory]
    [InlineData(FaultDirection.ToServer)]
    [InlineData(FaultDirection.ToClient)]
    public async Task A_throttled_direction_is_as_slow_as_it_was_told_and_loses_nothing(FaultDirection direction)
    {
        await using var client = await ConnectAsync();
        var text = new string('x', 4_000_000);
        if (direction == FaultDirection.ToClient) await client.ExecuteAsync("SET", "k", text);

        _proxy.Throttle(direction, 4_000_000);
        var before = Stopwatch.GetTimestamp();
        if (direction == FaultDirection.ToServer) await client.ExecuteAsync("SET", "k", text);
        else Assert.Equal(text, (await client.ExecuteAsync("GET", "k")).Text);
        Assert.True(Stopwatch.GetElapsedTime(before) > TimeSpan.FromSeconds(0.8));

        _proxy.Throttle(direction, 0);
        Assert.Equal(text, (await client.ExecuteAsync("GET", "k")).Text);
    }

    [Fact]
    public async Task An_end_on_either_side_is_passed_on()
    {
        await using (var leaving = await ConnectAsync())
        {
            await leaving.ExecuteAsync("PING");
            Assert.Equal(1, await _server.CountClientsAsync());
        }

        await Eventually.HoldsAsync(async () => await _server.CountClientsAsync() == 0 && _proxy.Connections == 0);

        await using var client = await ConnectAsync();
        await client.ExecuteAsync("PING");
        _server.Kill();
        await Assert.ThrowsAnyAsync<IOException>(() => client.ExecuteAsync("PING"));
    }

    [Fact]
    public async Task A_connection_to_a_server_that_is_away_is_reset()
    {
        _server.Kill();

        // The reset may come before the client has noticed that it is connected.
        var failure = await Record.ExceptionAsync(async () =>
        {
            await using var client = await ConnectAsync();
            await client.ExecuteAsync("PING");
        });

        Assert.True(failure is IOException or SocketException { SocketErrorCode: SocketError.ConnectionReset }, $"{failure}");
    }

    [Fact]
    public async Task What_a_stall_held_back_flows_after_it()
    {
        await using var client = await ConnectAsync();
        await client.ExecuteAsync("SET", "n", "0");

        _proxy.Stall();
        await client.SendAsync("INCR", "n");
        await using var late = await ConnectAsync();
        await late.SendAsync("INCR", "n");
        Assert.Equal(0, (await _server.ExecuteAsync("GET", "n")).AsInt64());

        _proxy.Pass();
        Assert.InRange((await client.ReadAsync()).AsInt64(), 1, 2);
        Assert.InRange((await late.ReadAsync()).AsInt64(), 1, 2);
        Assert.Equal(2, (await _server.ExecuteAsync("GET", "n")).AsInt64());
    }

    [Fact]
    public async Task A_command_sent_into_a_stall_by_a_client_that_left_is_executed_after_it()
    {
        await using (var client = await ConnectAsync())
        {
            await client.ExecuteAsync("SET", "n", "0");
            _proxy.Stall();
            await client.SendAsync("INCR", "n");
        }

        Assert.Equal(0, (await _server.ExecuteAsync("GET", "n")).AsInt64());
        _proxy.Pass();
        await Eventually.HoldsAsync(async () => (await _server.ExecuteAsync("GET", "n")).AsInt64() == 1);
    }

    [Fact]
    public async Task A_black_hole_swallows_everything_and_closes_nothing()
    {
        await using var client = await ConnectAsync();
        await client.ExecuteAsync("SET", "n", "0");

        _proxy.Blackhole();
        await client.SendAsync("INCR", "n");
        var answer = client.ReadAsync();
        await using var newcomer = await ConnectAsync();
        await newcomer.SendAsync("INCR", "n");
        Assert.Equal(1, await _server.CountClientsAsync());
        Assert.True(await _server.KillClientsAsync() == 1);

        _proxy.Pass();
        await using var later = await ConnectAsync();
        Assert.Equal(0, (await later.ExecuteAsync("GET", "n")).AsInt64());
        Assert.False(answer.IsCompleted);

        _proxy.Cut();
        await Assert.ThrowsAnyAsync<IOException>(() => answer);
        await Assert.ThrowsAnyAsync<IOException>(newcomer.ReadAsync);
    }

    [Fact]
    public async Task The_server_does_not_hear_of_a_client_that_left_in_the_black_hole()
    {
        await using (var client = await ConnectAsync())
        {
            await client.ExecuteAsync("PING");
            _proxy.Blackhole();
        }

        await Eventually.HoldsAsync(() => _proxy.Connections == 0);
        Assert.Equal(1, await _server.CountClientsAsync());
        _proxy.Pass();
        Assert.Equal(1, await _server.CountClientsAsync());
        Assert.Equal(1, await _server.KillClientsAsync());
    }

    [Fact]
    public async Task A_cut_resets_all_connections_and_the_next_one_passes()
    {
        await using var client = await ConnectAsync();
        await client.ExecuteAsync("PING");
        var answer = client.ReadAsync();

        _proxy.Cut();
        var lost = await Assert.ThrowsAnyAsync<IOException>(() => answer);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(lost.InnerException).SocketErrorCode);
        await Eventually.HoldsAsync(async () => await _server.CountClientsAsync() == 0);

        await using var next = await ConnectAsync();
        Assert.Equal("PONG", (await next.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task Half_a_connection_can_be_closed()
    {
        await using var client = await ConnectAsync();
        await client.ExecuteAsync("SET", "n", "0");

        _proxy.HalfClose(FaultDirection.ToClient);
        await Assert.ThrowsAsync<EndOfStreamException>(client.ReadAsync);
        await client.SendAsync("INCR", "n");
        await Eventually.HoldsAsync(async () => (await _server.ExecuteAsync("GET", "n")).AsInt64() == 1);
    }

    [Fact]
    public async Task Connections_are_refused_and_then_accepted_at_the_same_port()
    {
        await using var client = await ConnectAsync();
        await client.ExecuteAsync("PING");

        _proxy.Refuse();
        var refused = await Assert.ThrowsAnyAsync<SocketException>(ConnectAsync);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal("PONG", (await client.ExecuteAsync("PING")).Text);

        _proxy.Accept();
        await using var next = await ConnectAsync();
        Assert.Equal("PONG", (await next.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task Answers_are_late_by_the_delay_without_slowing_the_line()
    {
        await using var client = await ConnectAsync();
        await client.ExecuteAsync("PING");
        var delay = TimeSpan.FromMilliseconds(200);
        _proxy.Delay(FaultDirection.ToClient, delay);

        // Were the line held while a piece is late, a hundred answers would take a hundred delays.
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++) await client.SendAsync("INCR", "n");
        for (var i = 1; i <= 100; i++) Assert.Equal(i, (await client.ReadAsync()).AsInt64());
        Assert.InRange(clock.Elapsed, delay - TimeSpan.FromMilliseconds(20), 50 * delay);

        _proxy.Delay(FaultDirection.ToClient, TimeSpan.Zero);
        Assert.Equal(101, (await client.ExecuteAsync("INCR", "n")).AsInt64());
    }

    [Fact]
    public async Task A_lost_reply_belongs_to_a_command_that_was_executed()
    {
        await using var client = await ConnectAsync();
        await client.ExecuteAsync("PING");

        _proxy.LoseNextReply();
        await Assert.ThrowsAnyAsync<IOException>(() => client.ExecuteAsync("INCR", "n"));
        Assert.Equal(1, (await _server.ExecuteAsync("GET", "n")).AsInt64());

        await using var next = await ConnectAsync();
        Assert.Equal(2, (await next.ExecuteAsync("INCR", "n")).AsInt64());
    }

    [Fact]
    public async Task The_reply_to_one_command_is_lost_and_no_other()
    {
        await using var one = await ConnectAsync();
        await using var two = await ConnectAsync();

        _proxy.LoseReplyTo("INCR");
        Assert.Equal("PONG", (await one.ExecuteAsync("PING")).Text);
        await Assert.ThrowsAnyAsync<IOException>(() => two.ExecuteAsync("INCR", "n"));
        Assert.Equal(2, (await one.ExecuteAsync("INCR", "n")).AsInt64());
    }

    [Fact]
    public async Task A_command_cut_one_byte_short_is_not_executed_and_a_whole_one_is()
    {
        var bytes = RedisProbe.Encode("INCR", "n").Length;

        await using (var client = await ConnectAsync())
        {
            _proxy.CutAfter(FaultDirection.ToServer, bytes - 1);
            await Assert.ThrowsAnyAsync<IOException>(() => client.ExecuteAsync("INCR", "n"));
        }

        await Eventually.HoldsAsync(async () => await _server.CountClientsAsync() == 0);
        Assert.True((await _server.ExecuteAsync("GET", "n")).IsNull);

        await using (var client = await ConnectAsync())
        {
            _proxy.CutAfter(FaultDirection.ToServer, bytes);
            await client.SendAsync("INCR", "n");
            Assert.Equal(1, (await client.ReadAsync()).AsInt64());
            await Assert.ThrowsAnyAsync<IOException>(() => client.ExecuteAsync("INCR", "n"));
        }

        Assert.Equal(1, (await _server.ExecuteAsync("GET", "n")).AsInt64());
    }

    [Fact]
    public async Task An_answer_is_cut_in_its_middle()
    {
        await _server.ExecuteAsync("SET", "k", new string('x', 1000));
        await using var client = await ConnectAsync();

        _proxy.CutAfter(FaultDirection.ToClient, 500);
        await Assert.ThrowsAsync<EndOfStreamException>(() => client.ExecuteAsync("GET", "k"));
        await Eventually.HoldsAsync(async () => await _server.CountClientsAsync() == 0);
    }

    [Fact]
    public async Task A_disposed_proxy_leaves_no_connection()
    {
        await using var client = await ConnectAsync();
        await client.ExecuteAsync("PING");
        _proxy.Stall();
        await using var stalled = await ConnectAsync();

        await _proxy.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(client.ReadAsync);
        await Assert.ThrowsAnyAsync<IOException>(stalled.ReadAsync);
        await Eventually.HoldsAsync(async () => await _server.CountClientsAsync() == 0);
    }

    private Task<RedisProbe> ConnectAsync() => RedisProbe.ConnectAsync(_proxy.Host, _proxy.Port);
}
