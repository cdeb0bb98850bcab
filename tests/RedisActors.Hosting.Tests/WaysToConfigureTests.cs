using System.Net.Security;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Hosting.Tests;

/// <summary>The ways in which a host is told of its Redis, and which goes before which.</summary>
public sealed class WaysToConfigureTests
{
    [Fact]
    public async Task A_connection_string_by_its_name_in_the_hosts_configuration()
    {
        var settings = await Started.DefaultAsync(
            akka => akka.WithRedisConnectionString("redis"), null, ("ConnectionStrings:redis", "redis-1:7000,password=hunter2,defaultDatabase=3"));

        Assert.Equal(("redis-1:7000", "hunter2", 3), (settings.Link.Target, settings.Link.Credentials.Password, settings.Link.Database));
    }

    [Fact]
    public async Task A_connection_string_that_is_not_there_is_named() => Assert.Equal(
        ["ConnectionStrings:redis: there is no such connection string in the host's configuration"],
        await Started.ProblemsAsync(akka => akka.WithRedisConnectionString("redis")));

    [Fact]
    public async Task A_connection_string_that_cannot_be_honoured_does_not_show_its_password()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Started.HostAsync(
            akka => akka.WithRedisConnectionString("redis"), null, ("ConnectionStrings:redis", "redis-1,password=hunter2,proxy=Twemproxy,ssl=hunter2")));

        Assert.Contains("ConnectionStrings:redis: proxy cannot be honoured", error.ToString());
        Assert.DoesNotContain("hunter2", error.ToString());
    }

    [Fact]
    public async Task Connections_with_names_in_every_way()
    {
        using var host = await Started.HostAsync(
            akka => akka
                .WithRedis<A>("a", "a:1,password=x")
                .WithRedis<B>("b", ConfigurationOptions.Parse("b:1"))
                .WithRedisConnectionString<C>("c", "redis-c")
                .WithRedis<D>("d", new ConfigurationBuilder().AddInMemoryCollection([new("Endpoint", "d:1")]).Build())
                .WithRedis<E>("e", new RedisOptions { Endpoint = "e:1" })
                .WithRedis<F>("f"),
            services => services.Configure<RedisOptions>("f", options => options.Endpoint = "f:1"),
            ("ConnectionStrings:redis-c", "redis://c:1"));

        Assert.Equal(
            ["a:1", "b:1", "c:1", "d:1", "e:1", "f:1"],
            Started.Settings(host).Named.OrderBy(connection => connection.Name).Select(connection => connection.Link.Target));
        Assert.Equal("redis-f", host.Services.GetRequiredService<IRequiredActor<F>>().ActorRef.Path.Name);
        await host.StopAsync();
    }

    [Fact]
    public async Task Code_goes_before_options_and_these_before_hocon()
    {
        var settings = await Started.DefaultAsync(
            akka => akka
                .AddHocon("redis-actors.default { endpoints = [\"hocon:1\"], client-name = hocon, database = 1, lanes = 2 }", HoconAddMode.Prepend)
                .WithRedis(options => options.Endpoint = "code:1"),
            services => services
                .Configure<RedisOptions>(options => (options.Endpoint, options.ClientName, options.Database) = ("options:1", "options", 2))
                .PostConfigure<RedisOptions>(options => options.Database = 3));

        Assert.Equal("code:1", settings.Link.Target);
        Assert.Equal(("options", 3, 2), (settings.Link.ClientName, settings.Link.Database, settings.Lanes));
    }

    [Fact]
    public async Task A_named_connection_inherits_the_options_of_default()
    {
        using var host = await Started.HostAsync(akka => akka
            .WithRedis("redis-1:7000,password=hunter2")
            .WithRedis<A>("a", options => options.Database = 3));

        var settings = Assert.Single(Started.Settings(host).Named);
        Assert.Equal(("redis-1:7000", "hunter2", 3), (settings.Link.Target, settings.Link.Credentials.Password, settings.Link.Database));
        await host.StopAsync();
    }

    [Fact]
    public async Task Validation_of_ones_own_is_asked_and_reported_with_the_rest()
    {
        var problems = await Started.ProblemsAsync(
            akka => akka.WithRedis(options => options.BackoffJitter = 2),
            services => services.AddOptions<RedisOptions>().Validate(options => options.ClientName is not null, "a name is missing"));

        Assert.Equal("RedisOptions of default: a name is missing", problems[0]);
        Assert.StartsWith("redis-actors.default.backoff.jitter: '2' is not valid; expected", problems[1]);
    }

    [Fact]
    public async Task Objects_stand_in_the_place_of_settings()
    {
        RemoteCertificateValidationCallback validation = (_, _, _, _) => true;
        using var host = await Started.HostAsync(
            akka => akka
                .WithRedis(options =>
                {
                    options.UseCredentialsProvider(services => services.GetRequiredService<Passwords>());
                    options.UseBackoffStrategy(new Seven());
                    options.TlsEnabled = true;
                    options.UseServerCertificateValidation(validation);
                })
                .WithRedis<A>("a")
                .WithRedis<B>("b", options => (options.Password, options.BackoffStrategy) = ("mine", BackoffStrategy.Constant))
                .WithRedis<C>("c", options => options.CredentialsProvider = typeof(Passwords)),
            services => services.AddSingleton(new Passwords("from DI")));

        var connections = Started.Settings(host).Named.ToDictionary(connection => connection.Name);
        var provided = await Provided(connections["a"]);
        Assert.Equal("from DI", provided);
        Assert.Equal(TimeSpan.FromSeconds(0.7), connections["a"].Supervision.Backoff.CreateStrategy().DelayBefore(1, TimeSpan.Zero, 0));
        Assert.Same(validation, connections["a"].Link.Tls.Validation);
        Assert.Equal(("mine", null), (connections["b"].Link.Credentials.Password, connections["b"].Link.Credentials.CreateProvider));
        Assert.NotEqual(TimeSpan.FromSeconds(0.7), connections["b"].Supervision.Backoff.CreateStrategy().DelayBefore(1, TimeSpan.Zero, 0));
        Assert.Equal("from DI", await Provided(connections["c"]));
        await host.StopAsync();

        static async Task<string?> Provided(Lanes.RedisSettings settings) =>
            (await settings.Link.Credentials.CreateProvider!().GetAsync("a", default)).Password;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_is_what_the_application_says_of_it(bool isGood)
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Tls = new RedisServerTls(certificates) });
        var asked = 0;
        using var host = await Started.HostAsync(akka => akka.WithRedis($"{server.Endpoint},ssl=true").WithRedis(options =>
        {
            options.MisconfiguredCommands = WhenMisconfigured.AnswerNotSent;
            options.UseServerCertificateValidation((_, _, _, errors) =>
            {
                Interlocked.Increment(ref asked);
                return isGood && errors != SslPolicyErrors.None;
            });
        }));
        var redis = host.Services.GetRequiredService<IRequiredActor<RedisActor>>().ActorRef;

        if (isGood) Assert.Equal("PONG", (await redis.ExecuteAsync("PING")).AsString());
        else Assert.Contains("the application refuses its certificate", (await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.ExecuteAsync("PING"))).Message);

        Assert.True(asked > 0);
        await host.StopAsync();
    }

    private sealed class A;

    private sealed class B;

    private sealed class C;

    private sealed class D;

    private sealed class E;

    private sealed class F;

    private sealed class Seven : IBackoffStrategy
    {
        public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) => TimeSpan.FromSeconds(0.7);
    }

    private sealed class Passwords(string password) : IRedisCredentialsProvider
    {
        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) => new(new RedisCredentials(null, password));
    }
}
