using Akka.Configuration;
using StackExchange.Redis;

namespace RedisActors.Hosting.Tests;

/// <summary>What connection strings become, and what is said of those that cannot be honoured.</summary>
public sealed class ConnectionStringTests
{
    private const string Secret = "hunter2";

    [Theory]
    [InlineData("redis", "endpoint = redis:6379")]
    [InlineData("[::1]:7000", "endpoint = [::1]:7000")]
    [InlineData("redis-1:7000,name=me,defaultDatabase=3", "endpoint = redis-1:7000, database = 3, client-name = me")]
    [InlineData("redis-1,name=me", "endpoint = redis-1:6379, client-name = me")]
    [InlineData("redis-1,ssl=true", "endpoint = redis-1:6380, tls.enabled = on")]
    [InlineData("redis-1:7000,ssl=true,sslHost=redis.example.org", "endpoint = redis-1:7000, tls.enabled = on, tls.host = redis.example.org")]
    [InlineData("redis-1,redis-2:7000", "endpoints = redis-1:6379 redis-2:7000")]
    [InlineData("s-1,s-2:7000,serviceName=main,sentinelUser=watcher", "topology = sentinel, sentinel.service = main, sentinel.endpoints = s-1:26379 s-2:7000, sentinel.user = watcher")]
    [InlineData("redis-1:1,connectTimeout=700,syncTimeout=900", "endpoint = redis-1:1, connect-timeout = 700ms, command-timeout = 900ms")]
    [InlineData("redis-1:1,syncTimeout=900,asyncTimeout=800", "endpoint = redis-1:1, command-timeout = 800ms")]
    [InlineData("redis-1:1,abortConnect=false,keepAlive=60,connectRetry=3,resolveDns=true,proxy=None,tunnel=,protocol=resp3", "endpoint = redis-1:1")]
    [InlineData("redis-1:1,allowAdmin=false", "endpoint = redis-1:1, allow-admin = off")]
    [InlineData("redis://redis-1", "endpoint = redis-1:6379")]
    [InlineData("rediss://redis-1:7000/3", "endpoint = redis-1:7000, database = 3, tls.enabled = on")]
    [InlineData("redis://app:hunter2@redis-1,redis-2:7000/?client_name=me", "endpoints = redis-1:6379 redis-2:7000, user = app, client-name = me")]
    [InlineData("REDIS://:hunter2@[::1]:7000", "endpoint = [::1]:7000")]
    public void A_connection_string_becomes_the_options_it_means(string text, string expected) =>
        Assert.Equal(expected, Shown(Options(text)));

    [Theory]
    [InlineData("redis-1:1,user=app,password=hunter2==", "app", "hunter2==")]
    [InlineData("redis-1:1,password=hun:t/er2", null, "hun:t/er2")]
    [InlineData("redis://app:hun%40t%2Fer2@redis-1", "app", "hun@t/er2")]
    [InlineData("redis://:hunter2@redis-1", null, "hunter2")]
    [InlineData("redis://app:a@b@redis-1", "app", "a@b")]
    public void User_and_password_are_taken_from_it(string text, string? user, string password)
    {
        var options = Options(text);

        Assert.Empty(options.Bound.Problems);
        Assert.Equal((user, password), (options.User, options.Password));
    }

