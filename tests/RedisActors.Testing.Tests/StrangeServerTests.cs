using System.Net;
using System.Net.Sockets;

namespace RedisActors.Testing.Tests;

public sealed class StrangeServerTests
{
    [Fact]
    public async Task A_web_server_answers_a_web_client_and_a_Redis_client_alike()
    {
        await using var server = StrangeServer.Http();
        using var web = new HttpClient();
        using var response = await web.GetAsync(new Uri($"http://{server.Endpoint}/"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);

        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);
        var notRedis = await Assert.ThrowsAsync<InvalidDataException>(() => probe.ExecuteAsync("PING"));
        Assert.Contains("'H'", notRedis.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task A_port_that_closes_is_seen_to_close()
    {
        await using var server = StrangeServer.Closing();
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);

        await Assert.ThrowsAnyAsync<IOException>(() => probe.ReadAsync());
    }

    [Fact]
    public async Task A_silent_port_accepts_and_says_nothing()
    {
        await using var server = StrangeServer.Silent();
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);
        probe.Timeout = TimeSpan.FromMilliseconds(200);

        await Assert.ThrowsAsync<TimeoutException>(() => probe.ExecuteAsync("PING"));
    }

    [Fact]
    public async Task The_right_server_can_follow_at_the_same_port()
    {
        var strange = StrangeServer.Silent();
        await using var client = await RedisProbe.ConnectAsync(strange.Host, strange.Port);
        await strange.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync());
        await Assert.ThrowsAnyAsync<SocketException>(() => RedisProbe.ConnectAsync(strange.Host, strange.Port));

        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Port = strange.Port });
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }
}
