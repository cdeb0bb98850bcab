using Akka.Configuration;

namespace Akka.Conformance.Tests;

/// <summary>How single values of HOCON are read: durations, sizes, numbers, switches, text.</summary>
public sealed class HoconValueTests
{
    [Theory]
    [InlineData("100ns", 1)]
    [InlineData("5000 nanos", 50)]
    [InlineData("200 nanosecond", 2)]
    [InlineData("200 nanoseconds", 2)]
    [InlineData("1micros", 10)]
    [InlineData("7 micro", 70)]
    [InlineData("1 microsecond", 10)]
    [InlineData("3 microseconds", 30)]
    [InlineData("5ms", 50_000)]
    [InlineData("5 ms", 50_000)]
    [InlineData("5 milli", 50_000)]
    [InlineData("5 millis", 50_000)]
    [InlineData("1 millisecond", 10_000)]
    [InlineData("5 milliseconds", 50_000)]
    [InlineData("0.5 ms", 5_000)]
    [InlineData("3s", 3 * TimeSpan.TicksPerSecond)]
    [InlineData("10 s", 10 * TimeSpan.TicksPerSecond)]
    [InlineData("\"10 s\"", 10 * TimeSpan.TicksPerSecond)]
    [InlineData("1 second", TimeSpan.TicksPerSecond)]
    [InlineData("3 seconds", 3 * TimeSpan.TicksPerSecond)]
    [InlineData("1.5s", 3 * TimeSpan.TicksPerSecond / 2)]
    [InlineData("2m", 2 * TimeSpan.TicksPerMinute)]
    [InlineData("1 minute", TimeSpan.TicksPerMinute)]
    [InlineData("2 minutes", 2 * TimeSpan.TicksPerMinute)]
    [InlineData("1h", TimeSpan.TicksPerHour)]
    [InlineData("1 hour", TimeSpan.TicksPerHour)]
    [InlineData("2 hours", 2 * TimeSpan.TicksPerHour)]
    [InlineData("2d", 2 * TimeSpan.TicksPerDay)]
    [InlineData("1 day", TimeSpan.TicksPerDay)]
    [InlineData("2 days", 2 * TimeSpan.TicksPerDay)]
    [InlineData("100", 100 * TimeSpan.TicksPerMillisecond)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    public void A_duration_has_a_unit_or_is_in_milliseconds(string text, long ticks) =>
        Assert.Equal(TimeSpan.FromTicks(ticks), Parse($"a = {text}").GetTimeSpan("a"));

    [Theory]
    [InlineData("infinite")]
    [InlineData("\"infinite\"")]
    public void Infinite_is_the_infinite_timeout(string text) =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Parse($"a = {text}").GetTimeSpan("a"));

    [Fact]
    public void Infinite_is_refused_where_it_is_not_allowed() =>
        Assert.Throws<FormatException>(() => Parse("a = infinite").GetTimeSpan("a", null, allowInfinite: false));

    [Theory]
    [InlineData("1us")]
    [InlineData("1w")]
    [InlineData("1 S")]
    [InlineData("5 foo")]
    [InlineData("-1")]
    [InlineData("-1s")]
    [InlineData("soon")]
    [InlineData("off")]
    public void What_is_no_duration_is_refused(string text) =>
        Assert.Throws<FormatException>(() => Parse($"a = {text}").GetTimeSpan("a"));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1b", 1)]
    [InlineData("1B", 1)]
    [InlineData("1 byte", 1)]
    [InlineData("2 bytes", 2)]
    [InlineData("1kB", 1000)]
    [InlineData("1 kilobyte", 1000)]
    [InlineData("3 kilobytes", 3000)]
    [InlineData("\"3 kB\"", 3000)]
    [InlineData("1k", 1024)]
    [InlineData("1K", 1024)]
    [InlineData("1Ki", 1024)]
    [InlineData("1KiB", 1024)]
    [InlineData("10 KiB", 10 * 1024)]
    [InlineData("1 kibibyte", 1024)]
    [InlineData("1MB", 1_000_000)]
    [InlineData("2 megabytes", 2_000_000)]
    [InlineData("1m", 1L << 20)]
    [InlineData("1M", 1L << 20)]
    [InlineData("1MiB", 1L << 20)]
    [InlineData("128 mebibytes", 128L << 20)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("1g", 1L << 30)]
    [InlineData("1G", 1L << 30)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("1TiB", 1L << 40)]
    public void A_size_is_decimal_with_kB_and_binary_with_k_or_KiB(string text, long bytes) =>
        Assert.Equal(bytes, Parse($"a = {text}").GetByteSize("a"));

