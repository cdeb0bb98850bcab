using Akka.Configuration;
using RedisActors.Configuration;

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

    public static RedisSettings FromRoot(Config config) =>
        RedisSettings.Create("default", config.WithFallback(RedisExtension.DefaultConfig()).GetConfig("redis-actors"));

    /// <summary>What a user is told about invalid settings, one problem a line.</summary>
    public static string[] Problems(string lines) =>
        Assert.Throws<ConfigurationException>(() => Settings(lines)).Message.Split(Environment.NewLine);
}
