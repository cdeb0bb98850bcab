using System.Security.Authentication;

namespace RedisActors.Testing.Tests;

public sealed class RedisServerAccessTests
{
    [Fact]
    public async Task A_password_keeps_strangers_out_and_lets_the_fixture_in()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Password = "secret" });

        await using (var stranger = await RedisProbe.ConnectAsync(server.Host, server.Port))
        {
            Assert.StartsWith("NOAUTH", (await stranger.ExecuteAsync("PING")).Text, StringComparison.Ordinal);
        }

        Assert.True(await LetsInAsync(server, new ProbeAccess { Password = "secret" }));
        Assert.False(await LetsInAsync(server, new ProbeAccess { Password = "guess" }));
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task A_password_can_be_changed_while_the_server_runs_and_survives_a_restart_once_written()
    {
        await using var server = await RedisServer.StartAsync();
        (await server.ExecuteAsync("CONFIG", "SET", "requirepass", "new")).OrThrow();

        Assert.False(await LetsInAsync(server, ProbeAccess.Open));
        Assert.True(await LetsInAsync(server, new ProbeAccess { Password = "new" }));

        (await server.ExecuteAsync("CONFIG", "REWRITE")).OrThrow();
        server.Kill();
        await server.StartAgainAsync();
        Assert.False(await LetsInAsync(server, ProbeAccess.Open));
        Assert.True(await LetsInAsync(server, new ProbeAccess { Password = "new" }));
    }

    [Fact]
    public async Task Users_may_do_what_they_are_given_and_can_be_changed_while_the_server_runs()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions
        {
            Users = ["app on >secret ~app:* +@all -flushall", "default off"],
        });
        Assert.False(await LetsInAsync(server, ProbeAccess.Open));

        var app = new ProbeAccess { User = "app", Password = "secret" };
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port, access: app);
        Assert.Equal("OK", (await probe.ExecuteAsync("SET", "app:k", "v")).Text);
        Assert.StartsWith("NOPERM", (await probe.ExecuteAsync("SET", "k", "v")).Text, StringComparison.Ordinal);
        Assert.StartsWith("NOPERM", (await probe.ExecuteAsync("FLUSHALL")).Text, StringComparison.Ordinal);

        (await server.ExecuteAsync("ACL", "SETUSER", "app", "resetpass", ">rotated")).OrThrow();
        Assert.False(await LetsInAsync(server, app));
        Assert.True(await LetsInAsync(server, app with { Password = "rotated" }));
    }

    [Fact]
    public async Task Replication_works_between_servers_with_passwords()
    {
        await using var primary = await RedisServer.StartAsync(new RedisServerOptions { Password = "one" });
        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { Password = "two", ReplicaOf = primary });
        await primary.ExecuteAsync("SET", "k", "v");

        await Eventually.HoldsAsync(async () => (await replica.ExecuteAsync("GET", "k")) is { IsError: false, Text: "v" });
        Assert.Equal("slave", (await replica.InfoAsync("replication"))["role"]);
    }

    [Fact]
    public async Task A_server_with_TLS_shows_a_certificate_that_a_careful_client_trusts()
    {
        using var certificates = new TestCertificates();
        await using var server = await StartAsync(new RedisServerTls(certificates));

        var careful = new ProbeAccess { Tls = certificates.ClientOptions() };
        Assert.True(await LetsInAsync(server, careful));
        Assert.False(await RedisProbe.AnswersAsync(server.Host, server.Port, TimeSpan.FromSeconds(1)));
        Assert.Null(server.PlainPort);
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task A_careful_client_does_not_trust_a_wrong_certificate_until_the_server_shows_the_right_one()
    {
        using var certificates = new TestCertificates();
        await using var server = await StartAsync(new RedisServerTls(certificates));
        var careful = new ProbeAccess { Tls = certificates.ClientOptions() };

        foreach (var wrong in new[] { certificates.StrangersServer, certificates.Elsewhere, certificates.Expired })
        {
            await server.ShowCertificateAsync(wrong);
            await Assert.ThrowsAsync<AuthenticationException>(
                () => RedisProbe.ConnectAsync(server.Host, server.Port, access: careful));
        }

        await server.ShowCertificateAsync(certificates.Server);
        Assert.True(await LetsInAsync(server, careful));
    }

    [Fact]
    public async Task A_server_can_ask_for_the_clients_certificate()
    {
        using var certificates = new TestCertificates();
        await using var server = await StartAsync(new RedisServerTls(certificates) { RequireClientCertificate = true });

        Assert.True(await LetsInAsync(server, new ProbeAccess { Tls = certificates.ClientOptions(certificates.Client) }));
        Assert.False(await LetsInAsync(server, new ProbeAccess { Tls = certificates.ClientOptions(certificates.StrangersClient) }));
        Assert.False(await LetsInAsync(server, new ProbeAccess { Tls = certificates.ClientOptions() }));
    }

    [Fact]
    public async Task A_server_with_TLS_can_keep_its_plain_port()
    {
        using var certificates = new TestCertificates();
        await using var server = await StartAsync(new RedisServerTls(certificates) { KeepPlainPort = true });

        Assert.True(await LetsInAsync(server, new ProbeAccess { Tls = certificates.ClientOptions() }));
        Assert.True(await RedisProbe.AnswersAsync(server.Host, server.PlainPort!.Value, TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replication_works_between_servers_with_TLS(bool keepPlainPort)
    {
        using var certificates = new TestCertificates();
        var tls = new RedisServerTls(certificates) { RequireClientCertificate = true, KeepPlainPort = keepPlainPort };
        await using var primary = await StartAsync(tls);
        await using var replica = await StartAsync(tls);
        await primary.ExecuteAsync("SET", "k", "v");

        await replica.ReplicateAsync(primary);
        Assert.Equal("v", (await replica.ExecuteAsync("GET", "k")).Text);
    }

    [Fact]
    public async Task The_certificates_lie_in_the_servers_folder_and_go_with_it()
    {
        using var certificates = new TestCertificates();
        var server = await StartAsync(new RedisServerTls(certificates));
        var authority = await File.ReadAllTextAsync(certificates.Authority.CertificateFile(server.Folder));
        Assert.Contains("BEGIN CERTIFICATE", authority, StringComparison.Ordinal);
        Assert.True(File.Exists(certificates.Client.PfxFile(server.Folder)));

        await server.DisposeAsync();
        Assert.False(Directory.Exists(server.Folder));
    }

    private static Task<RedisServer> StartAsync(RedisServerTls tls) =>
        RedisServer.StartAsync(new RedisServerOptions { Tls = tls });

    private static Task<bool> LetsInAsync(RedisServer server, ProbeAccess access) =>
        RedisProbe.AnswersAsync(server.Host, server.Port, TimeSpan.FromSeconds(5), access);
}
