using RedisActors.Connection;
using RedisActors.Testing;

namespace RedisActors.Tests.Links;

/// <summary>TLS against real servers, and what is said when the two sides do not agree on it.</summary>
public sealed class TlsTests : LinkSpec
{
    private readonly TestCertificates _certificates = new();

    [Fact]
    public async Task A_certificate_of_a_trusted_authority_is_taken()
    {
        var server = await StartTlsAsync();

        Assert.Equal("PONG", (await AskAsync(Trusting(server), "PING")).AsString());
    }

    [Fact]
    public async Task A_link_with_TLS_carries_large_values()
    {
        var server = await StartTlsAsync();
        var value = new string('v', 3_000_000);
        var (link, _) = await ConnectAsync(Links(Trusting(server)));

        await RedisActors.Connection.LinkQuery.AskAsync(link, "SET", ["k", value]).WaitAsync(Patience);

        Assert.Equal(value, (await RedisActors.Connection.LinkQuery.AskAsync(link, "GET", ["k"]).WaitAsync(Patience)).AsString());
    }

    [Fact]
    public async Task Password_and_TLS_go_together()
    {
        var server = await StartTlsAsync(password: "secret");

        Assert.Equal("PONG", (await AskAsync($"{Trusting(server)}\npassword = secret", "PING")).AsString());
        Assert.Contains("WRONGPASS", await RefusalAsync($"{Trusting(server)}\npassword = guess"));
    }

    [Fact]
    public async Task An_address_in_place_of_a_name_is_taken_where_the_certificate_bears_it()
    {
        var server = await StartTlsAsync();

        Assert.Equal("PONG", (await AskAsync($"{Trusting(server)}\nendpoint = \"{server.Endpoint}\"", "PING")).AsString());
    }

    [Fact]
    public async Task A_certificate_of_an_authority_that_is_not_trusted_is_refused()
    {
        var server = await StartTlsAsync();
        await server.ShowCertificateAsync(_certificates.StrangersServer);

        var refusal = await RefusalAsync(Trusting(server));

        Assert.StartsWith($"TLS with localhost:{server.Port} (127.0.0.1) failed: its certificate (CN=localhost) is not one that tls.ca-file", refusal);
    }

    [Fact]
    public async Task The_operating_system_does_not_trust_an_authority_of_ones_own()
    {
        var server = await StartTlsAsync();

        var refusal = await RefusalAsync($"endpoint = \"localhost:{server.Port}\", tls.enabled = on");

        Assert.Contains("is not one that the operating system trusts (tls.ca-file)", refusal);
    }

    [Fact]
    public async Task A_certificate_that_has_run_out_is_refused_until_it_is_renewed()
    {
        var server = await StartTlsAsync();
        await server.ShowCertificateAsync(_certificates.Expired);
        Assert.Contains("NotTimeValid", await RefusalAsync(Trusting(server)));

        await server.ShowCertificateAsync(_certificates.Server);

        await ConnectAsync(Links(Trusting(server)));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_unless_that_name_is_expected()
    {
        var server = await StartTlsAsync();
        await server.ShowCertificateAsync(_certificates.Elsewhere);

        Assert.Contains("(CN=elsewhere.test) is not for the name 'localhost' (tls.host)", await RefusalAsync(Trusting(server)));
        Assert.Equal("PONG", (await AskAsync($"{Trusting(server)}\ntls.host = elsewhere.test", "PING")).AsString());
    }

    [Fact]
    public async Task A_sentinel_shows_a_certificate_for_its_own_name_whatever_the_servers_is()
    {
        var server = await StartTlsAsync();
        var settings = $$"""
            topology = sentinel
            sentinel { service = orders, endpoints = ["localhost:{{server.Port}}"] }
            {{Trusting(server)}}
            tls.host = elsewhere.test
            """;

        Assert.StartsWith($"localhost:{server.Port} (127.0.0.1) is not a sentinel", await RefusalAsync(settings));
        await server.ShowCertificateAsync(_certificates.Elsewhere);
        Assert.EndsWith("(CN=elsewhere.test) is not for the name 'localhost'", await RefusalAsync(settings));
    }

    [Fact]
    public async Task What_was_read_from_the_files_is_used_again_until_they_change()
    {
        var server = await StartTlsAsync();
        var file = Path.GetTempFileName();
        File.Copy(Path.Combine(server.Folder, "ca.crt"), file, overwrite: true);
        var settings = Hocon.Settings($"{Trusting(server)}\ntls.ca-file = \"{file}\"").Link.Tls;

        var first = await TlsTrust.LoadAsync(settings, null, CancellationToken.None);
        Assert.Same(first, await TlsTrust.LoadAsync(settings, first, CancellationToken.None));
        File.Copy(Path.Combine(server.Folder, "strangers-ca.crt"), file, overwrite: true);

        Assert.NotSame(first, await TlsTrust.LoadAsync(settings, first, CancellationToken.None));
        File.Delete(file);
    }

    [Fact]
    public async Task Any_certificate_is_taken_where_that_is_wished()
    {
        var server = await StartTlsAsync();
        await server.ShowCertificateAsync(_certificates.StrangersServer);

        Assert.Equal("PONG", (await AskAsync($"{Trusting(server)}\ntls.verify = off", "PING")).AsString());
    }

    [Fact]
    public async Task A_server_that_wants_a_certificate_is_shown_one()
    {
        var server = await StartTlsAsync(requireClientCertificate: true);

        var own = $"tls.certificate-file = \"{_certificates.Client.CertificateFile(server.Folder)}\"\n"
            + $"tls.key-file = \"{_certificates.Client.KeyFile(server.Folder)}\"";
        Assert.Equal("PONG", (await AskAsync($"{Trusting(server)}\n{own}", "PING")).AsString());

        Assert.StartsWith("TLS with", await RefusalAsync(Trusting(server)));
    }

    [Fact]
    public async Task A_file_that_has_gone_since_the_start_is_named()
    {
        var server = await StartTlsAsync();
        var file = Path.GetTempFileName();
        File.Copy(Path.Combine(server.Folder, "ca.crt"), file, overwrite: true);
        var links = Links($"{Trusting(server)}\ntls.ca-file = \"{file}\"");
        File.Delete(file);

        var refusal = await Assert.ThrowsAsync<MisconfiguredException>(() => ConnectAsync(links));

        Assert.StartsWith($"tls.ca-file '{file}' cannot be read", refusal.Message);
    }

    [Fact]
    public async Task A_server_with_TLS_that_is_spoken_to_in_plain_is_told_to_have_it()
    {
        var server = await StartTlsAsync();

        Assert.Equal(
            $"{server.Endpoint} speaks TLS and this client does not: set tls.enabled = on",
            await RefusalAsync($"endpoint = \"{server.Endpoint}\""));
    }

    [Fact]
    public async Task A_server_without_TLS_is_told_to_have_none()
    {
        var server = await StartServerAsync();

        var refusal = await RefusalAsync($"endpoint = \"{server.Endpoint}\", tls.enabled = on");

        Assert.StartsWith($"TLS with {server.Endpoint} failed: the server does not speak TLS at this port", refusal);
    }

    private static string Trusting(RedisServer server) => $$"""
        endpoint = "localhost:{{server.Port}}"
        tls { enabled = on, ca-file = "{{Path.Combine(server.Folder, "ca.crt")}}" }
        """;

    private Task<RedisServer> StartTlsAsync(string? password = null, bool requireClientCertificate = false) =>
        StartServerAsync(new RedisServerOptions
        {
            Password = password,
            Tls = new RedisServerTls(_certificates) { RequireClientCertificate = requireClientCertificate },
        });
}
