using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RedisActors.Tests.Configuration;

/// <summary>The files of TLS are looked into when the settings are read.</summary>
public sealed class TlsFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-actors-tls-");
    private readonly string _certificate;
    private readonly string _key;
    private readonly string _otherKey;
    private readonly string _empty;

    public TlsFilesTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificate = Write("me.crt", certificate.ExportCertificatePem());
        _key = Write("me.key", key.ExportPkcs8PrivateKeyPem());
        _otherKey = Write("other.key", other.ExportPkcs8PrivateKeyPem());
        _empty = Write("empty.pem", "nothing");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Files_that_hold_what_they_should_are_taken()
    {
        var tls = Hocon.Settings(Tls(_certificate, _certificate, _key)).Link.Tls;

        Assert.Equal((_certificate, _certificate, _key), (tls.CaFile, tls.CertificateFile, tls.KeyFile));
    }

    [Fact]
    public void Files_that_are_not_there_are_all_reported_with_their_paths()
    {
        var missing = Path.Combine(_folder.FullName, "missing.pem");

        var problems = Hocon.Problems(Tls(missing, missing, missing));

        Assert.Equal(["ca-file", "certificate-file", "key-file"], problems.Select(line => line.Split(": ")[0].Split("tls.")[1]));
        Assert.All(problems, problem => Assert.Contains($"'{missing}' cannot be used", problem));
    }

    [Fact]
    public void Files_without_what_they_should_hold_are_reported()
    {
        Assert.Contains("expected a file (PEM) of one certificate or more", Assert.Single(Hocon.Problems(Tls(_empty, _certificate, _key))));
        Assert.StartsWith("redis-actors.default.tls.certificate-file: ", Assert.Single(Hocon.Problems(Tls(_certificate, _empty, _key))));
        Assert.StartsWith("redis-actors.default.tls.key-file: ", Assert.Single(Hocon.Problems(Tls(_certificate, _certificate, _empty))));
        Assert.StartsWith("redis-actors.default.tls.key-file: ", Assert.Single(Hocon.Problems(Tls(_certificate, _certificate, _otherKey))));
        Assert.StartsWith("redis-actors.default.tls.ca-file: ", Assert.Single(Hocon.Problems(Tls(_folder.FullName, _certificate, _key))));
    }

    [Fact]
    public void A_connection_that_inherits_a_missing_file_and_uses_it_is_reported()
    {
        var problem = Assert.Single(Hocon.ProblemsOf(() => Hocon.Connections("""
            redis-actors.default.tls.ca-file = "missing.crt"
            redis-actors.connections.cache.tls.enabled = on
            redis-actors.connections.sessions {}
            """)));

        Assert.StartsWith("redis-actors.connections.cache.tls.ca-file: 'missing.crt' (inherited) cannot be used: ", problem);
    }

    [Theory]
    [InlineData(true, "on")]
    [InlineData(true, "off")]
    [InlineData(false, "on")]
    [InlineData(false, "off")]
    public void A_key_that_is_pasted_in_the_place_of_its_file_is_refused_and_not_shown(bool whole, string enabled)
    {
        var pem = File.ReadAllText(_key);
        var pasted = whole ? pem : string.Concat(pem.Split('\n')[1..^1]);

        var problem = Assert.Single(Hocon.Problems(
            $"tls {{ enabled = {enabled}, certificate-file = \"{_certificate}\", key-file = \"{pasted.Replace("\n", "\\n")}\" }}"));

        Assert.Equal(
            "redis-actors.default.tls.key-file: (a text that may contain a secret) is not valid; expected the path of a file (PEM), not its contents",
            problem);
    }

    private static string Tls(string authorities, string certificate, string key) =>
        $"tls {{ enabled = on, ca-file = \"{authorities}\", certificate-file = \"{certificate}\", key-file = \"{key}\" }}";

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
