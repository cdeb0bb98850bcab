using RedisActors.Testing;

namespace RedisActors.Demo.Tests;

public sealed class DemoOptionsTests
{
    [Fact]
    public void Without_options_all_faults_are_injected_within_half_a_minute()
    {
        Assert.True(DemoOptions.TryParse([], out var options, out _));
        Assert.Equal(TimeSpan.FromSeconds(30), options.Duration);
        Assert.Equal(1000, options.Rate);
        Assert.Equal(FaultKind.All, options.Faults);
        Assert.Equal(ServerProgram.Automatic, options.Server);
        Assert.Null(options.Redis);
        Assert.False(options.Plain);
    }

    [Fact]
    public void Options_are_parsed()
    {
        Assert.True(DemoOptions.TryParse(
            ["--seconds", "7", "--rate=50", "--faults", "client-kill,kill", "--plain"], out var options, out _));
        Assert.Equal(TimeSpan.FromSeconds(7), options.Duration);
        Assert.Equal(50, options.Rate);
        Assert.Equal([FaultKind.ClientKill, FaultKind.Kill], options.Faults);
        Assert.True(options.Plain);

        Assert.True(DemoOptions.TryParse(["--faults", "none"], out options, out _));
        Assert.Empty(options.Faults);
    }

    [Fact]
    public void The_server_is_chosen_by_name()
    {
        Assert.True(DemoOptions.TryParse(["--server", "redis"], out var options, out _));
        Assert.Equal(ServerProgram.Redis, options.Server);

        Assert.True(DemoOptions.TryParse(["--server", "embedded"], out options, out _));
        Assert.Equal(ServerProgram.Embedded, options.Server);
    }

    [Fact]
    public void The_shop_has_a_rate_of_its_own_and_a_server_of_its_own()
    {
        Assert.True(DemoOptions.TryParse(["--shop"], out var options, out _));
        Assert.True(options.Shop);
        Assert.Equal(200, options.Rate);
        Assert.True(DemoOptions.TryParse(["--shop", "--rate", "50"], out options, out _));
        Assert.Equal(50, options.Rate);
        Assert.False(DemoOptions.TryParse(["--shop", "--redis", "localhost:6379"], out _, out _));
    }

    [Fact]
    public void No_faults_are_injected_into_the_users_own_server()
    {
        Assert.True(DemoOptions.TryParse(["--redis", "[::1]:6379"], out var options, out _));
        Assert.Equal(new ServerAddress("::1", 6379), options.Redis);
        Assert.Equal("[::1]:6379", options.Redis!.ToString());
        Assert.Empty(options.Faults);

        Assert.True(DemoOptions.TryParse(["--redis", "example:1", "--faults", "none"], out options, out _));
        Assert.Empty(options.Faults);
    }

    [Theory]
    [InlineData("--seconds", "0")]
    [InlineData("--seconds", "soon")]
    [InlineData("--seconds")]
    [InlineData("--rate", "-1")]
    [InlineData("--rate", "1000001")]
    [InlineData("--faults", "earthquake")]
    [InlineData("--faults", "kill,none")]
    [InlineData("--redis", "localhost")]
    [InlineData("--redis", "localhost:70000")]
    [InlineData("--redis", "::1:6379")]
    [InlineData("--redis", "localhost:6379", "--faults", "kill")]
    [InlineData("--redis", "localhost:6379", "--server", "redis")]
    [InlineData("--server", "memcached")]
    [InlineData("--server")]
    [InlineData("--colour")]
    [InlineData("more")]
    public void Invalid_options_end_with_exit_code_2(params string[] arguments)
    {
        Assert.False(DemoOptions.TryParse(arguments, out _, out var exitCode));
        Assert.Equal(2, exitCode);
    }

    [Fact]
    public void Help_ends_with_exit_code_0()
    {
        Assert.False(DemoOptions.TryParse(["--help"], out _, out var exitCode));
        Assert.Equal(0, exitCode);
    }
}
