using Akka.Configuration;

namespace RedisActors.Gateway.Tests;

/// <summary>Each wrong setting is named by its path, with what would be valid.</summary>
public sealed class GatewaySettingsTests
{
    [Fact]
    public void The_defaults_are_local_and_open()
    {
        var settings = Read("");

        Assert.Equal("127.0.0.1:6380", GatewaySettings.Shown(settings.Listen));
        Assert.Equal("default", settings.Connection.Name);
        Assert.Null(settings.Delivery);
        Assert.Null(settings.Password);
        Assert.False(settings.UsesTls);
        Assert.Equal(1000, settings.MaxConnections);
        Assert.Equal("service-requests-done", settings.DrainInPhase);
    }

    [Fact]
    public void What_is_set_is_read()
    {
        var settings = Read("""
            listen = "unix:/run/redis.sock", unix-socket-permissions = "660", delivery = exactly-once, password = secret, connection = cache
            """, "redis-actors.connections.cache.database = 3");

        Assert.Equal("unix:/run/redis.sock", GatewaySettings.Shown(settings.Listen));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, settings.SocketPermissions);
        Assert.Equal(DeliveryMode.ExactlyOnce, settings.Delivery);
        Assert.Equal("secret", settings.Password);
        Assert.Equal(3, settings.Connection.Link.Database);
    }

    [Theory]
    [InlineData("127.0.0.1:7000", "127.0.0.1:7000")]
    [InlineData("localhost:7000", "127.0.0.1:7000")]
    [InlineData("[::1]:7000", "[::1]:7000")]
    [InlineData("127.8.8.8:7000", "127.8.8.8:7000")]
    public void What_is_loopback_needs_no_password(string listen, string expected) =>
        Assert.Equal(expected, GatewaySettings.Shown(Read($"listen = \"{listen}\"").Listen));

    [Theory]
    [InlineData("0.0.0.0:6380", "")]
    [InlineData("[::]:6380", "password = secret")]
    [InlineData("10.0.0.1:6380", "password = secret")]
    public void Whoever_could_reach_it_has_to_log_in_over_TLS(string listen, string more) => Assert.Equal(
        $"redis-actors.gateway.listen: '{listen}' is not loopback, and needs both password and tls.enabled: whoever can reach it could use Redis",
        Assert.Throws<ConfigurationException>(() => Read($"listen = \"{listen}\"\n{more}")).Message);

    [Theory]
    [InlineData("lisen = x", "redis-actors.gateway.lisen: there is no such setting; did you mean redis-actors.gateway.listen?")]
    [InlineData("listen = nowhere", "redis-actors.gateway.listen: 'nowhere' is not valid; expected an address and a port, such as 127.0.0.1:6380 or [::1]:6380, localhost and a port, or unix: and the path of a socket")]
    [InlineData("listen = \"unix:\"", "redis-actors.gateway.listen: 'unix:' is not valid; expected unix: and a path of 1 to 107 bytes")]
    [InlineData("unix-socket-permissions = 888", "redis-actors.gateway.unix-socket-permissions: '888' is not valid; expected three octal digits, such as 600 or 660")]
    [InlineData("delivery = twice", "redis-actors.gateway.delivery: 'twice' is not valid; expected connection, at-most-once, when-safe, at-least-once, exactly-once")]
    [InlineData("connection = other", "redis-actors.gateway.connection: 'other' is not valid; expected default, or a name under redis-actors.connections,")]
    [InlineData("max-connections = 0", "redis-actors.gateway.max-connections: '0' is not valid; expected a whole number from 1 to 1000000")]
    [InlineData("unread-timeout = 5", "redis-actors.gateway.unread-timeout: '5' without a unit (such as 5s or 5ms) is not valid; expected a duration from 1ms to 1d, such as 500ms, 3s or 2m")]
    [InlineData("shutdown.drain-in-phase = nosuch", "redis-actors.gateway.shutdown.drain-in-phase: 'nosuch' is not valid; expected a phase of akka.coordinated-shutdown.phases (")]
    [InlineData("tls.enabled = on", "redis-actors.gateway.tls.enabled: 'on' needs both tls.certificate-file and tls.key-file")]
    [InlineData("tls { enabled = on, certificate-file = /nowhere, key-file = /nowhere }", "redis-actors.gateway.tls.certificate-file: '/nowhere' cannot be used with tls.key-file: there is no such file; expected files (PEM)")]
    public void What_is_wrong_is_named(string setting, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigurationException>(() => Read(setting)).Message);

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var stage = await GatewayStage.SetAsync();

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => GatewayStage.SetAsync($"listen = \"127.0.0.1:{stage.Port}\""));

        Assert.StartsWith($"redis-actors.gateway.listen: cannot listen on 127.0.0.1:{stage.Port}: ", error.Message);
    }

    [Fact]
    public void The_package_holds_the_reference_conf_of_this_repository() => Assert.Equal(
        ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "reference-gateway.conf"))).ToString(),
        RedisGateway.DefaultConfig().ToString());

    private static GatewaySettings Read(string gateway, string more = "") => GatewaySettings.Create(
        ConfigurationFactory.ParseString($"redis-actors.gateway {{\n{gateway}\n}}\n{more}")
            .WithFallback(RedisExtension.DefaultConfig()).WithFallback(ConfigurationFactory.Default()));
}
