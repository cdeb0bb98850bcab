using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RedisActors.Documentation.Tests;

/// <summary>The HOCON in the repository's Markdown loads, without an error or a warning.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly string _certificate = Path.GetTempFileName();

    public SettingsTests()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=docs", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_certificate, certificate.ExportCertificatePem());
    }

    public static TheoryData<string> Pages => [.. Markdown.Blocks("hocon").Select(block => block.Page).Distinct()];

    public void Dispose() => File.Delete(_certificate);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_a_page_loads(string page) =>
        Assert.Empty(Markdown.Blocks("hocon").Where(block => block.Page == page).SelectMany(new BlockLoader(_certificate).Problems));

    [Theory]
    [InlineData("redis-actors.default.hartbeat.interval = 1s", "page.md:2: redis-actors.default.hartbeat: there is no such setting")]
    [InlineData("redis-actors.default { delivery = twice }", "page.md:2: redis-actors.default.delivery: ")]
    [InlineData("redis-actors.defaults.endpoint = \"redis:6379\"", "page.md:2: redis-actors.defaults: ")]
    [InlineData("redis-actors.default { tls.host = redis }", "page.md:2: redis-actors.default.tls.host")]
    [InlineData("redis-actors.connections.cache.dtabase = 1", "page.md:2: redis-actors.connections.cache.dtabase: ")]
    [InlineData("redis-actors.gateway.max-connection = 1", "page.md:2: redis-actors.gateway.max-connection: ")]
    [InlineData("redis-actors.akka-cluster.served-by = all", "page.md:2: redis-actors.akka-cluster.served-by: ")]
    [InlineData("redis-actors.lease.safety-margin = 2", "page.md:2: redis-actors.lease.safety-margin: ")]
    [InlineData("akka.cluster.singleton.lease = mine", "page.md:2: akka.cluster.singleton.lease: Akka.NET has no such setting")]
    [InlineData("akka.coordinated-shutdown.phases.before-lunch.timeout = 10s", "page.md:2: akka.coordinated-shutdown.phases.before-lunch.timeout: ")]
    [InlineData("akka.extensions = [\"RedisActors.Extension, RedisActors\"]", "page.md:2: akka.extensions: there is no class ")]
    [InlineData("redis-actors { default { lanes = 1 }", "page.md:2: ")]
    [InlineData("# nothing", "page.md:2: there is no setting")]
    public void What_does_not_load_is_reported_where_it_stands(string hocon, string expected)
    {
        var block = Assert.Single(Markdown.Blocks("page.md", $"```hocon\n{hocon}\n```\n"));

        Assert.Contains(new BlockLoader(_certificate).Problems(block), problem => problem.StartsWith(expected, StringComparison.Ordinal));
    }
}
