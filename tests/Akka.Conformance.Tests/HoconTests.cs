using Akka.Configuration;

namespace Akka.Conformance.Tests;

/// <summary>How HOCON is put together: objects, keys, substitution, fallback.</summary>
public sealed class HoconTests
{
    [Theory]
    [InlineData("a { b = 1 }", "a.b", "1")]
    [InlineData("a { b { c = 1 } }", "a.b.c", "1")]
    [InlineData("a.b.c = 1", "a.b.c", "1")]
    [InlineData("a = { b = 1 }", "a.b", "1")]
    [InlineData("a : { b : 1 }", "a.b", "1")]
    [InlineData("a { b = 1, }", "a.b", "1")]
    [InlineData("a.b = 1, a.c = 2", "a.c", "2")]
    [InlineData("a-b.c-d = 1", "a-b.c-d", "1")]
    [InlineData("{ \"a\" : { \"b\" : \"json\" } }", "a.b", "json")]
    public void Objects_nest_by_braces_and_by_dots(string hocon, string path, string value) =>
        Assert.Equal(value, Parse(hocon).GetString(path));

    [Theory]
    [InlineData("a = 1\na = 2", "a", "2")]
    [InlineData("a { x = 1 }\na { y = 2 }", "a.x", "1")]
    [InlineData("a { x = 1 }\na { y = 2 }", "a.y", "2")]
    [InlineData("a { x = 1 }\na { x = 2 }", "a.x", "2")]
    [InlineData("a.b = 1\na { c = 2 }", "a.b", "1")]
    [InlineData("a.b = 1\na { b = 2 }", "a.b", "2")]
    [InlineData("a { b { c = 1, d = 2 } }\na.b.c = 3", "a.b.c", "3")]
    [InlineData("a { b { c = 1, d = 2 } }\na.b.c = 3", "a.b.d", "2")]
    public void Later_goes_before_earlier_and_objects_merge(string hocon, string path, string value) =>
        Assert.Equal(value, Parse(hocon).GetString(path));

    [Theory]
    [InlineData("\"a.b\" = 1", "\"a.b\"")]
    [InlineData("x { \"a.b\" { c = 1 } }", "x.\"a.b\".c")]
    [InlineData("x.\"a.b\".c = 1", "x.\"a.b\".c")]
    [InlineData("x { \"Some.Type, Some.Assembly\" = 1 }", "x.\"Some.Type, Some.Assembly\"")]
    public void A_quoted_key_is_one_key_whatever_it_holds(string hocon, string path) =>
        Assert.Equal(1, Parse(hocon).GetInt(path));

    [Fact]
    public void A_quoted_key_is_not_a_path()
    {
        var config = Parse("\"a.b\" = 1");

        Assert.False(config.HasPath("a.b"));
        Assert.True(config.HasPath("\"a.b\""));
    }

    [Theory]
    [InlineData("b = 1\na = ${b}", "1")]
    [InlineData("a = ${b}\nb = 1", "1")]
    [InlineData("b = 1\na = ${b}\nb = 2", "2")]
    [InlineData("x.y.z = 7\na = ${x.y.z}", "7")]
    [InlineData("c = 1\nb = ${c}\na = ${b}", "1")]
    [InlineData("b = world\na = hello ${b}", "hello world")]
    [InlineData("b = hello\na = ${b} world", "hello world")]
    [InlineData("b = x\nc = y\na = ${b}${c}", "xy")]
    [InlineData("b = x\na = ${b}\"/y\"", "x/y")]
    [InlineData("b = world\na = \"hello ${b}\"", "hello ${b}")]
    public void A_substitution_stands_for_the_value_at_its_path(string hocon, string value) =>
        Assert.Equal(value, Parse(hocon).GetString("a"));

    [Fact]
    public void A_substitution_may_stand_for_a_whole_object()
    {
        var config = Parse("base { p = 1, q { r = 2 } }\na = ${base}\nx { y = ${base.q} }");

        Assert.Equal(1, config.GetInt("a.p"));
        Assert.Equal(2, config.GetInt("a.q.r"));
        Assert.Equal(2, config.GetInt("x.y.r"));
    }

    [Fact]
    public void A_substitution_of_nothing_is_refused() =>
        Assert.Throws<FormatException>(() => Parse("a = ${nowhere}"));

    [Fact]
    public void A_substitution_does_not_look_into_a_fallback_that_comes_later() =>
        Assert.Throws<FormatException>(() => Parse("a = ${b}").WithFallback(Parse("b = 2")));

