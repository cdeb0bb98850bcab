namespace RedisActors.Tests.Configuration;

/// <summary>What several settings say together: refused where it cannot be meant, and a warning where it hardly is.</summary>
public sealed class SettingsRulesTests
{
    [Theory]
    [InlineData("user = me", "user", "expected both or neither")]
    [InlineData("sentinel.user = me", "sentinel.user", "expected both or neither")]
    [InlineData("topology = sentinel, sentinel.endpoints = [a]", "sentinel.service", "the name under which the sentinels monitor")]
    [InlineData("topology = sentinel, sentinel.service = main", "sentinel.endpoints", "at least one sentinel")]
    [InlineData("topology = cluster, database = 1", "database", "expected 0, the only database there")]
    [InlineData("topology = cluster, lanes = 2", "lanes", "expected 1, because each node has a connection of its own")]
    [InlineData("tls.certificate-file = a.crt", "tls.certificate-file", "both tls.certificate-file and tls.key-file")]
    [InlineData("tls.key-file = a.key", "tls.certificate-file", "both tls.certificate-file and tls.key-file")]
    public void Settings_that_contradict_each_other_are_refused(string lines, string path, string valid)
    {
        var problem = Assert.Single(Hocon.Problems(lines));

        Assert.StartsWith($"redis-actors.default.{path}: ", problem);
        Assert.Contains(valid, problem);
    }

    [Fact]
    public void A_rule_is_not_looked_at_where_one_of_its_settings_is_invalid_by_itself() =>
        Assert.StartsWith("redis-actors.default.topology: ", Assert.Single(Hocon.Problems("topology = several, lanes = 2")));

    [Theory]
    [InlineData("tls.host = a", "tls.host", "tls.enabled is off")]
    [InlineData("tls.ca-file = \"missing.crt\"", "tls.ca-file", "tls.enabled is off")]
    [InlineData("tls { enabled = on, verify = off }", "tls.verify", "any certificate is accepted")]
    [InlineData("sentinel.service = main", "sentinel", "topology is not sentinel")]
    [InlineData("endpoint = a, endpoints = [b]", "endpoint", "endpoints is set")]
    [InlineData("delivery = exactly-once, command-timeout = 1h", "exactly-once.keep", "shorter than command-timeout")]
    public void What_is_valid_and_hardly_meant_is_a_warning(string lines, string path, string reason)
    {
        var warning = Assert.Single(Hocon.Settings(lines).Warnings);

        Assert.StartsWith($"redis-actors.default.{path}: ", warning);
        Assert.Contains(reason, warning);
    }

    [Fact]
    public void What_a_connection_only_inherits_is_no_warning()
    {
        var connections = Hocon.Connections("""
            redis-actors {
              default { tls.host = a, topology = sentinel, sentinel { service = main, endpoints = [b] }
              }
              connections.cache.topology = standalone
            }
            """);

        Assert.Empty(Assert.Single(connections.Named).Warnings);
    }

    [Theory]
    [InlineData("service-stop")]
    [InlineData("before-actor-system-terminate")]
    [InlineData("\"\"")]
    public void A_phase_of_the_coordinated_shutdown_is_valid(string phase) => Assert.Equal(
        phase == "\"\"" ? null : phase, Hocon.Connections(WithPhases($"shutdown.drain-in-phase = {phase}")).Default.DrainInPhase);

    [Fact]
    public void A_phase_that_there_is_not_is_reported_with_the_rest_and_with_those_there_are()
    {
        var problems = Hocon.ProblemsOf(() => Hocon.Connections(WithPhases("shutdown.drain-in-phase = lunch-break, database = -1")));

        Assert.Equal(2, problems.Length);
        var problem = problems.Single(line => line.StartsWith("redis-actors.default.shutdown.drain-in-phase: 'lunch-break' is not valid"));
        Assert.Contains("before-service-unbind", problem);
        Assert.Contains("before-actor-system-terminate", problem);
    }

    private static Akka.Configuration.Config WithPhases(string lines) =>
        Akka.Configuration.ConfigurationFactory.ParseString($"redis-actors.default {{\n{lines}\n}}")
            .WithFallback(Akka.Configuration.ConfigurationFactory.Default());
}
