namespace RedisActors.Testing.Tests;

public sealed class RedisProbeTests
{
    [Fact]
    public async Task Every_kind_of_answer_is_read()
    {
        await using var server = await RedisServer.StartAsync();
        await using var probe = await server.ConnectAsync();

        Assert.Equal(ProbeReplyKind.Status, (await probe.ExecuteAsync("SET", "k", "grüße\r\n")).Kind);
        Assert.Equal("grüße\r\n", (await probe.ExecuteAsync("GET", "k")).Text);
        Assert.True((await probe.ExecuteAsync("GET", "missing")).IsNull);
        Assert.Equal(-3, (await probe.ExecuteAsync("DECRBY", "n", "3")).AsInt64());
        Assert.Equal(-3, (await probe.ExecuteAsync("GET", "n")).AsInt64());

        var error = await probe.ExecuteAsync("INCR", "k");
        Assert.True(error.IsError);
        Assert.Throws<InvalidOperationException>(() => error.OrThrow());

        var array = await probe.ExecuteAsync("EVAL", "return {1, 'two', {3, false}, {}}", "0");
        Assert.Equal("[1, two, [3, (nil)], []]", array.ToString());
        Assert.Equal(string.Empty, (await probe.ExecuteAsync("ECHO", "")).Text);
    }

    [Fact]
    public async Task Long_answers_are_read_whole()
    {
        await using var server = await RedisServer.StartAsync();
        await using var probe = await server.ConnectAsync();
        var text = new string('x', 300_000);

        await probe.ExecuteAsync("SET", "k", text);
        Assert.Equal(text, (await probe.ExecuteAsync("GET", "k")).Text);
        var many = await probe.ExecuteAsync("EVAL", "local t = {} for i = 1, 20000 do t[i] = i end return t", "0");
        Assert.Equal(20_000, many.Items.Count);
        Assert.Equal(20_000, many.Items[^1].AsInt64());
    }

    [Fact]
    public async Task A_command_that_is_not_answered_in_time_ends()
    {
        await using var server = await RedisServer.StartAsync();
        await using var probe = await server.ConnectAsync();
        probe.Timeout = TimeSpan.FromMilliseconds(100);
        server.Suspend();

        await Assert.ThrowsAsync<TimeoutException>(() => probe.ExecuteAsync("PING"));
    }
}
