namespace RedisActors.Tests.Configuration;

public sealed class UnknownSettingTests
{
    [Theory]
    [InlineData("default.endpont = a", "default.endpont", "default.endpoint")]
    [InlineData("default.heartbeat.intervall = 1s", "default.heartbeat.intervall", "default.heartbeat.interval")]
    [InlineData("default.hartbeat.interval = 1s", "default.hartbeat", "default.heartbeat")]
    [InlineData("default.retsart.within = 1s", "default.retsart", "default.restart")]
    [InlineData("default.jitter = 0.5", "default.jitter", "default.backoff.jitter")]
    [InlineData("default.max-restarts = 5", "default.max-restarts", "default.restart.max-restarts")]
    [InlineData("default.heartbeat.busygrace = 5s", "default.heartbeat.busygrace", "default.heartbeat.busy-grace")]
    [InlineData("default.commandTimeout = 5s", "default.commandTimeout", "default.command-timeout")]
    [InlineData("endpoint = a", "endpoint", "default.endpoint")]
    [InlineData("defualt.endpoint = a", "defualt", "default")]
    [InlineData("conections.cache.endpoint = a", "conections", "connections")]
    [InlineData("connections.cache.endpont = a", "connections.cache.endpont", "connections.cache.endpoint")]
    [InlineData("connections.cache.tls.enable = on", "connections.cache.tls.enable", "connections.cache.tls.enabled")]
    public void An_unknown_key_is_named_with_the_nearest_known_one(string line, string path, string nearest)
    {
        var problem = Assert.Single(Problems(line));

        Assert.Equal($"redis-actors.{path}: there is no such setting; did you mean redis-actors.{nearest}?", problem);
    }

    [Fact]
    public void Where_none_is_near_those_are_named_that_there_are()
    {
        var problem = Assert.Single(Problems("default.heartbeat.colour = red"));

        Assert.Equal(
            "redis-actors.default.heartbeat.colour: there is no such setting; expected a section with interval, timeout, busy-grace",
            problem);
    }

    [Fact]
    public void A_value_is_never_shown_since_it_may_be_a_password() =>
        Assert.DoesNotContain("secret", string.Join('\n', Problems("default.pasword = secret\nx = secret")));

    [Fact]
    public void A_value_in_the_place_of_a_section_is_reported_once()
    {
        var problem = Assert.Single(Problems("default.heartbeat = 5s"));

        Assert.Equal(
            "redis-actors.default.heartbeat: text is not valid; expected a section with interval, timeout, busy-grace", problem);
    }

    [Fact]
    public void A_key_that_all_connections_inherit_is_reported_once() =>
        Assert.Single(Problems("default.endpont = a\nconnections.cache {}\nconnections.sessions {}"));

    [Fact]
    public void The_library_knows_all_its_own_settings()
    {
        var reference = RedisExtension.DefaultConfig();

        Assert.Empty(Hocon.Connections(reference).Default.Warnings);
    }

    private static string[] Problems(string lines) =>
        Hocon.ProblemsOf(() => Hocon.Connections($"redis-actors {{\n{lines}\n}}"));
}
