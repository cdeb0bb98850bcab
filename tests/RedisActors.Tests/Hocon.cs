using Akka.Configuration;
using RedisActors.Configuration;
using RedisActors.Lanes;

namespace RedisActors.Tests;

/// <summary>Settings as a user's configuration and the library's own make them.</summary>
internal static class Hocon
{
    /// <summary>The settings of the connection <c>default</c>, with these lines written under <c>redis-actors.default</c>.</summary>
    public static RedisSettings Settings(string lines = "") => FromRoot(ConfigurationFactory.ParseString($$"""
        redis-actors.default {
          {{lines}}
        }
        """));

    public static RedisSettings FromRoot(Config config) => Connections(config).Default;

    /// <summary>The settings of all connections, with these lines written at the top.</summary>
    public static RedisConnections Connections(string hocon) => Connections(ConfigurationFactory.ParseString(hocon));

    public static RedisConnections Connections(Config config) =>
        RedisConnections.Create(config.WithFallback(RedisExtension.DefaultConfig()));

    /// <summary>What a user is told about invalid settings under <c>redis-actors.default</c>, one problem a line.</summary>
    public static string[] Problems(string lines) => ProblemsOf(() => Settings(lines));

    /// <summary>What a user is told about invalid settings, one problem a line.</summary>
    public static string[] ProblemsOf(Func<object> create) =>
        Assert.Throws<ConfigurationException>(create).Message.Split(Environment.NewLine);
}
