using System.Diagnostics;
using System.Text.RegularExpressions;
using RedisActors.Testing;

namespace RedisActors.Demo.Tests;

/// <summary>The demo as a user runs it: a process of its own, its output and its exit code.</summary>
public sealed partial class DemoRunTests
{
    [Fact]
    public async Task A_run_ends_with_a_clean_ledger()
    {
        using var demo = DemoProcess.Start("--seconds", "6", "--rate", "400", "--faults", "client-kill");
        var lines = await demo.ReadToEndAsync();

        Assert.Equal(0, demo.ExitCode);
        Assert.Contains(lines, line => line.EndsWith("CLIENT KILL: the server closed 1 connection", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("ready again after", StringComparison.Ordinal));
        Assert.Matches(Ledger(), lines[^1]);
        Assert.DoesNotContain("applied=0 ", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill", "kill -9")]
    [InlineData("stall", "SIGSTOP")]
    public async Task A_signal_in_the_middle_of_a_fault_ends_it_with_a_clean_ledger(string fault, string announced)
    {
        using var demo = DemoProcess.Start("--seconds", "50", "--rate", "400", "--faults", fault);
        await demo.ReadUntilAsync(announced);
        demo.Terminate();
        var lines = await demo.ReadToEndAsync();

        Assert.Equal(0, demo.ExitCode);
        Assert.Matches(Ledger(), lines[^1]);
        Assert.False(await RedisProbe.AnswersAsync("127.0.0.1", demo.Port, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task No_server_is_left_behind_by_a_demo_that_was_killed()
    {
        using var demo = DemoProcess.Start("--seconds", "50", "--faults", "none");
        await demo.ReadUntilAsync("ready");
        Assert.True(await RedisProbe.AnswersAsync("127.0.0.1", demo.Port, TimeSpan.FromSeconds(5)));

        demo.Kill();
        while (await RedisProbe.AnswersAsync("127.0.0.1", demo.Port, TimeSpan.FromSeconds(1))) await Task.Yield();
    }

    [Fact]
    public async Task A_server_of_ones_own_is_left_as_it_was()
    {
        await using var server = await RedisServer.StartAsync();
        await server.ExecuteAsync("SET", "mine", "1");
        using var demo = DemoProcess.Start("--seconds", "1", "--rate", "400", "--redis", server.Endpoint);
        var lines = await demo.ReadToEndAsync();

        Assert.Equal(0, demo.ExitCode);
        Assert.Matches(Ledger(), lines[^1]);

        // Tokens of the very last commands may be left to their expiry.
        var keys = (await server.ExecuteAsync("KEYS", "*")).Items.Select(key => key.Text);
        Assert.Equal(["mine"], keys.Where(key => key?.StartsWith("redisactors:", StringComparison.Ordinal) != true));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        using var demo = DemoProcess.Start("--redis", $"127.0.0.1:{LoopbackPorts.PickFree()}");
        var lines = await demo.ReadToEndAsync();

        Assert.Equal(1, demo.ExitCode);
        Assert.Empty(lines);
    }

    [GeneratedRegex(
        @"^ledger sent=\d+ applied=\d+ rejected=0 not_sent=\d+ unknown=\d+ server=\d+ lost=0 duplicated=0 unanswered=0 recovery_ms_max=\d+$")]
    private static partial Regex Ledger();
}
