using RedisActors.Connection;
using RedisActors.Testing;

namespace RedisActors.Tests.Links;

/// <summary>What a server's answers to the first questions mean for the link.</summary>
public sealed class ServerAnswersTests : LinkSpec
{
    [Theory]
    [InlineData("TIME")]
    [InlineData("DBSIZE")]
    [InlineData("RANDOMKEY")]
    public async Task A_server_that_answers_ROLE_with_something_else_is_no_primary(string inItsPlace)
    {
        var server = await StartServerAsync(new RedisServerOptions
        {
            Arguments = ["--rename-command", "ROLE", "", "--rename-command", inItsPlace, "ROLE"],
        });

        Assert.Equal(
            $"{server.Endpoint} answers ROLE with something that is not a role", await SilenceAsync($"endpoint = \"{server.Endpoint}\""));
    }

    [Fact]
    public async Task A_busy_server_is_waited_for_and_the_cause_is_in_words_of_the_librarys_own()
    {
        var server = await StartServerAsync(new RedisServerOptions { Arguments = ["--busy-reply-threshold", "1"] });
        await using var script = await server.ConnectAsync();
        await using var probe = await server.ConnectAsync();
        var links = Links($"endpoint = \"{server.Endpoint}\"");
        await script.SendAsync("EVAL", "while true do end", "0");
        await UntilAsync(async () => (await probe.ExecuteAsync("PING")).IsError);

        var cause = await Assert.ThrowsAsync<ServerSilentException>(() => ConnectAsync(links));
        Assert.Equal($"{server.Endpoint} is busy with a script or function that has been running for too long", cause.Message);
        Assert.False(await links.AnswersAsync(CancellationToken.None));

        (await probe.ExecuteAsync("SCRIPT", "KILL")).OrThrow();
        await UntilAsync(async () => !(await probe.ExecuteAsync("PING")).IsError);
        await ConnectAsync(links);
    }
}
