using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RedisActors.Testing;

/// <summary>
/// A certificate authority created for one test, the certificates that it issued, and those of an untrusted authority. A
/// <see cref="RedisServer"/> that is given them writes all of them into its folder.
/// </summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

    public TestCertificates()
    {
        Authority = IssueAuthority("ca");
        Server = Issue("server", Authority, "localhost", IPAddress.Loopback);
        Elsewhere = Issue("elsewhere", Authority, "elsewhere.test");
        Expired = Issue("expired", Authority, "localhost", IPAddress.Loopback, expired: true);
        Client = Issue("client", Authority, "client.test");
        StrangersAuthority = IssueAuthority("strangers-ca");
        StrangersServer = Issue("strangers-server", StrangersAuthority, "localhost", IPAddress.Loopback);
        StrangersClient = Issue("strangers-client", StrangersAuthority, "client.test");
    }

    /// <summary>The authority that servers and clients of the test trust.</summary>
    public TestCertificate Authority { get; }

    /// <summary>For a server at <c>localhost</c> and 127.0.0.1.</summary>
    public TestCertificate Server { get; }

    /// <summary>Issued by the trusted authority, but for another host name.</summary>
    public TestCertificate Elsewhere { get; }

    /// <summary>Like <see cref="Server"/>, but expired yesterday.</summary>
    public TestCertificate Expired { get; }

    /// <summary>For clients, if the server requires one.</summary>
    public TestCertificate Client { get; }

    /// <summary>An authority that nobody trusts.</summary>
    public TestCertificate StrangersAuthority { get; }

    /// <summary>Like <see cref="Server"/>, but issued by the untrusted authority.</summary>
    public TestCertificate StrangersServer { get; }

    /// <summary>Like <see cref="Client"/>, but issued by the untrusted authority.</summary>
    public TestCertificate StrangersClient { get; }

    /// <summary>
    /// The options of a strict client: it trusts only <see cref="Authority"/>, and the server must be <c>localhost</c>.
    /// </summary>
    /// <param name="certificate">The client's own certificate. Default none.</param>
    public SslClientAuthenticationOptions ClientOptions(TestCertificate? certificate = null) => new()
    {
        TargetHost = "localhost",
        ClientCertificates = certificate is null ? null : [certificate.Certificate],
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { Authority.Certificate },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    public void Dispose()
    {
        foreach (var certificate in All()) certificate.Dispose();
    }

    internal void WriteTo(string folder)
    {
        foreach (var certificate in All()) certificate.WriteTo(folder);
    }

    private TestCertificate[] All() =>
        [Authority, Server, Elsewhere, Expired, Client, StrangersAuthority, StrangersServer, StrangersClient];

    private TestCertificate IssueAuthority(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=RedisActors test {name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new TestCertificate(name, request.CreateSelfSigned(_now.AddDays(-30), _now.AddDays(30)), key);
    }

    /// <summary>Every certificate is valid for both sides: a server is a client of its primary and of the other nodes of its Redis Cluster.</summary>
    private TestCertificate Issue(
        string name,
        TestCertificate issuer,
        string host,
        IPAddress? address = null,
        bool expired = false)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(ServerAuthentication), new Oid(ClientAuthentication)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (address is not null) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());

        var end = _now.AddDays(expired ? -1 : 20);
        using var bare = request.Create(issuer.Certificate, _now.AddDays(-20), end, RandomNumberGenerator.GetBytes(16));
        return new TestCertificate(name, bare.CopyWithPrivateKey(key), key);
    }
}
