using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RedisActors.Testing;

/// <summary>One certificate of <see cref="TestCertificates"/>, with its private key.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly ECDsa _key;

    internal TestCertificate(string name, X509Certificate2 certificate, ECDsa key)
    {
        Name = name;
        Certificate = certificate;
        _key = key;
    }

    /// <summary>The base name of its files: <c>server</c> for <c>server.crt</c>, <c>server.key</c>, <c>server.pfx</c>.</summary>
    public string Name { get; }

    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate in a server's folder, as PEM.</summary>
    public string CertificateFile(string folder) => Path.Combine(folder, $"{Name}.crt");

    /// <summary>The private key in a server's folder, as PEM.</summary>
    public string KeyFile(string folder) => Path.Combine(folder, $"{Name}.key");

    /// <summary>Certificate and private key in a server's folder, as PKCS #12 without a password.</summary>
    public string PfxFile(string folder) => Path.Combine(folder, $"{Name}.pfx");

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    internal void WriteTo(string folder)
    {
        File.WriteAllText(CertificateFile(folder), Certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile(folder), _key.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(PfxFile(folder), Certificate.Export(X509ContentType.Pkcs12));
    }
}
