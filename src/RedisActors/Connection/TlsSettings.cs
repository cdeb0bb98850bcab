using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>Whether and how the connection is encrypted.</summary>
internal sealed class TlsSettings
{
    public TlsSettings(SettingsReader read)
    {
        Enabled = read.Switch("tls.enabled");
        Host = read.TextOrNull("tls.host");
        CaFile = ReadFile(read, "tls.ca-file");
        CertificateFile = ReadFile(read, "tls.certificate-file");
        KeyFile = ReadFile(read, "tls.key-file");
        Verify = read.Switch("tls.verify");
        Validation = read.PartOrNull("tls.verify", parts => parts.CertificateValidation, out _);
        read.RequireTogether(
            (CertificateFile is null) == (KeyFile is null),
            "tls.certificate-file",
            ["tls.key-file"],
            "is not valid alone; expected both tls.certificate-file and tls.key-file, or neither");
        if (Enabled) CheckFiles(read);
        foreach (var path in new[] { "tls.host", "tls.ca-file", "tls.certificate-file", "tls.key-file", "tls.verify" })
        {
            read.WarnIf(!Enabled && read.IsOwn(path), path, "is ignored, because tls.enabled is off");
        }

        read.WarnIf(Enabled && !Verify && Validation is null, "tls.verify", "is off: any certificate is accepted, so anyone can impersonate the server");
    }

    public bool Enabled { get; }

    /// <summary>The name that the server's certificate must bear; null: the host of the endpoint.</summary>
    public string? Host { get; }

    /// <summary>The authorities to be trusted; null: those of the operating system.</summary>
    public string? CaFile { get; }

    public string? CertificateFile { get; }

    public string? KeyFile { get; }

    public bool Verify { get; }

    /// <summary>Decides in the place of <see cref="Verify"/>; null: nothing does.</summary>
    public RemoteCertificateValidationCallback? Validation { get; }

    /// <summary>The path of a file; null: none. A key or certificate that was pasted in its place is reported and never shown.</summary>
    private static string? ReadFile(SettingsReader read, string path)
    {
        var file = read.TextOrNull(path);
        read.Require(file is null || !HiddenText.IsKeyMaterial(file), path, "the path of a file (PEM), not its contents");
        return file;
    }

    /// <summary>
    /// That the files are there and hold what they should is found out at the start. They are read again for each connection.
    /// </summary>
    private void CheckFiles(SettingsReader read)
    {
        if (CaFile is { } authorities)
        {
            Check(read, "tls.ca-file", "a file (PEM) of one certificate or more", () =>
            {
                var certificates = new X509Certificate2Collection();
                certificates.ImportFromPemFile(authorities);
                if (certificates.Count == 0) throw new CryptographicException("there is no certificate in it");
                foreach (var certificate in certificates) certificate.Dispose();
            });
        }

        if (CertificateFile is not { } file || KeyFile is not { } key) return;
        var isReadable = Check(read, "tls.certificate-file", "a file (PEM) that holds a certificate", () =>
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(file));
        });
        Check(read, "tls.key-file", "a file (PEM) that holds the key of the certificate, not encrypted", () =>
        {
            var text = File.ReadAllText(key);
            if (!isReadable) return;
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(file), text);
        });
    }

    private static bool Check(SettingsReader read, string path, string valid, Action open)
    {
        try
        {
            open();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            read.RequireTogether(false, path, ["tls.enabled"], $"cannot be used: {Cause(error)}; expected {valid}");
            return false;
        }
    }

    /// <summary>In words that do not repeat the path, which stands in the message already if it may be shown.</summary>
    private static string Cause(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "it is a directory, or this process may not read it",
        CryptographicException => error.Message.TrimEnd('.'),
        _ => "it cannot be read",
    };
}