    [Fact]
    public void A_substitution_in_a_fallback_keeps_the_value_that_the_fallback_had()
    {
        var config = Parse("b = 1").WithFallback(Parse("b = 2\na = ${b}"));

        Assert.Equal(2, config.GetInt("a"));
        Assert.Equal(1, config.GetInt("b"));
    }

    /// <summary>Akka.NET 1.5 knows no <c>+=</c>: to lengthen a list, concatenate substitutions.</summary>
    [Theory]
    [InlineData("a = [1]\na += 2", "1")]
    [InlineData("a = [1]\na += [2, 3]", "1")]
    [InlineData("a += 1", "")]
    public void Plus_equals_leaves_the_list_as_it_was(string hocon, string items) =>
        Assert.Equal(items, string.Join('|', Parse(hocon).GetStringList("a")));

    [Fact]
    public void Ones_own_value_goes_before_the_fallback()
    {
        var config = Parse("a = 1").WithFallback(Parse("a = 2, b = 3"));

        Assert.Equal(1, config.GetInt("a"));
        Assert.Equal(3, config.GetInt("b"));
    }

    [Fact]
    public void Fallbacks_are_asked_in_the_order_in_which_they_were_added()
    {
        var config = Parse("a = 1").WithFallback(Parse("b = 2")).WithFallback(Parse("a = 3, b = 3, c = 3"));

        Assert.Equal(1, config.GetInt("a"));
        Assert.Equal(2, config.GetInt("b"));
        Assert.Equal(3, config.GetInt("c"));
    }

    [Fact]
    public void Objects_are_merged_with_those_of_the_fallback()
    {
        var config = Parse("x { a = 1 }").WithFallback(Parse("x { a = 2, b { c = 3 } }"));

        Assert.Equal(1, config.GetInt("x.a"));
        Assert.Equal(3, config.GetInt("x.b.c"));
    }

    [Fact]
    public void GetConfig_holds_what_the_fallbacks_say_below_that_path()
    {
        var section = Parse("x { a = 1 }").WithFallback(Parse("x { a = 2, b = 3 }")).GetConfig("x");

        Assert.Equal(1, section.GetInt("a"));
        Assert.Equal(3, section.GetInt("b"));
    }

    [Fact]
    public void A_section_may_have_a_fallback_of_its_own()
    {
        var section = Parse("x { a = 1 }").GetConfig("x").WithFallback(Parse("a = 2, b = 3"));

        Assert.Equal(1, section.GetInt("a"));
        Assert.Equal(3, section.GetInt("b"));
    }

    [Fact]
    public void A_list_is_not_merged_with_that_of_the_fallback() =>
        Assert.Equal(["1"], Parse("a = [1]").WithFallback(Parse("a = [2, 3]")).GetStringList("a"));

    [Fact]
    public void A_value_hides_the_object_of_the_fallback_and_the_other_way_round()
    {
        Assert.False(Parse("a = 2").WithFallback(Parse("a { b = 1 }")).HasPath("a.b"));
        Assert.Equal(1, Parse("a { b = 1 }").WithFallback(Parse("a = 2")).GetInt("a.b"));
    }

    [Fact]
    public void WithFallback_leaves_the_original_as_it_was()
    {
        var original = Parse("a = 1");

        _ = original.WithFallback(Parse("b = 2"));

        Assert.False(original.HasPath("b"));
    }

