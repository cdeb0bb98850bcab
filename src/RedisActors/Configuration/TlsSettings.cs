namespace RedisActors.Configuration;

/// <summary>Whether and how the connection is encrypted.</summary>
internal sealed class TlsSettings
{
    public TlsSettings(SettingsReader read)
    {
        Enabled = read.Switch("tls.enabled");
        Host = read.TextOrNull("tls.host");
        CaFile = read.TextOrNull("tls.ca-file");
        CertificateFile = read.TextOrNull("tls.certificate-file");
        KeyFile = read.TextOrNull("tls.key-file");
        Verify = read.Switch("tls.verify");
        read.Require((CertificateFile is null) == (KeyFile is null), "tls.certificate-file", "a certificate together with tls.key-file");
    }

    public bool Enabled { get; }

    /// <summary>The name that the server's certificate must bear; null: the host of the endpoint.</summary>
    public string? Host { get; }

    /// <summary>The authorities to be trusted; null: those of the operating system.</summary>
    public string? CaFile { get; }

    public string? CertificateFile { get; }

    public string? KeyFile { get; }

    public bool Verify { get; }
}
