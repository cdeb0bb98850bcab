using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Configuration;
using Akka.Coordination;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisActors.AkkaCluster.Hosting;
using RedisActors.Hosting;
using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>An Akka cluster of one node, from HOCON and with Akka.Hosting.</summary>
public sealed class EmbeddingTests : OneNodeSpec
{
    [Fact]
    public async Task The_example_starts_a_node_that_works()
    {
        var example = ConfigurationFactory.ParseString(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "akka-cluster.conf")));
        var system = ActorSystem.Create("shop", Own().WithFallback(example));
        JoinItself(system);

        var redis = RemoteRedisExtension.Get(system).RemoteRedis;
        var reply = await redis.Ask<RedisReply>(new RedisCommand("INCR", "number"), Eventually.Patience);
        var lease = LeaseProvider.Get(system).GetLease("lease", "redis-actors.lease", "owner");

        Assert.Equal("/user/remote-redis", redis.Path.ToStringWithoutAddress());
        Assert.Equal(1, reply.Value.AsInt64());
        Assert.IsType<RedisLease>(lease);
        await system.Terminate();
    }

    [Fact]
    public async Task The_example_starts_RemoteRedis_with_the_actor_system()
    {
        var example = ConfigurationFactory.ParseString(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "akka-cluster.conf")));
        var system = ActorSystem.Create("shop", Own().WithFallback(example));

        Assert.True(system.HasExtension<RemoteRedisExtension>());
        await system.Terminate();
    }

    [Fact]
    public async Task RemoteRedis_refuses_a_message_that_it_does_not_know()
    {
        var system = ActorSystem.Create("shop", Own());

        var error = await Assert.ThrowsAsync<ArgumentException>(() =>
            RemoteRedisExtension.Get(system).RemoteRedis.Ask<RedisStatus>("status", Eventually.Patience));

        Assert.Contains("A RemoteRedis cannot take a String. It takes: RedisCommand, Subscribe,", error.Message);
        await system.Terminate();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_injects_RemoteRedis(bool singleton)
    {
        using var host = BuildHost(string.Empty, akka => _ = singleton ? akka.WithRedisSingleton("redis") : akka.WithRedisOnRole("redis"));
        await host.StartAsync();
        JoinItself(host.Services.GetRequiredService<ActorSystem>());

        var redis = host.Services.GetRequiredService<IRequiredActor<RemoteRedis>>().ActorRef;
        var reply = await redis.Ask<RedisReply>(new RedisCommand("INCR", "number"), Eventually.Patience);

        Assert.Equal(1, reply.Value.AsInt64());
        await host.StopAsync();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("akka.coordinated-shutdown.run-by-clr-shutdown-hook = on", true)]
    public async Task A_host_answers_signals_itself_unless_the_application_says_otherwise(string settings, bool byAkka)
    {
        using var host = BuildHost(settings, akka => akka.WithRedisOnRole("redis"));
        await host.StartAsync();

        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal(byAkka, system.Settings.Config.GetBoolean("akka.coordinated-shutdown.run-by-clr-shutdown-hook"));
        await host.StopAsync();
    }

    [Fact]
    public async Task Options_of_Akka_Cluster_Hosting_take_the_lease()
    {
        using var host = BuildHost(string.Empty, akka => akka
            .WithClustering(new ClusterOptions
            {
                SplitBrainResolver = new LeaseMajorityOption { LeaseImplementation = new RedisLeaseOption(), LeaseName = "majority" },
            })
            .WithSingleton<Echo>("echo", Props.Create(() => new Echo()), new ClusterSingletonOptions
            {
                LeaseImplementation = new RedisLeaseOption(),
                LeaseRetryInterval = TimeSpan.FromMilliseconds(100),
            })
            .WithRedis()
            .WithRedisLease(lease =>
            {
                lease.HeartbeatTimeout = TimeSpan.FromMilliseconds(1500);
                lease.HeartbeatInterval = TimeSpan.FromMilliseconds(300);
                lease.OperationTimeout = TimeSpan.FromSeconds(1);
                lease.SafetyMargin = 0.2;
                lease.KeyPrefix = "my leases:";
            }));
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        JoinItself(system);

        var echo = host.Services.GetRequiredService<IRequiredActor<Echo>>().ActorRef;
        Assert.Equal("hello", await echo.Ask<string>("hello", Eventually.Patience));

        var keys = await Server.ExecuteAsync("KEYS", "my leases:*");
        Assert.Contains(keys.Items, key => key.Text == "my leases:shop-singleton-akka://shop/user/echo");
        Assert.Equal("redis-actors.lease", system.Settings.Config.GetString("akka.cluster.split-brain-resolver.lease-majority.lease-implementation"));
        var lease = (RedisLease)LeaseProvider.Get(system).GetLease("other", "redis-actors.lease", "owner");
        Assert.Equal(TimeSpan.FromMilliseconds(1500), lease.Settings.TimeoutSettings.HeartbeatTimeout);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_singleton_takes_a_lease_of_its_own_as_an_option()
    {
        using var host = BuildHost(string.Empty, akka => akka.WithRedisSingleton(new RedisSingletonOptions
        {
            Role = "redis",
            LeaseImplementation = new RedisLeaseOption { HeartbeatTimeout = TimeSpan.FromMilliseconds(1500), HeartbeatInterval = TimeSpan.FromMilliseconds(300), OperationTimeout = TimeSpan.FromSeconds(1) },
            LeaseRetryInterval = TimeSpan.FromMilliseconds(100),
        }));
        await host.StartAsync();
        JoinItself(host.Services.GetRequiredService<ActorSystem>());

        var redis = host.Services.GetRequiredService<IRequiredActor<RemoteRedis>>().ActorRef;
        Assert.Equal(1, (await redis.ExecuteAsync("INCR", "number")).AsInt64());

        var holder = await Server.ExecuteAsync("HGET", "redisactors:lease:shop-singleton-akka://shop/user/remote-redis-singleton", "holder");
        Assert.Contains("127.0.0.1", holder.Text);
        await host.StopAsync();
    }

    [Fact]
    public async Task Shards_take_the_lease()
    {
        using var host = BuildHost(string.Empty, akka => akka
            .WithRedis()
            .WithRedisLease(new RedisLeaseOption { HeartbeatTimeout = TimeSpan.FromMilliseconds(1500), HeartbeatInterval = TimeSpan.FromMilliseconds(300), OperationTimeout = TimeSpan.FromSeconds(1) })
            .WithShardRegion<Echo>(
                "echo", (_, _, _) => _ => Props.Create(() => new Echo()), new EchoExtractor(),
                new ShardOptions
                {
                    Role = "redis", StateStoreMode = Akka.Cluster.Sharding.StateStoreMode.DData,
                    LeaseImplementation = new RedisLeaseOption(), LeaseRetryInterval = TimeSpan.FromMilliseconds(100),
                }));
        await host.StartAsync();
        JoinItself(host.Services.GetRequiredService<ActorSystem>());

        var shards = host.Services.GetRequiredService<IRequiredActor<Echo>>().ActorRef;
        await Eventually.HoldsAsync("the entity answers", async () =>
        {
            try
            {
                return await shards.Ask<string>("hello", TimeSpan.FromSeconds(1)) == "hello";
            }
            catch (AskTimeoutException)
            {
                return false;
            }
        });

        var keys = await Server.ExecuteAsync("KEYS", "redisactors:lease:*shard*");
        Assert.NotEmpty(keys.Items);
        await host.StopAsync();
    }

    /// <summary>Each setting is an option, and each option is its setting.</summary>
    [Fact]
    public async Task Every_setting_of_the_package_is_an_option()
    {
        var options = new RedisSingletonOptions
        {
            Role = "a role", Connection = "other", Linger = TimeSpan.FromMilliseconds(7), MaxUnanswered = 8, AnswerGrace = TimeSpan.FromSeconds(9),
            IdentifyInterval = TimeSpan.FromSeconds(11), DrainInPhase = "before-service-unbind", LeaseImplementation = new RedisLeaseOption(),
            LeaseRetryInterval = TimeSpan.FromSeconds(12),
        };
        Assert.All(options.GetType().GetProperties(), option => Assert.NotNull(option.GetValue(options)));
        using var host = BuildHost(
            "redis-actors.connections.other.endpoint = \"127.0.0.1:1\"",
            akka => akka.WithRedisSingleton(options));
        await host.StartAsync();

        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;
        var section = config.GetConfig("redis-actors.akka-cluster");
        var defaults = RemoteRedisExtension.DefaultConfig().GetConfig("redis-actors.akka-cluster");
        var settings = defaults.AsEnumerable().SelectMany(entry => entry.Key is "shutdown" or "singleton"
            ? defaults.GetConfig(entry.Key).AsEnumerable().Select(below => $"{entry.Key}.{below.Key}")
            : [entry.Key]).ToList();
        Assert.Equal(settings.Count, options.GetType().GetProperties().Length + 1);
        Assert.All(settings, setting => Assert.NotEqual(defaults.GetString(setting), section.GetString(setting)));
        var read = RemoteRedisSettings.Create(config);
        Assert.Equal((ServedBy.Singleton, "a role", "other", 7), (read.ServedBy, read.Role, read.Connection, (int)read.Linger.TotalMilliseconds));
        Assert.Equal((8, 9, 11), (read.MaxUnanswered, (int)read.Grace.TotalSeconds, (int)read.IdentifyInterval.TotalSeconds));
        Assert.Equal(("before-service-unbind", "redis-actors.lease", 12), (read.DrainInPhase, read.SingletonLease!.LeaseImplementation, (int)read.SingletonLease.LeaseRetryInterval.TotalSeconds));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_singleton_starts_when_it_has_acquired_the_lease()
    {
        var settings = ConfigurationFactory.ParseString("""
            akka.cluster.singleton { use-lease = "redis-actors.lease", lease-retry-interval = 100ms }
            redis-actors.lease { heartbeat-timeout = 1500ms, heartbeat-interval = 300ms, lease-operation-timeout = 1s }
            redis-actors.akka-cluster { served-by = singleton, role = redis }
            """);
        var system = ActorSystem.Create("shop", settings.WithFallback(Own()).WithFallback(RedisLease.DefaultConfig()));
        JoinItself(system);

        var reply = await RemoteRedisExtension.Get(system).RemoteRedis.Ask<RedisReply>(new RedisCommand("INCR", "number"), Eventually.Patience);

        Assert.Equal(1, reply.Value.AsInt64());
        var holder = await Server.ExecuteAsync("HGET", "redisactors:lease:shop-singleton-akka://shop/user/remote-redis-singleton", "holder");
        Assert.Contains("127.0.0.1", holder.Text);

        // Nor does it go on without it, though Akka has not stopped it yet.
        var lease = LeaseProvider.Get(system).GetLease(
            "shop-singleton-akka://shop/user/remote-redis-singleton", "redis-actors.lease", Akka.Cluster.Cluster.Get(system).SelfAddress.HostPort());
        Assert.True(lease.CheckLease());
        await lease.Release();
        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => RemoteRedisExtension.Get(system).RemoteRedis.Ask<RedisReply>(
            new RedisCommand("INCR", "number") { Timeout = TimeSpan.FromMilliseconds(300) }, Eventually.Patience));
        Assert.Equal(Outcome.NotSent, failure.Outcome);
        await system.Terminate();
    }

    [Theory]
    [InlineData("role")]
    [InlineData("singleton")]
    public async Task It_starts_beside_connections_of_any_name(string servedBy)
    {
        var system = ActorSystem.Create("shop", ConfigurationFactory.ParseString($$"""
            redis-actors {
              connections {
                remote {}
                service {}
                singleton {}
              }
              akka-cluster.served-by = {{servedBy}}
            }
            """).WithFallback(Own()));

        RedisExtension.Get(system).Connection("remote");
        RemoteRedisExtension.Get(system);

        await system.Terminate();
    }

    [Fact]
    public async Task All_invalid_settings_are_reported_at_once()
    {
        var system = ActorSystem.Create("shop", ConfigurationFactory.ParseString(
            "redis-actors.akka-cluster { served-by = nobody, linger = soon, roles = redis }").WithFallback(Own()));

        var error = Assert.ThrowsAny<Exception>(() => RemoteRedisExtension.Get(system));

        Assert.Contains("redis-actors.akka-cluster.served-by", error.GetBaseException().Message);
        Assert.Contains("redis-actors.akka-cluster.linger", error.GetBaseException().Message);
        Assert.Contains("redis-actors.akka-cluster.roles", error.GetBaseException().Message);
        await system.Terminate();
    }

    [Theory]
    [InlineData("akka-cluster = x", "redis-actors.akka-cluster: text is not valid; expected a section")]
    [InlineData("akka-cluster.role = [x]", "redis-actors.akka-cluster.role: a list is not valid; expected text")]
    [InlineData("akka-cluster.linger = 30", "redis-actors.akka-cluster.linger: '30' without a unit (such as 30s or 30ms) is not valid")]
    public async Task A_setting_of_the_wrong_shape_is_an_error_that_says_so(string setting, string problem)
    {
        var system = ActorSystem.Create("shop", ConfigurationFactory.ParseString($"redis-actors.{setting}").WithFallback(Own()));

        var error = Assert.ThrowsAny<Exception>(() => RemoteRedisExtension.Get(system));

        Assert.StartsWith(problem, error.GetBaseException().Message);
        await system.Terminate();
    }

    [Fact]
    public async Task Passwords_may_come_beside_the_configuration()
    {
        using var host = BuildHost(
            "redis-actors { default { endpoint = \"127.0.0.1:1\", user = app }\nakka-cluster.role = other\n}",
            akka => akka.WithRedis(options => options.Password = "secret").WithRedisOnRole("other"));
        await host.StartAsync();

        Assert.Equal("remote-redis", host.Services.GetRequiredService<IRequiredActor<RemoteRedis>>().ActorRef.Path.Name);
        await host.StopAsync();
    }

    private sealed class EchoExtractor() : Akka.Cluster.Sharding.HashCodeMessageExtractor(2)
    {
        public override string? EntityId(object message) => message as string;
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }
}
