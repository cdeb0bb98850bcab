using Akka.Configuration;
using RedisActors.Configuration;
using RedisActors.Lanes;

namespace RedisActors.Tests.Configuration;

public sealed class SeveralConnectionsTests
{
    [Fact]
    public void A_connection_has_from_default_what_it_does_not_set_and_the_rest_from_reference_conf()
    {
        var connections = Hocon.Connections("""
            redis-actors {
              default {
                endpoint = "redis-main"
                backoff.min = 7ms
              }
              connections {
                cache {
                  endpoint = "redis-cache"
                  backoff.max = 2s
                }
                sessions {}
              }
            }
            """);

        Assert.Equal(["cache", "sessions"], connections.Named.Select(settings => settings.Name));
        var (cache, sessions) = (connections.Named[0], connections.Named[1]);
        Assert.Equal(("redis-cache:6379", "redis-main:6379"), (cache.Link.Target, sessions.Link.Target));
        Assert.Equal((7, 7), (cache.Supervision.Backoff.Min.TotalMilliseconds, sessions.Supervision.Backoff.Min.TotalMilliseconds));
        Assert.Equal((2000, 1000), (cache.Supervision.Backoff.Max.TotalMilliseconds, sessions.Supervision.Backoff.Max.TotalMilliseconds));
        Assert.Equal(("redis-actors-cache", "redis-actors-sessions"), (cache.Link.ClientName, sessions.Link.ClientName));
        Assert.Equal("redis-main:6379", connections.Default.Link.Target);
    }

    [Fact]
    public void Without_connections_of_their_own_names_there_is_default_alone() => Assert.Empty(Hocon.Connections("").Named);

    [Fact]
    public void An_endpoint_of_its_own_goes_before_the_list_of_default()
    {
        const string Default = "redis-actors.default.endpoints = [\"a\", \"b\"]\n";

        Assert.Equal("c:6379", Named(Default + "redis-actors.connections.cache.endpoint = c").Link.Target);
        Assert.Equal("d:6379", Named(Default + "redis-actors.connections.cache { endpoint = c, endpoints = [d] }").Link.Target);
        Assert.Equal("a:6379,b:6379", Named(Default + "redis-actors.connections.cache {}").Link.Target);
    }

    [Fact]
    public void Credentials_of_its_own_go_before_those_of_default_whichever_kind_they_are()
    {
        var provider = $"credentials-provider = \"{typeof(NoCredentials).AssemblyQualifiedName}\"";

        var words = Named($"redis-actors.default.{provider}\nredis-actors.connections.cache.password = secret").Link.Credentials;
        Assert.Equal(("secret", null), (words.Password, words.CreateProvider));

        var asked = Named($"redis-actors.default.password = secret\nredis-actors.connections.cache.{provider}").Link.Credentials;
        Assert.Null(asked.Password);
        Assert.IsType<NoCredentials>(asked.CreateProvider!());
    }

    [Theory]
    [InlineData("\"two words\"")]
    [InlineData("\"a.b\"")]
    [InlineData("default")]
    [InlineData("\"gr\u00fcn\"")]
    [InlineData("\"a/b\"")]
    public void A_name_that_is_not_valid_is_refused(string name)
    {
        var problem = Assert.Single(Hocon.ProblemsOf(() => Hocon.Connections($"redis-actors.connections {{ {name} {{}} }}")));

        Assert.StartsWith($"redis-actors.connections.{name.Trim('"')}: '{name.Trim('"')}' is not valid as the name", problem);
        Assert.Contains("letters, digits, hyphens and underscores", problem);
    }

    [Theory]
    [InlineData("Orders")]
    [InlineData("orders-2")]
    [InlineData("_orders_2")]
    [InlineData("7")]
    public void Letters_digits_hyphens_and_underscores_make_a_name(string name) =>
        Assert.Equal(name, Named($"redis-actors.connections {{ {name} {{}} }}").Name);

    [Fact]
    public void A_value_in_the_place_of_a_connection_is_refused()
    {
        var problem = Assert.Single(Hocon.ProblemsOf(() => Hocon.Connections("redis-actors.connections.cache = \"redis-1:6379\"")));

        Assert.StartsWith("redis-actors.connections.cache: text is not valid", problem);
    }

    [Fact]
    public void The_problems_of_all_connections_are_reported_together_each_where_it_stands()
    {
        var problems = Hocon.ProblemsOf(() => Hocon.Connections("""
            redis-actors {
              default {
                database = first
                heartbeat.timout = 1s
              }
              connections {
                cache.lanes = 0
                sessions {
                  backoff { min = 5s, max = 2s }
                  delivry = exactly-once
                }
              }
            }
            """));

        Assert.Equal(
            [
                "redis-actors.connections.cache.lanes",
                "redis-actors.connections.sessions.backoff.min",
                "redis-actors.connections.sessions.delivry",
                "redis-actors.default.database",
                "redis-actors.default.heartbeat.timout",
            ],
            problems.Select(line => line.Split(": ")[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Settings_that_contradict_each_other_over_two_sections_are_reported_where_they_meet()
    {
        var problem = Assert.Single(Hocon.ProblemsOf(() => Hocon.Connections("""
            redis-actors.default.backoff.min = 800ms
            redis-actors.connections.cache.backoff.max = 500ms
            """)));

        Assert.Equal(
            "redis-actors.connections.cache.backoff.min: '800ms' (inherited) is longer than backoff.max, 00:00:00.5000000", problem);
    }

    [Fact]
    public void Default_need_not_be_complete_where_it_is_only_what_others_have_in_common()
    {
        var connections = Hocon.Connections("""
            redis-actors {
              default {
                topology = sentinel
                sentinel.endpoints = ["sentinel-1", "sentinel-2"]
              }
              connections {
                orders.sentinel.service = orders
                stock.sentinel.service = stock
              }
            }
            """);

        Assert.Equal(["orders", "stock"], connections.Named.Select(settings => settings.Link.Sentinel.Service));
        Assert.Contains(
            "redis-actors.default.sentinel.service", Assert.Throws<ConfigurationException>(() => connections.Default).Message);
    }

    private static RedisSettings Named(string hocon) => Assert.Single(Hocon.Connections(hocon).Named);

    private sealed class NoCredentials : IRedisCredentialsProvider
    {
        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }
}
