using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using RedisActors.Connection;

namespace RedisActors.Tests.Configuration;

/// <summary>Users and passwords that come beside the configuration.</summary>
public sealed class SecretsSetupTests
{
    private static readonly RedisSecrets App = new() { User = "app", Password = " pass\"word\\\n${x} ", SentinelUser = "watcher", SentinelPassword = "word" };

    [Fact]
    public void They_are_the_users_and_passwords_of_their_connection()
    {
        var link = Default(string.Empty, App);

        Assert.Equal((App.User, App.Password), (link.Credentials.User, link.Credentials.Password));
        Assert.Equal((App.SentinelUser, App.SentinelPassword), (link.Sentinel.User, link.Sentinel.Password));
    }

    [Fact]
    public void They_go_before_those_of_HOCON_each_for_itself()
    {
        var link = Default("user = me, password = a, sentinel { user = b, password = c }", new RedisSecrets { Password = "d", SentinelUser = "e" });

        Assert.Equal(("me", "d"), (link.Credentials.User, link.Credentials.Password));
        Assert.Equal(("e", "c"), (link.Sentinel.User, link.Sentinel.Password));
    }

    [Fact]
    public void Empty_text_is_none() =>
        Assert.Null(Default("password = a", new RedisSecrets { Password = string.Empty }).Credentials.Password);

    [Fact]
    public void A_connection_inherits_those_of_default_and_has_its_own_before_them()
    {
        var connections = Connections(
            "redis-actors.connections { one {}\ntwo { password = two }\nthree {}\n}",
            RedisSecretsSetup.Empty.With("default", new RedisSecrets { Password = "common" }).With("three", new RedisSecrets { Password = "three" }));

        Assert.Equal(["common", "two", "three"], connections.Named.Select(named => named.Link.Credentials.Password));
    }

    [Fact]
    public void A_password_of_its_own_goes_before_a_provider_that_is_inherited()
    {
        var provider = $"redis-actors.default.credentials-provider = \"{typeof(Nobody).AssemblyQualifiedName}\"\nredis-actors.connections.cache {{}}";

        var named = Assert.Single(Connections(provider, RedisSecretsSetup.Empty.With("cache", App)).Named);

        Assert.Equal((App.Password, null), (named.Link.Credentials.Password, named.Link.Credentials.CreateProvider));
    }

    [Fact]
    public void They_obey_the_same_rules_as_those_of_HOCON() => Assert.StartsWith(
        "redis-actors.default.user: 'app' is not valid without a password",
        Assert.Single(Hocon.ProblemsOf(() => Default(string.Empty, new RedisSecrets { User = "app" }))));

    [Fact]
    public void A_connection_that_is_not_configured_is_reported() => Assert.Equal(
        "RedisSecretsSetup: there is no connection 'chache'; expected default, cache",
        Assert.Single(Hocon.ProblemsOf(() => Connections("redis-actors.connections.cache {}", RedisSecretsSetup.Empty.With("chache", App)))));

    [Fact]
    public void What_is_added_later_replaces_what_was_there_each_for_itself()
    {
        var setup = RedisSecretsSetup.Empty.With("default", App).With("default", new RedisSecrets { Password = "new" });

        var link = Connections(string.Empty, setup).Default.Link;

        Assert.Equal(("app", "new"), (link.Credentials.User, link.Credentials.Password));
    }

    [Fact]
    public void The_extension_takes_them_from_the_actor_system_whose_configuration_does_not_hold_them()
    {
        var config = ConfigurationFactory.ParseString("""redis-actors.default { endpoint = "127.0.0.1:1", user = app }""");
        using var kit = new TestKit(BootstrapSetup.Create().WithConfig(config.WithFallback(TestKit.DefaultConfig))
            .And(RedisSecretsSetup.Empty.With("default", new RedisSecrets { Password = "hunter2" })));

        Assert.Equal("/user/redis", RedisExtension.Get(kit.Sys).RedisActor.Path.ToStringWithoutAddress());
        Assert.DoesNotContain("hunter2", kit.Sys.Settings.ToString() + kit.Sys.Settings.Config.ToString(includeFallback: true));
    }

    [Fact]
    public void Their_text_shows_users_and_no_password()
    {
        Assert.Equal("user app, password (set), sentinel user watcher, sentinel password (set)", App.ToString());
        Assert.Equal("secrets of cache, default", RedisSecretsSetup.Empty.With("default", App).With("cache", App).ToString());
    }

    private static LinkSettings Default(string lines, RedisSecrets secrets) =>
        Connections($"redis-actors.default {{\n{lines}\n}}", RedisSecretsSetup.Empty.With("default", secrets)).Default.Link;

    private static RedisConnections Connections(string hocon, RedisSecretsSetup secrets) =>
        RedisConnections.Create(ConfigurationFactory.ParseString(hocon).WithFallback(RedisExtension.DefaultConfig()), secrets);

    public sealed class Nobody : IRedisCredentialsProvider
    {
        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) => new(new RedisCredentials(null, null));
    }
}
