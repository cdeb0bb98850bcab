using Akka.Actor;
using Akka.Configuration;
using RedisActors.Connection;
using RedisActors.Configuration;
using RedisActors.Testing;

namespace RedisActors.Tests.Configuration;

/// <summary>The examples in <c>hocon/</c> say what they mean, and work as they stand but for the servers' addresses.</summary>
public sealed class ExamplesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Each_example_is_tested_here()
    {
        string[] tested =
        [
            "batch-job.conf", "redis-cluster.conf", "reference.conf", "sentinel.conf", "several-connections.conf", "tls.conf",
            "web-application.conf", "worker.conf",
        ];

        // For clusters of Akka nodes and for the gateway there are tests of their own.
        Assert.Equal(tested, Repository.FileNames("hocon", "*.conf").Except(["akka-cluster.conf", "reference-akka-cluster.conf", "reference-gateway.conf"]));
    }

    [Fact]
    public void The_library_holds_the_reference_conf_of_this_folder() => Assert.Equal(
        ConfigurationFactory.ParseString(Repository.Read("hocon/reference.conf")).ToString(), RedisExtension.DefaultConfig().ToString());

    [Theory]
    [InlineData("batch-job.conf")]
    [InlineData("redis-cluster.conf")]
    [InlineData("sentinel.conf")]
    [InlineData("several-connections.conf")]
    [InlineData("web-application.conf")]
    [InlineData("worker.conf")]
    public void An_example_is_valid_and_warns_of_nothing(string name)
    {
        var connections = Hocon.Connections(Example(name).WithFallback(ConfigurationFactory.Default()));

        Assert.Empty(connections.Default.Warnings);
        Assert.All(connections.Named, settings => Assert.Empty(settings.Warnings));
    }

    [Theory]
    [InlineData("batch-job.conf")]
    [InlineData("web-application.conf")]
    [InlineData("worker.conf")]
    public async Task An_example_starts_a_system_that_works(string name)
    {
        await using var server = await RedisServer.StartAsync();
        var system = ActorSystem.Create(
            "example",
            ConfigurationFactory.ParseString($"redis-actors.default.endpoint = \"{server.Endpoint}\"").WithFallback(Example(name)));

        Assert.Equal(1, await IncrementAsync(RedisExtension.Get(system).RedisActor));

        await system.Terminate();
    }

    [Fact]
    public async Task The_example_of_several_connections_keeps_them_apart()
    {
        await using var server = await RedisServer.StartAsync();
        var system = ActorSystem.Create("example", ConfigurationFactory.ParseString($$"""
            redis-actors.default.endpoint = "{{server.Endpoint}}"
            redis-actors.connections.cache.command-timeout = 20s
            """).WithFallback(Example("several-connections.conf")));
        var extension = RedisExtension.Get(system);

        foreach (var connection in new[] { "cache", "sessions", "orders" })
        {
            Assert.Equal(1, await IncrementAsync(extension.Connection(connection)));
        }

        await system.Terminate();
    }

    [Fact]
    public async Task The_example_of_TLS_connects_to_a_server_that_wants_a_certificate()
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { Tls = new RedisServerTls(certificates) { RequireClientCertificate = true } });
        var example = ConfigurationFactory.ParseString($$"""
            redis-actors.default {
              endpoint = "{{server.Endpoint}}"
              tls {
                host = localhost
                ca-file = "{{certificates.Authority.CertificateFile(server.Folder)}}"
                certificate-file = "{{certificates.Client.CertificateFile(server.Folder)}}"
                key-file = "{{certificates.Client.KeyFile(server.Folder)}}"
              }
            }
            """).WithFallback(Example("tls.conf"));
        Assert.Empty(Hocon.FromRoot(example).Warnings);
        var system = ActorSystem.Create("example", example);

        Assert.Equal(1, await IncrementAsync(RedisExtension.Get(system).RedisActor));

        await system.Terminate();
    }

    [Fact]
    public void The_examples_of_the_topologies_lead_where_they_say()
    {
        var sentinel = Hocon.FromRoot(Example("sentinel.conf"));
        Assert.Equal((RedisTopology.Sentinel, "main", 3), (sentinel.Link.Topology, sentinel.Link.Sentinel.Service, sentinel.Link.Sentinel.Endpoints.Count));

        var cluster = Hocon.FromRoot(Example("redis-cluster.conf"));
        Assert.Equal((RedisTopology.Cluster, 3), (cluster.Link.Topology, cluster.Link.Endpoints.Count));
    }

    private static Config Example(string name) => ConfigurationFactory.ParseString(Repository.Read($"hocon/{name}"));

    private static async Task<long> IncrementAsync(IActorRef redis) =>
        (await redis.Ask<RedisReply>(new RedisCommand("INCR", "n"), Patience)).Value.AsInt64();
}
