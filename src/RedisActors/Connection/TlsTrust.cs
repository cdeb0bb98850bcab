using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>Whom to trust and what to show, read from the files of the settings.</summary>
internal sealed class TlsTrust
{
    /// <summary>Trusts whoever it is, for finding out whether there is TLS at all. Nothing is to be said to such a server.</summary>
    public static readonly TlsTrust Anybody = new() { _verifies = false };

    // What was read, told apart by its digest.
    private string? _files;
    private string? _host;
    private string? _caFile;
    private string _hint = " (tls.host)";
    private bool _verifies;
    private RemoteCertificateValidationCallback? _validation;
    private X509Certificate2Collection? _authorities;
    private SslStreamCertificateContext? _identity;

    private TlsTrust()
    {
    }

    /// <summary>
    /// Reads the files, for each attempt, since certificates are renewed; what was made of them before is used again where they are
    /// the same. Null where TLS is off. Throws <see cref="MisconfiguredException"/> where a file cannot be read.
    /// </summary>
    public static async Task<TlsTrust?> LoadAsync(TlsSettings settings, TlsTrust? former, CancellationToken cancellation)
    {
        if (!settings.Enabled) return null;
        var authorities = await ReadAsync("tls.ca-file", settings.CaFile, cancellation).ConfigureAwait(false);
        var certificate = await ReadAsync("tls.certificate-file", settings.CertificateFile, cancellation).ConfigureAwait(false);
        var key = await ReadAsync("tls.key-file", settings.KeyFile, cancellation).ConfigureAwait(false);
        var files = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', authorities, certificate, key))));
        return former?._files == files
            ? former
            : new TlsTrust
            {
                _files = files,
                _host = settings.Host,
                _caFile = settings.CaFile,
                _verifies = settings.Verify,
                _validation = settings.Validation,
                _authorities = authorities is null ? null : Authorities(settings, authorities),
                _identity = certificate is null || key is null ? null : Identity(settings, certificate, key),
            };
    }

    /// <summary>The same for other hosts, each of which is to show a certificate for its own name: <c>tls.host</c> is the server's.</summary>
    public TlsTrust ForOtherHosts()
    {
        var other = (TlsTrust)MemberwiseClone();
        (other._host, other._hint) = (null, string.Empty);
        return other;
    }

    /// <summary>
    /// Shakes hands. Throws <see cref="TlsRefusedException"/> when the server is not to be trusted, does not trust this client, or
    /// does not speak TLS; <see cref="IOException"/> when the connection breaks.
    /// </summary>
    public async Task<SslStream> EncryptAsync(Stream stream, RedisEndpoint endpoint, CancellationToken cancellation)
    {
        var name = _host ?? endpoint.Host;
        string? problem = null;
        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ClientCertificateContext = _identity,
                CertificateChainPolicy = ChainPolicy(),
                RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
                    (problem = _validation is { } validation
                        ? AskApplication(validation, sender, certificate, chain, errors)
                        : _verifies ? FindProblem(name, certificate, chain, errors) : null) is null,
            };
            await encrypted.AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
            return encrypted;
        }
        catch (Exception error)
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            if (error is not AuthenticationException) throw;
            throw new TlsRefusedException(problem ?? error.GetBaseException().Message, error);
        }
    }

    /// <summary>Null: as the operating system has it.</summary>
    private X509ChainPolicy? ChainPolicy()
    {
        if (_authorities is null) return null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    /// <summary>The application's own judgement; null: it has nothing against the certificate.</summary>
    private static string? AskApplication(
        RemoteCertificateValidationCallback validation, object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        try
        {
            return validation(sender, certificate, chain, errors) ? null : $"the application refuses its certificate ({certificate?.Subject}; {errors})";
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"the application's validation of its certificate ({certificate?.Subject}) failed: {error.GetType().Name}: {error.Message}";
        }
    }

    /// <summary>What speaks against the server's certificate; null: nothing.</summary>
    private string? FindProblem(string name, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return null;
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return "it shows no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"its certificate ({certificate.Subject}) is not for the name '{name}'{_hint}";
        }

        var whom = _authorities is null ? "the operating system trusts (tls.ca-file)" : $"tls.ca-file ({_caFile}) trusts";
        var why = string.Join(", ", chain?.ChainStatus.Select(problem => problem.Status).Distinct() ?? []);
        return $"its certificate ({certificate.Subject}) is not one that {whom}: {why}";
    }

    private static X509Certificate2Collection Authorities(TlsSettings settings, string text)
    {
        var authorities = new X509Certificate2Collection();
        Use("tls.ca-file", settings.CaFile!, () => authorities.ImportFromPem(text));
        return authorities.Count > 0
            ? authorities
            : throw new MisconfiguredException($"tls.ca-file '{settings.CaFile}' holds no certificate");
    }

    /// <summary>The first certificate of the file is the client's; further ones lead from it to an authority.</summary>
    private static SslStreamCertificateContext Identity(TlsSettings settings, string text, string key)
    {
        SslStreamCertificateContext? identity = null;
        Use("tls.certificate-file and tls.key-file", $"{settings.CertificateFile}' and '{settings.KeyFile}", () =>
        {
            using var fromPem = X509Certificate2.CreateFromPem(text, key);
            var all = new X509Certificate2Collection();
            all.ImportFromPem(text);

            // Not every system's TLS takes a key that was read from PEM and never stored.
            var stored = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null);
            identity = SslStreamCertificateContext.Create(stored, all, offline: true);
        });
        return identity!;
    }

    private static async Task<string?> ReadAsync(string setting, string? file, CancellationToken cancellation)
    {
        if (file is null) return null;
        try
        {
            return await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MisconfiguredException($"{setting} '{file}' cannot be read: {error.Message}", error);
        }
    }

    private static void Use(string setting, string files, Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new MisconfiguredException($"{setting} '{files}' cannot be read: {error.Message}", error);
        }
    }
}
