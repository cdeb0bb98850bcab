using RedisActors.Testing;

namespace RedisActors.Hosting.Tests;

/// <summary>Without a host, Akka's own hook drains the commands on SIGTERM.</summary>
public sealed class ConsoleShutdownTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Every_command_in_flight_is_answered_by_the_server()
    {
        using var console = await StartAsync();

        console.Terminate();
        await console.EndAsync();

        var applied = await CountAsync(console, Outcome.Applied);
        Assert.Equal(applied, await CountAsync());
        Assert.Equal(0, await CountAsync(console, Outcome.Unknown));
        Assert.Equal(ConsoleProgram.Callers, await CountAsync(console, Outcome.NotSent));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task During_an_outage_every_command_gets_its_outcome(bool frozen)
    {
        using var console = await StartAsync();

        if (frozen) _redis.Suspend();
        else _redis.Kill();
        console.Terminate();
        await console.EndAsync();

        var applied = await CountAsync(console, Outcome.Applied);
        var unknown = await CountAsync(console, Outcome.Unknown);
        Assert.Equal(ConsoleProgram.Callers, unknown + await CountAsync(console, Outcome.NotSent));
        if (frozen) _redis.Resume();
        else await _redis.StartAgainAsync();
        Assert.InRange(await CountAsync(), applied, applied + unknown);
    }

    private async Task<ChildProcess> StartAsync()
    {
        var console = ChildProcess.Start(ConsoleProgram.Name, _redis.Endpoint);
        await Until.HoldsAsync("commands are executed", async () => await CountAsync() > 500);
        return console;
    }

    private static async Task<int> CountAsync(ChildProcess console, Outcome outcome) =>
        int.Parse(await console.SaidAsync($"{outcome} "));

    private async Task<int> CountAsync() =>
        (await _redis.ExecuteAsync("GET", "number")).Text is { Length: > 0 } number ? int.Parse(number) : 0;
}
