using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RedisActors.Hosting.Tests;

/// <summary>Sections of the host's configuration as options.</summary>
public sealed class BindingTests
{
    private const string Json = """
        {
          "Redis": {
            "Endpoint": "redis-1:7000",
            "CommandTimeout": "5s",
            "connect-timeout": "00:00:01.5",
            "Delivery": "exactly-once",
            "WhenSafe": { "Limit": "ReadOnly" },
            "Stash": { "MaxCount": 10, "max-bytes": "64MiB", "WhenFull": "drop-oldest" },
            "Tls": { "Enabled": true },
            "sessions.max": 7,
            "Restart": { "MaxRestarts": "unlimited" },
            "Misconfigured": { "RetryAfter": "never" },
            "Backoff": { "Jitter": 0.25, "Strategy": "linear", "PollInterval": "infinite" },
            "Password": " hunter2 "
          }
        }
        """;

    public static TheoryData<string> Ways => ["Configure", "Bind", "BindConfiguration", "WithRedis"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_notation_is_read(string way)
    {
        var settings = await SettingsAsync(way, Json);

        Assert.Equal(("redis-1:7000", true, " hunter2 "), (settings.Link.Target, settings.Link.Tls.Enabled, settings.Link.Credentials.Password));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1.5)), (settings.Commands.Timeout, settings.Link.ConnectTimeout));
        Assert.Equal((DeliveryMode.ExactlyOnce, ReplayLimit.ReadOnly), (settings.Commands.Delivery, settings.Commands.WhenSafeLimit));
        Assert.Equal((10, 64L << 20, WhenStashFull.DropOldest), (settings.Commands.Stash.MaxCount, settings.Commands.Stash.MaxBytes, settings.Commands.Stash.WhenFull));
        Assert.Equal((7, null), (settings.Sessions.Max, settings.Supervision.Restart.Max));
        Assert.Equal((Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, 0.25), (settings.Supervision.Misconfigured.RetryAfter, settings.Supervision.Backoff.PollInterval, settings.Supervision.Backoff.Jitter));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_is_wrong_is_all_reported_where_it_is_written(string way)
    {
        var problems = await ProblemsAsync(way, """
            {
              "Redis": {
                "Endpont": "redis-1:7000",
                "Stash": { "MaxCont": 10, "WhenFull": "reject" },
                "CommandTimeout": "30",
                "ConnectTimeout": "soon",
                "Backoff": { "Jitter": 2, "Strategy": "quadratic" },
                "Delivery": "twice",
                "Endpoint": [ "a:1" ],
                "Pasword": "hunter2"
              }
            }
            """);

        string[] expected =
        [
            "Redis:Backoff:Jitter: '2' is not valid; expected a number from 0 to 1",
            "Redis:Backoff:Strategy: 'quadratic' is not valid; expected exponential,",
            "Redis:CommandTimeout: '30' without a unit (such as 30s or 30ms) is not valid; expected a duration from 1ms to 365d,",
            "Redis:ConnectTimeout: 'soon' is not valid; expected a duration",
            "Redis:Delivery: 'twice' is not valid; expected at-most-once,",
            "Redis:Endpoint: a list is not valid; expected text",
            "Redis:Endpont: there is no such setting; did you mean Redis:Endpoint?",
            "Redis:Pasword: there is no such setting; did you mean Redis:Password?",
            "Redis:Stash:MaxCont: there is no such setting; did you mean Redis:Stash:MaxCount?",
            "Redis:Stash:WhenFull: 'reject' is not valid; expected reject-new, drop-oldest",
        ];
        Assert.Equal(expected.Length, problems.Length);
        Assert.All(expected.Zip(problems.Order(StringComparer.Ordinal)), pair => Assert.StartsWith(pair.First, pair.Second));
        Assert.DoesNotContain("hunter2", string.Join('\n', problems));
    }

    [Fact]
    public async Task Lists_and_connection_strings_can_be_written_too()
    {
        var list = await SettingsAsync("Configure", """{ "Redis": { "Endpoints": [ "a:1", "b:2" ] } }""");
        var text = await SettingsAsync("Configure", """{ "Redis": { "Endpoints": "a:1, b:2" } }""");
        var connection = await SettingsAsync("Configure", """{ "Redis": { "ConnectionString": "a:1,b:2,password=x", "Database": 3 } }""");

        Assert.All([list, text, connection], settings => Assert.Equal("a:1,b:2", settings.Link.Target));
        Assert.Equal(("x", 3), (connection.Link.Credentials.Password, connection.Link.Database));
    }

    [Fact]
    public async Task Classes_are_found_by_their_names()
    {
        var settings = await SettingsAsync("Configure", $$"""
            { "Redis": { "CredentialsProvider": "{{typeof(Provider).AssemblyQualifiedName}}", "Backoff": { "Strategy": "{{typeof(Nine).AssemblyQualifiedName}}" } } }
            """);

        Assert.IsType<Provider>(settings.Link.Credentials.CreateProvider!());
        Assert.Equal(TimeSpan.FromSeconds(0.9), settings.Supervision.Backoff.CreateStrategy().DelayBefore(1, TimeSpan.Zero, 0));
        Assert.StartsWith(
            "Redis:CredentialsProvider: 'Nobody' is not valid; expected the assembly-qualified name of a class",
            Assert.Single(await ProblemsAsync("Configure", """{ "Redis": { "CredentialsProvider": "Nobody" } }""")));
    }

    [Fact]
    public async Task What_code_sets_later_is_no_longer_where_it_was_written()
    {
        var problems = await Started.ProblemsAsync(
            akka => akka.WithRedis(options => (options.BackoffJitter, options.CommandTimeout) = (3, TimeSpan.FromSeconds(1))),
            services => services.Configure<RedisOptions>(Section("""{ "Redis": { "Backoff": { "Jitter": 2 }, "CommandTimeout": "soon" } }""")));

        Assert.StartsWith("redis-actors.default.backoff.jitter: '3' is not valid", Assert.Single(problems));
    }

    private static Task<Lanes.RedisSettings> SettingsAsync(string way, string json)
    {
        var (akka, services) = Configured(way, json);
        return Started.DefaultAsync(akka, services);
    }

    private static Task<string[]> ProblemsAsync(string way, string json)
    {
        var (akka, services) = Configured(way, json);
        return Started.ProblemsAsync(akka, services);
    }

    private static (Action<Akka.Hosting.AkkaConfigurationBuilder> Akka, Action<IServiceCollection> Services) Configured(string way, string json)
    {
        var section = Section(json);
        return way switch
        {
            "Configure" => (akka => akka.WithRedis(), services => services.Configure<RedisOptions>(section)),
            "Bind" => (akka => akka.WithRedis(), services => services.AddOptions<RedisOptions>().Bind(section)),
            "BindConfiguration" => (
                akka => akka.WithRedis(),
                services => services.AddSingleton<IConfiguration>(Root(json)).AddOptions<RedisOptions>().BindConfiguration("Redis")),
            _ => (akka => akka.WithRedis(section), _ => { }),
        };
    }

    private static IConfigurationSection Section(string json) => Root(json).GetSection("Redis");

    private static IConfigurationRoot Root(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    public sealed class Nine : IBackoffStrategy
    {
        public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) => TimeSpan.FromSeconds(0.9);
    }

    public sealed class Provider : IRedisCredentialsProvider
    {
        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) => new(new RedisCredentials("me", "secret"));
    }
}
