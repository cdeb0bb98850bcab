using System.Text.RegularExpressions;
using RedisActors.Testing;

namespace RedisActors.Demo.Tests;

/// <summary>The demo as a user runs it: a process of its own, its output and its exit code.</summary>
public sealed partial class DemoRunTests
{
    [Theory]
    [InlineData("redis")]
    [InlineData("embedded")]
    public async Task A_run_ends_with_a_clean_ledger(string server)
    {
        using var demo = DemoProcess.Start("--seconds", "7", "--rate", "400", "--faults", "client-kill", "--server", server);
        var lines = await demo.ReadToEndAsync();

        AssertClean(demo, lines);
        Assert.Contains(lines, line => line.EndsWith("CLIENT KILL: the server closed 1 connection", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("ready again after", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_embedded_server_is_stopped_and_suspended_and_the_ledger_is_clean()
    {
        using var demo = DemoProcess.Start("--seconds", "30", "--rate", "400", "--faults", "kill,stall", "--server", "embedded");
        var lines = await demo.ReadToEndAsync();

        AssertClean(demo, lines);
        Assert.Contains(lines, line => line.EndsWith("orderly stop: the server is gone for 3 s", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("kill: first command applied", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("stall: first command applied", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_redis_server_on_the_path_the_demo_runs_on_the_embedded_server()
    {
        using var demo = DemoProcess.StartWithEmptyPath("--seconds", "5", "--rate", "400", "--faults", "none");
        var lines = await demo.ReadToEndAsync();

        AssertClean(demo, lines);
        Assert.Contains("no redis-server on the PATH: started the embedded server, Garnet", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redis_server_that_is_named_and_not_on_the_path_is_an_error()
    {
        using var demo = DemoProcess.StartWithEmptyPath("--server", "redis");
        var lines = await demo.ReadToEndAsync();

        Assert.Equal(1, demo.ExitCode);
        Assert.Empty(lines);
    }

    [Theory]
    [InlineData("redis", "kill", "kill -9")]
    [InlineData("redis", "stall", "SIGSTOP")]
    [InlineData("embedded", "kill", "orderly stop:")]
    [InlineData("embedded", "stall", "SIGSTOP")]
    public async Task A_signal_in_the_middle_of_a_fault_ends_the_demo_with_a_clean_ledger(
        string server, string fault, string announced)
    {
        using var demo = DemoProcess.Start("--seconds", "50", "--rate", "400", "--faults", fault, "--server", server);
        await demo.ReadUntilAsync(announced);
        demo.Terminate();
        var lines = await demo.ReadToEndAsync();

        AssertClean(demo, lines);
        Assert.False(await RedisProbe.AnswersAsync("127.0.0.1", demo.Port, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("redis", "none", "ready")]
    [InlineData("embedded", "none", "ready")]
    [InlineData("redis", "stall", "SIGSTOP")]
    [InlineData("embedded", "stall", "SIGSTOP")]
    public async Task A_demo_that_was_killed_leaves_no_server_behind(string server, string faults, string announced)
    {
        using var demo = DemoProcess.Start("--seconds", "50", "--rate", "400", "--faults", faults, "--server", server);
        await demo.ReadUntilAsync(announced);
        Assert.NotEmpty(demo.Folders);

        demo.Kill();
        while (await RedisProbe.AnswersAsync("127.0.0.1", demo.Port, TimeSpan.FromSeconds(1))) await Task.Yield();
        await demo.UntilFoldersAreGoneAsync();
    }

    [Fact]
    public async Task The_users_own_server_is_left_as_it_was()
    {
        await using var server = await RedisServer.StartAsync();
        await server.ExecuteAsync("SET", "mine", "1");
        using var demo = DemoProcess.Start("--seconds", "1", "--rate", "400", "--redis", server.Endpoint);
        var lines = await demo.ReadToEndAsync();

        AssertClean(demo, lines);

        // Tokens of the very last commands may be left to their expiry.
        var keys = (await server.ExecuteAsync("KEYS", "*")).Items.Select(key => key.Text);
        Assert.Equal(["mine"], keys.Where(key => key?.StartsWith("redisactors:", StringComparison.Ordinal) != true));
    }

    [Fact]
    public async Task An_address_without_a_server_is_an_error()
    {
        using var demo = DemoProcess.Start("--redis", $"127.0.0.1:{LoopbackPorts.PickFree()}");
        var lines = await demo.ReadToEndAsync();

        Assert.Equal(1, demo.ExitCode);
        Assert.Empty(lines);
    }

    private static void AssertClean(DemoProcess demo, IReadOnlyList<string> lines)
    {
        Assert.True(demo.ExitCode == 0, string.Join('\n', lines));
        Assert.Matches(Ledger(), lines[^1]);
        Assert.DoesNotContain("applied=0 ", lines[^1], StringComparison.Ordinal);
    }

    [GeneratedRegex(
        @"^ledger sent=\d+ applied=\d+ rejected=0 not_sent=\d+ unknown=\d+ server=\d+ lost=0 duplicated=0 unanswered=0 recovery_ms_max=\d+$")]
    private static partial Regex Ledger();
}
