using Akka.Configuration.Hocon;

namespace RedisActors.Tests.Configuration;

/// <summary>Text, lists and sections are not taken for one another, in any setting.</summary>
public sealed class ShapeTests
{
    private static readonly string[] Shapes = ["hidden-word", "\"hidden-word:1,b:2\"", "[hidden-word]", "[]", "{ hidden-word = 1 }", "[hidden-word] b"];

    /// <summary>Every setting of reference.conf, however deep, and every shape that it does not have there.</summary>
    public static TheoryData<string, string> WrongShapes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (path, shape) in All(RedisExtension.DefaultConfig().GetConfig("redis-actors.default").Root.GetObject(), string.Empty))
            {
                foreach (var wrong in Shapes.Where(value => Shape(value) != shape)) data.Add(path, wrong);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WrongShapes))]
    public void A_setting_of_the_wrong_shape_is_one_problem_that_says_what_it_is_and_what_is_expected(string path, string value)
    {
        var problem = Assert.Single(Hocon.Problems($"{path} = {value}"));

        Assert.StartsWith($"redis-actors.default.{path}: {Shape(value)} is not valid; expected ", problem);
        Assert.DoesNotContain("hidden-word", problem);
    }

    [Fact]
    public void The_settings_of_all_shapes_are_tried()
    {
        Assert.Contains(WrongShapes, row => row is ["endpoints", "\"hidden-word:1,b:2\""]);
        Assert.Contains(WrongShapes, row => row is ["password", "[hidden-word]"]);
        Assert.Contains(WrongShapes, row => row is ["heartbeat.interval", "[hidden-word]"]);
        Assert.Contains(WrongShapes, row => row is ["heartbeat", "hidden-word"]);
    }

    [Theory]
    [InlineData("redis-actors = 1", "redis-actors: text is not valid; expected a section with ")]
    [InlineData("redis-actors = [x]", "redis-actors: a list is not valid; expected a section with ")]
    [InlineData("redis-actors.default = x", "redis-actors.default: text is not valid; expected a section with topology, endpoint, ")]
    [InlineData("redis-actors.default = [x]", "redis-actors.default: a list is not valid; expected a section with topology, endpoint, ")]
    [InlineData("redis-actors.connections = x", "redis-actors.connections: text is not valid; expected a section")]
    [InlineData("redis-actors.connections = [x]", "redis-actors.connections: a list is not valid; expected a section")]
    [InlineData("redis-actors.connections.cache = x", "redis-actors.connections.cache: text is not valid; expected a section")]
    [InlineData("redis-actors.connections.cache = [x]", "redis-actors.connections.cache: a list is not valid; expected a section")]
    [InlineData("redis-actors.connections.cache.heartbeat = [x]", "redis-actors.connections.cache.heartbeat: a list is not valid; expected a section")]
    [InlineData("redis-actors.connections.cache.password = [x]", "redis-actors.connections.cache.password: a list is not valid; expected text")]
    [InlineData("redis-actors.akka-cluster = x", "redis-actors.akka-cluster: text is not valid; expected a section")]
    [InlineData("redis-actors.lease = [x]", "redis-actors.lease: a list is not valid; expected a section")]
    public void A_section_of_the_wrong_shape_is_a_problem_like_any_other(string hocon, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Hocon.ProblemsOf(() => Hocon.Connections(hocon))));

    [Fact]
    public void A_wrong_default_does_not_hide_the_problems_of_other_connections()
    {
        var problems = Hocon.ProblemsOf(() => Hocon.Connections("redis-actors { default = x\nconnections.cache.database = -1\n}"));

        Assert.Equal(["redis-actors.default", "redis-actors.connections.cache.database"], problems.Select(line => line.Split(": ")[0]));
    }

    [Theory]
    [InlineData("[\"a:1\", [\"b:2\"]]", "a list in the list")]
    [InlineData("[\"a:1\", { b = 2 }]", "a section in the list")]
    [InlineData("[\"a:1\", \"b:0\"]", "'b:0'")]
    [InlineData("[\"a:1,b:2\"]", "(a text that may contain a secret)")]
    [InlineData("[\"\"]", "''")]
    public void An_item_that_is_no_endpoint_is_named(string list, string item)
    {
        foreach (var path in new[] { "endpoints", "sentinel.endpoints" })
        {
            var problem = Assert.Single(Hocon.Problems($"{path} = {list}"));

            Assert.StartsWith($"redis-actors.default.{path}: {item} is not valid; expected a list of host:port", problem);
        }
    }

    [Fact]
    public void Lists_may_be_put_together() =>
        Assert.Equal("a:1,b:2", Hocon.Settings("endpoints = [\"a:1\"] [\"b:2\"]").Link.Target);

    [Fact]
    public void A_substitution_that_leads_nowhere_is_no_missing_password() => Assert.Equal(
        "redis-actors.default.password: a substitution that leads nowhere is not valid; expected text",
        Assert.Single(Hocon.Problems("password = ${?REDIS_PASSWORD}")));

    [Theory]
    [InlineData("a = 5\nredis-actors.default.database = ${a}")]
    [InlineData("a = [\"b:2\"]\nredis-actors.default.endpoints = ${a}")]
    public void A_substitution_is_what_it_leads_to(string hocon) => Assert.NotNull(Hocon.Connections(hocon).Default);

    private static string Shape(string value) => value switch
    {
        "[hidden-word] b" => "a mixture of text, lists and sections",
        ['[', ..] => "a list",
        ['{', ..] => "a section",
        _ => "text",
    };

    private static IEnumerable<(string Path, string Shape)> All(HoconObject section, string prefix)
    {
        foreach (var (key, value) in section.Items)
        {
            // What a section may hold is tried with its settings.
            yield return (prefix + key, value.IsObject() ? "a section" : value.IsString() ? "text" : "a list");
            if (!value.IsObject()) continue;
            foreach (var inner in All(value.GetObject(), $"{prefix}{key}.")) yield return inner;
        }
    }
}