    [Theory]
    [InlineData("1kb")]
    [InlineData("1KB")]
    [InlineData("1.5k")]
    [InlineData("kB")]
    [InlineData("much")]
    [InlineData("infinite")]
    public void What_is_no_size_is_refused(string text) =>
        Assert.Throws<FormatException>(() => Parse($"a = {text}").GetByteSize("a"));

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("\"on\"", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void A_switch_is_on_or_off_true_or_false(string text, bool value) =>
        Assert.Equal(value, Parse($"a = {text}").GetBoolean("a"));

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    [InlineData("True")]
    [InlineData("1")]
    public void What_is_no_switch_is_refused(string text) =>
        Assert.Throws<NotSupportedException>(() => Parse($"a = {text}").GetBoolean("a"));

    [Theory]
    [InlineData("5", 5)]
    [InlineData("-5", -5)]
    [InlineData("\"5\"", 5)]
    public void An_integer_may_be_quoted(string text, int value)
    {
        Assert.Equal(value, Parse($"a = {text}").GetInt("a"));
        Assert.Equal(value, Parse($"a = {text}").GetLong("a"));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("many")]
    [InlineData("\"\"")]
    public void What_is_no_integer_is_refused(string text) =>
        Assert.Throws<FormatException>(() => Parse($"a = {text}").GetInt("a"));

    [Fact]
    public void A_long_holds_what_an_int_does_not()
    {
        Assert.Equal(99_999_999_999, Parse("a = 99999999999").GetLong("a"));
        Assert.Throws<OverflowException>(() => Parse("a = 99999999999").GetInt("a"));
    }

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("-0.2", -0.2)]
    [InlineData("1e3", 1000)]
    [InlineData("5", 5)]
    public void A_double_has_a_point_whatever_the_culture(string text, double value) =>
        Assert.Equal(value, Parse($"a = {text}").GetDouble("a"));

    [Theory]
    [InlineData("a = hello big world", "hello big world")]
    [InlineData("a =   x   ", "x")]
    [InlineData("\ta = 1", "1")]
    [InlineData("a =\n 5", "5")]
    [InlineData("a : 5", "5")]
    [InlineData("{ a = 1 }", "1")]
    [InlineData("a = 1, b = 2", "1")]
    [InlineData("b = 1\r\na = 2\r\n", "2")]
    [InlineData("a = x # comment", "x")]
    [InlineData("a = x // comment", "x")]
    [InlineData("# comment\n// another\na = x", "x")]
    [InlineData("a = \"hello # world\"", "hello # world")]
    [InlineData("a = \"http://localhost:6379/\"", "http://localhost:6379/")]
    [InlineData("a = \"\"", "")]
    [InlineData("a = \"tab\\t quote\\\" backslash\\\\ letter\\u0041\"", "tab\t quote\" backslash\\ letterA")]
    [InlineData("a = \"\"\"two\nlines, \"quoted\" \\n\"\"\"", "two\nlines, \"quoted\" \\n")]
    [InlineData("a = \"x\" y \"z\"", "x y z")]
    [InlineData("a = \"x\"\"z\"", "xz")]
    [InlineData("a = 127.0.0.1", "127.0.0.1")]
    [InlineData("a = Some.Type", "Some.Type")]
    public void Text_is_read_as_it_is_written(string hocon, string value) =>
        Assert.Equal(value, Parse(hocon).GetString("a"));

    [Fact]
    public void Null_is_no_text() => Assert.Null(Parse("a = null").GetString("a", "default"));

    [Fact]
    public void Unquoted_text_holds_no_colon() =>
        Assert.Throws<ConfigurationException>(() => Parse("a = http://x.y/z"));

    [Theory]
    [InlineData("a = [1, 2, 3]", "1|2|3")]
    [InlineData("a = [1,2,]", "1|2")]
    [InlineData("a = [\n 1\n 2\n 3\n]", "1|2|3")]
    [InlineData("a = [\n 1,\n 2\n]", "1|2")]
    [InlineData("a = [1 # one\n2 // two\n]", "1|2")]
    [InlineData("a = [\"x y\", z w]", "x y|z w")]
    [InlineData("a = []", "")]
    [InlineData("a = [1] [2]", "1|2")]
    [InlineData("a = [1, 2]\na = [3]", "3")]
    [InlineData("b = [1, 2]\na = ${b}", "1|2")]
    [InlineData("b = 1\na = [${b}, 2]", "1|2")]
    [InlineData("b = [1]\na = ${b} [2]", "1|2")]
    [InlineData("b = [1]\na = [0] ${b}", "0|1")]
    [InlineData("b = [1]\nc = [2]\na = ${b}${c}", "1|2")]
    public void A_list_is_read_in_order(string hocon, string items) =>
        Assert.Equal(items, string.Join('|', Parse(hocon).GetStringList("a")));

    [Fact]
    public void A_list_of_numbers_is_read_as_numbers() => Assert.Equal([1, 2], Parse("a = [1, 2]").GetIntList("a"));

    [Fact]
    public void A_list_may_hold_objects()
    {
        var items = Parse("a = [{ x = 1 }, { x = 2 }]").GetValue("a").GetArray();

        Assert.Equal([1, 2], items.Select(v => v.GetObject().GetKey("x").GetInt()));
    }

    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);
}
