using System.Net;
using RedisActors.Testing;

namespace RedisActors.Hosting.Tests;

/// <summary>On SIGTERM a web application finishes its requests first; only then does its actor system stop.</summary>
public sealed class HostShutdownTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("web-application.conf")]
    public async Task Every_request_that_was_accepted_is_answered_200(string? example)
    {
        var hocon = example is null ? "" : await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, example));
        using var web = ChildProcess.Start(WebProgram.Name, _redis.Endpoint, hocon);
        using var load = await StartLoadAsync(web);

        web.Terminate();
        await web.EndAsync();

        var answers = await load.EndAsync();
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal($"{answers.Count} requests", await web.SaidAsync("Accepted"));
        Assert.Equal(answers.Count, await CountAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task During_an_outage_every_request_is_answered_with_the_outcome_of_its_command(bool frozen)
    {
        using var web = ChildProcess.Start(WebProgram.Name, _redis.Endpoint, "redis-actors.default.command-timeout = 2s");
        using var load = await StartLoadAsync(web);

        if (frozen) _redis.Suspend();
        else _redis.Kill();
        web.Terminate();
        await web.EndAsync();

        var answers = await load.EndAsync();
        Assert.Equal($"{answers.Count} requests", await web.SaidAsync("Accepted"));
        var applied = answers.Count(answer => answer.Status == HttpStatusCode.OK);
        var failed = answers.Where(answer => answer.Status == HttpStatusCode.ServiceUnavailable).Select(answer => answer.Text).ToArray();
        Assert.Equal(answers.Count, applied + failed.Length);
        Assert.NotEmpty(failed);
        Assert.Empty(failed.Except([$"{Outcome.NotSent}", $"{Outcome.Unknown}"]));
        if (frozen) _redis.Resume();
        else await _redis.StartAgainAsync();
        Assert.InRange(await CountAsync(), applied, applied + failed.Count(outcome => outcome == $"{Outcome.Unknown}"));
    }

    [Fact]
    public async Task An_outage_that_ends_in_time_costs_no_request()
    {
        using var web = ChildProcess.Start(WebProgram.Name, _redis.Endpoint, "redis-actors.default.delivery = exactly-once");
        using var load = await StartLoadAsync(web);

        _redis.Kill();
        web.Terminate();
        await web.SaidAsync("Stopping");
        await _redis.StartAgainAsync();
        await web.EndAsync();

        var answers = await load.EndAsync();
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal($"{answers.Count} requests", await web.SaidAsync("Accepted"));
        Assert.Equal(answers.Count, await CountAsync());
    }

    [Fact]
    public async Task A_service_that_was_registered_after_AddAkka_can_still_send_when_it_stops()
    {
        using var web = ChildProcess.Start(WebProgram.Name, _redis.Endpoint);
        await web.SaidAsync("Listening on");

        web.Terminate();
        await web.EndAsync();

        Assert.Equal($"{Outcome.Applied}", await web.SaidAsync("The service after AddAkka was told"));
        Assert.Equal($"{Outcome.NotSent}", await web.SaidAsync("The service before AddAkka was told"));
        Assert.Equal("1", (await _redis.ExecuteAsync("GET", "last-words")).Text);
    }

    private static async Task<RequestLoad> StartLoadAsync(ChildProcess web)
    {
        var load = RequestLoad.Start(await web.SaidAsync("Listening on"));
        await Until.HoldsAsync("requests are answered", () => Task.FromResult(load.Answered > 500));
        return load;
    }

    /// <summary>How many requests the server has executed the second command of.</summary>
    private async Task<int> CountAsync() => int.Parse((await _redis.ExecuteAsync("GET", "second")).Text);
}