    [Theory]
    [InlineData("redis-1,abortConnect=true", "here: abortConnect cannot be honoured")]
    [InlineData("redis-1,proxy=Twemproxy", "here: proxy cannot be honoured")]
    [InlineData("redis-1,channelPrefix=shop", "here: channelPrefix cannot be honoured")]
    [InlineData("redis-1,sslProtocols=tls12", "here: sslProtocols cannot be honoured")]
    [InlineData("redis-1,$INFO=", "here: commands that have other names on the server")]
    [InlineData("redis-1,tunnel=http:proxy:80,highIntegrity=true", "here: tunnel cannot be honoured|here: highIntegrity cannot be honoured")]
    [InlineData("redis-1,paswort=hunter2", "here: 'paswort' is not one of StackExchange.Redis; expected abortConnect,")]
    [InlineData("redis-1,ssl=hunter2", "here: ssl has a value that cannot be read")]
    [InlineData("redis-1:hunter2,password=hunter2", "here: (a text that may contain a secret) is not valid; expected host:port")]
    [InlineData("redis-1,password=abc,hunter2", "here: an endpoint follows the password")]
    [InlineData("redis-1,password=abc,hunter2=x", "here: a keyword is not one of StackExchange.Redis")]
    [InlineData("password=hunter2", "here: names no server")]
    [InlineData("redis://hunter2@redis-1", "here: names a user without a password")]
    [InlineData("redis://app:hunter2@redis-1?mode=hunter2", "here: 'mode' is not a parameter that can be honoured")]
    [InlineData("redis://app:hunter2@redis-1/hunter2", "here: names a database that is not a whole number")]
    [InlineData("redis://app:hunter2@redis-1:hunter2", "here: names a server that is not host:port")]
    [InlineData("redis://app:hunt/er2@redis-1", "here: is not a URI")]
    [InlineData("http://app:hunter2@redis-1", "here: is not a URI")]
    public void What_cannot_be_honoured_is_named_and_no_value_is_repeated(string text, string expected)
    {
        var problems = Options(text).Bound.Problems.ConvertAll(problem => $"{problem.Path}: {problem.Problem}");

        Assert.Equal(expected.Split('|').Length, problems.Count);
        Assert.All(expected.Split('|').Zip(problems), pair => Assert.StartsWith(pair.First, pair.Second));
        Assert.DoesNotContain(Secret, string.Join('\n', problems));
    }

    [Fact]
    public void Parsed_options_mean_the_same()
    {
        var parsed = new ConfigurationOptions
        {
            EndPoints = { { "redis-1", 7000 } }, Ssl = true, User = "app", Password = Secret, DefaultDatabase = 3, ClientName = "me", AbortOnConnectFail = false,
        };
        var options = new RedisOptions();

        options.ApplyConnectionString(parsed);

        Assert.Empty(options.Bound.Problems);
        Assert.Equal("endpoint = redis-1:7000, database = 3, user = app, tls.enabled = on, client-name = me", Shown(options));
        Assert.Equal(Secret, options.Password);
    }

    [Fact]
    public void What_only_parsed_options_can_say_is_refused_too()
    {
        var options = new RedisOptions();

        options.ApplyConnectionString(new ConfigurationOptions
        {
            EndPoints = { "redis-1" }, Proxy = Proxy.Twemproxy, BeforeSocketConnect = (_, _, _) => { }, SslClientAuthenticationOptions = _ => new(),
        });

        Assert.Equal(
            ["proxy", "BeforeSocketConnect", "SslClientAuthenticationOptions"],
            options.Bound.Problems.Select(problem => problem.Problem.Split(' ')[0]));
    }

    [Fact]
    public async Task A_password_that_a_provider_of_defaults_renews_is_asked_for_each_time()
    {
        var tokens = new Tokens();
        var options = new RedisOptions();
        options.ApplyConnectionString(new ConfigurationOptions { EndPoints = { "redis-1" }, Defaults = tokens });
        var provider = options.Bound.Credentials!(null!);

        tokens.Token = "second";

        Assert.Equal((null, null), (options.User, options.Password));
        Assert.Equal(new RedisCredentials("app", "second"), await provider.GetAsync("default", default));
    }

    [Fact]
    public void A_later_connection_string_takes_the_place_of_the_servers_of_an_earlier_one()
    {
        var options = Options("redis-1,redis-2");

        options.ApplyConnectionString("redis-3");

        Assert.Equal("endpoint = redis-3:6379", Shown(options));
    }

    private sealed class Tokens : StackExchange.Redis.Configuration.DefaultOptionsProvider
    {
        public string Token { get; set; } = "first";

        public override string User => "app";

        public override string Password => Token;
    }

    private static RedisOptions Options(string text)
    {
        var options = new RedisOptions();
        ConnectionText.Apply(text, "here", options);
        return options;
    }

    private static string Shown(RedisOptions options)
    {
        Assert.Empty(options.Bound.Problems);
        var config = options.ToConfig("default");
        return string.Join(", ", RedisOption.All.Select(option => option.Path).Distinct()
            .Where(path => config.HasPath($"redis-actors.default.{path}"))
            .Select(path => $"{path} = {Value(config, $"redis-actors.default.{path}")}"));
    }

    private static string Value(Config config, string path) =>
        config.GetValue(path).IsArray() ? string.Join(' ', config.GetStringList(path)) : config.GetString(path);
}
