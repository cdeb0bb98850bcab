using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RedisActors.Configuration;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// Whom to trust and what to show, read from the files of the settings: for the library's own conversations and, the same, for
/// StackExchange.Redis.
/// </summary>
internal sealed class TlsTrust
{
    /// <summary>Trusts whoever it is, for finding out whether there is TLS at all. Nothing is to be said to such a server.</summary>
    public static readonly TlsTrust Anybody = new(null, null, null);

    private readonly TlsSettings? _settings;
    private readonly X509Certificate2Collection? _authorities;
    private readonly X509Certificate2? _certificate;

    private TlsTrust(TlsSettings? settings, X509Certificate2Collection? authorities, X509Certificate2? certificate)
    {
        _settings = settings;
        _authorities = authorities;
        _certificate = certificate;
    }

    /// <summary>
    /// Reads the files anew, for each attempt, since certificates are renewed. Null where TLS is off. Throws
    /// <see cref="MisconfiguredException"/> where a file cannot be read.
    /// </summary>
    public static TlsTrust? Load(TlsSettings settings) =>
        settings.Enabled ? new TlsTrust(settings, LoadAuthorities(settings), LoadCertificate(settings)) : null;

    /// <summary>
    /// Shakes hands. Throws <see cref="TlsRefusedException"/> when the server is not to be trusted, does not trust this client, or
    /// does not speak TLS; <see cref="IOException"/> when the connection breaks.
    /// </summary>
    public async Task<SslStream> EncryptAsync(Stream stream, RedisEndpoint endpoint, CancellationToken cancellation)
    {
        string? problem = null;
        var encrypted = new SslStream(
            stream,
            leaveInnerStreamOpen: false,
            (_, certificate, chain, errors) => (problem = FindProblem(NameOf(endpoint), certificate, chain, errors)) is null,
            _certificate is null ? null : SelectCertificate);
        try
        {
            await encrypted.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = NameOf(endpoint) }, cancellation).ConfigureAwait(false);
            return encrypted;
        }
        catch (AuthenticationException error)
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            throw new TlsRefusedException(problem ?? error.GetBaseException().Message, error);
        }
        catch
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes StackExchange.Redis do the same.</summary>
    public void Configure(ConfigurationOptions options, RedisEndpoint endpoint)
    {
        var name = NameOf(endpoint);
        options.Ssl = true;
        options.SslHost = name;
        options.CertificateValidation += (_, certificate, chain, errors) => FindProblem(name, certificate, chain, errors) is null;
        if (_certificate is not null) options.CertificateSelection += SelectCertificate;
    }

    private string NameOf(RedisEndpoint endpoint) => _settings?.Host ?? endpoint.Host;

    private X509Certificate SelectCertificate(
        object sender, string target, X509CertificateCollection local, X509Certificate? remote, string[] issuers) => _certificate!;

    /// <summary>What speaks against the server's certificate; null: nothing.</summary>
    private string? FindProblem(string name, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_settings is not { Verify: true }) return null;
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return "it shows no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"its certificate ({certificate.Subject}) is not for the name '{name}' (tls.host)";
        }

        if (_authorities is null)
        {
            return errors == SslPolicyErrors.None ? null : NotTrusted(certificate, chain!, "the operating system trusts (tls.ca-file)");
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        if (chain is not null) own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        using var shown = new X509Certificate2(certificate);
        return own.Build(shown) ? null : NotTrusted(certificate, own, $"tls.ca-file ({_settings.CaFile}) trusts");
    }

    private static string NotTrusted(X509Certificate certificate, X509Chain chain, string whom)
    {
        var status = string.Join(", ", chain.ChainStatus.Select(problem => problem.Status).Distinct());
        return $"its certificate ({certificate.Subject}) is not one that {whom}: {status}";
    }

    private static X509Certificate2Collection? LoadAuthorities(TlsSettings settings)
    {
        if (settings.CaFile is not { } file) return null;
        var authorities = new X509Certificate2Collection();
        Read("tls.ca-file", file, () => authorities.ImportFromPemFile(file));
        return authorities.Count > 0 ? authorities : throw new MisconfiguredException($"tls.ca-file '{file}' holds no certificate");
    }

    private static X509Certificate2? LoadCertificate(TlsSettings settings)
    {
        if (settings.CertificateFile is not { } file) return null;
        X509Certificate2? certificate = null;
        Read("tls.certificate-file and tls.key-file", $"{file}' and '{settings.KeyFile}", () =>
        {
            using var fromPem = X509Certificate2.CreateFromPemFile(file, settings.KeyFile);

            // Not every system's TLS takes a key that was read from PEM and never stored.
            certificate = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null);
        });
        return certificate;
    }

    private static void Read(string setting, string files, Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new MisconfiguredException($"{setting} '{files}' cannot be read: {error.Message}", error);
        }
    }
}