    [Fact]
    public void An_empty_config_is_neutral()
    {
        Assert.Equal(1, Config.Empty.WithFallback(Parse("a = 1")).GetInt("a"));
        Assert.Equal(1, Parse("a = 1").WithFallback(Config.Empty).GetInt("a"));
        Assert.Equal(1, Parse("a = 1").WithFallback(null).GetInt("a"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("# only a comment\n", true)]
    [InlineData("a = 1", false)]
    public void IsEmpty_tells_whether_there_is_anything(string hocon, bool empty)
    {
        Assert.Equal(empty, Parse(hocon).IsEmpty);
        Assert.Equal(empty, Parse(hocon).IsNullOrEmpty());
    }

    [Theory]
    [InlineData("x.a", true)]
    [InlineData("x", true)]
    [InlineData("empty", true)]
    [InlineData("fallback", true)]
    [InlineData("x.b", false)]
    [InlineData("y", false)]
    public void HasPath_tells_whether_a_path_is_there(string path, bool there)
    {
        var config = Parse("x { a = 1 }\nempty {}").WithFallback(Parse("fallback = 1"));

        Assert.Equal(there, config.HasPath(path));
    }

    [Fact]
    public void A_section_that_is_not_there_is_null()
    {
        Assert.Null(Parse("a = 1").GetConfig("x"));
        Assert.True(Parse("a = 1").GetConfig("x").IsNullOrEmpty());
    }

    [Fact]
    public void What_is_not_there_is_the_default_that_was_given()
    {
        var config = Parse("x = 1");

        Assert.Equal(7, config.GetInt("a", 7));
        Assert.Equal(8L, config.GetLong("a", 8));
        Assert.Equal(1.5, config.GetDouble("a", 1.5));
        Assert.True(config.GetBoolean("a", true));
        Assert.Equal("text", config.GetString("a", "text"));
        Assert.Equal(["item"], config.GetStringList("a", ["item"]));
        Assert.Equal(TimeSpan.FromSeconds(3), config.GetTimeSpan("a", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void Without_a_default_what_is_not_there_is_zero_or_null()
    {
        var config = Parse("x = 1");

        Assert.Equal(0, config.GetInt("a"));
        Assert.False(config.GetBoolean("a"));
        Assert.Null(config.GetString("a"));
        Assert.Null(config.GetByteSize("a"));
        Assert.Empty(config.GetStringList("a"));
        Assert.Equal(TimeSpan.Zero, config.GetTimeSpan("a"));
    }

    [Fact]
    public void The_keys_of_an_object_can_be_listed()
    {
        var config = Parse("a { x = 1, y { z = 2 } }");

        Assert.Equal(["x", "y"], config.GetValue("a").GetObject().Items.Keys.Order());
        Assert.Equal(["x", "y"], config.GetConfig("a").AsEnumerable().Select(e => e.Key).Order());
    }

    [Fact]
    public void Listing_includes_the_fallbacks()
    {
        var config = Parse("a { x = 1 }").WithFallback(Parse("a { y = 2 }\nb = 3"));

        Assert.Equal(["a", "b"], config.AsEnumerable().Select(e => e.Key).Distinct().Order());
        Assert.Equal(["x", "y"], config.GetConfig("a").AsEnumerable().Select(e => e.Key).Distinct().Order());
    }

    [Fact]
    public void A_value_tells_what_it_is()
    {
        var config = Parse("object { a = 1 }\nlist = [1]\ntext = x");

        Assert.True(config.GetValue("object").IsObject());
        Assert.True(config.GetValue("list").IsArray());
        Assert.True(config.GetValue("text").IsString());
        Assert.Null(config.GetValue("nothing"));
    }

    [Fact]
    public void What_is_written_out_reads_as_the_same()
    {
        var written = Parse("a { x = \"q # r\", list = [1, 2], deep { d = 3s } }").ToString();

        var read = Parse(written);
        Assert.Equal("q # r", read.GetString("a.x"));
        Assert.Equal(["1", "2"], read.GetStringList("a.list"));
        Assert.Equal(TimeSpan.FromSeconds(3), read.GetTimeSpan("a.deep.d"));
    }

    [Fact]
    public void A_string_is_a_config()
    {
        Config config = "a = 1";

        Assert.Equal(1, config.GetInt("a"));
    }

    [Fact]
    public void An_embedded_resource_is_a_config()
    {
        var config = ConfigurationFactory.FromResource(
            "Akka.Conformance.Tests.embedded.conf",
            typeof(HoconTests).Assembly);

        Assert.Equal("embedded", config.GetString("conformance.where"));
    }

    [Fact]
    public void The_settings_of_an_actor_system_are_ones_own_over_the_defaults()
    {
        using var system = Akka.Actor.ActorSystem.Create("settings", Parse("akka.loglevel = OFF, mine = 1"));

        Assert.Equal("OFF", system.Settings.Config.GetString("akka.loglevel"));
        Assert.Equal(1, system.Settings.Config.GetInt("mine"));
        Assert.False(system.Settings.Config.GetBoolean("akka.actor.serialize-messages", true));
        Assert.Equal(Timeout.InfiniteTimeSpan, system.Settings.Config.GetTimeSpan("akka.actor.ask-timeout"));
    }

    [Fact]
    public async Task A_fallback_can_be_injected_below_the_settings_of_a_running_system()
    {
        var system = Akka.Actor.ActorSystem.Create("inject", Parse("akka.stdout-loglevel = OFF, mine { a = 1 }"));

        system.Settings.InjectTopLevelFallback(Parse("mine { a = 2, b = 3 }"));

        Assert.Equal(1, system.Settings.Config.GetInt("mine.a"));
        Assert.Equal(3, system.Settings.Config.GetInt("mine.b"));
        await system.Terminate();
    }

    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);
}
