using StackExchange.Redis;

namespace RedisActors.Tests.Decisions;

public sealed class RespValueTests
{
    private static readonly RespValue Nested = RespValue.Array(
        RespValue.Integer(1), RespValue.BulkString("two"), RespValue.Array(RespValue.Null, RespValue.Error("ERR three")));

    [Fact]
    public void The_default_is_null()
    {
        RespValue value = default;

        Assert.True(value.IsNull);
        Assert.Equal(RespKind.Null, value.Kind);
        Assert.Equal(RespValue.Null, value);
        Assert.Null(value.AsString());
        Assert.True(value.AsRedisValue().IsNull);
        Assert.Empty(value.AsArray());
        Assert.Null(value.AsBytes());
        Assert.True(value.AsMemory().IsEmpty);
        Assert.Empty(value.AsPairs());
        Assert.Empty(value.AsDictionary());
        Assert.Contains("a Null", Assert.Throws<InvalidCastException>(() => default(RespValue).AsInt64()).Message);
    }

    [Fact]
    public void An_integer_is_read_as_number_or_text()
    {
        var value = RespValue.Integer(long.MinValue);

        Assert.Equal(RespKind.Integer, value.Kind);
        Assert.Equal(long.MinValue, value.AsInt64());
        Assert.Equal("-9223372036854775808", value.AsString());
        Assert.Equal(long.MinValue, (long)value.AsRedisValue());
        Assert.Equal(-9223372036854775808.0, value.AsDouble());
        Assert.Equal("-9223372036854775808"u8.ToArray(), value.AsBytes());
    }

    [Fact]
    public void A_string_of_bytes_is_read_as_text_or_bytes()
    {
        var value = RespValue.BulkString("gr\u00fc\u00dfe");

        Assert.Equal("gr\u00fc\u00dfe", value.AsString());
        Assert.Equal("gr\u00fc\u00dfe"u8.ToArray(), (byte[]?)value.AsRedisValue());
    }

    [Fact]
    public void Bytes_that_are_no_text_come_back_as_they_were()
    {
        byte[] bytes = [0, 255, 254, 13, 10, 0];

        Assert.Equal(bytes, (byte[]?)RespValue.BulkString(bytes).AsRedisValue());
        Assert.Equal(bytes, RespValue.BulkString(bytes).AsMemory().ToArray());
        Assert.Equal(bytes, RespValue.BulkString(bytes).AsBytes());
    }

    [Fact]
    public void Bytes_that_were_handed_out_are_a_copy()
    {
        var value = RespValue.BulkString("text"u8.ToArray());

        value.AsBytes()![0] = 0;

        Assert.Equal("text", value.AsString());
    }

    [Fact]
    public void A_string_of_bytes_without_a_value_is_a_null_and_an_empty_one_is_not()
    {
        Assert.True(RespValue.BulkString(RedisValue.Null).IsNull);
        Assert.False(RespValue.BulkString(string.Empty).IsNull);
        Assert.Equal(string.Empty, RespValue.BulkString(string.Empty).AsString());
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-42", -42)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Digits_are_read_as_an_integer(string text, long expected)
    {
        Assert.Equal(expected, RespValue.BulkString(text).AsInt64());
        Assert.True(RespValue.BulkString(text).TryGetInt64(out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("five")]
    [InlineData("1.5")]
    [InlineData("9223372036854775808")]
    public void Other_text_is_no_integer(string text)
    {
        var error = Assert.Throws<FormatException>(() => RespValue.BulkString(text).AsInt64());

        Assert.Contains($"not an integer: it is a BulkString of {text.Length} bytes", error.Message);
        Assert.False(RespValue.BulkString(text).TryGetInt64(out _));
    }

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("-3", -3.0)]
    [InlineData("3.0e+20", 3e20)]
    [InlineData("17179869184.00000000000000001", 17179869184.0)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("nan", double.NaN)]
    [InlineData("-nan", double.NaN)]
    public void A_number_as_redis_writes_it_is_read_as_a_double(string text, double expected)
    {
        Assert.Equal(expected, RespValue.BulkString(text).AsDouble());
        Assert.True(RespValue.BulkString(text).TryGetDouble(out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1e999")]
    [InlineData("five")]
    [InlineData("Infinity")]
    public void Other_text_is_no_double(string text)
    {
        Assert.Throws<FormatException>(() => RespValue.BulkString(text).AsDouble());
        Assert.False(RespValue.BulkString(text).TryGetDouble(out _));
    }

    [Fact]
    public void One_and_zero_are_read_as_booleans()
    {
        Assert.True(RespValue.Integer(1).AsBoolean());
        Assert.False(RespValue.Integer(0).AsBoolean());
        Assert.True(RespValue.BulkString("1").AsBoolean());
        Assert.True(RespValue.BulkString("0").TryGetBoolean(out var value));
        Assert.False(value);
    }

    [Fact]
    public void Nothing_else_is_a_boolean()
    {
        Assert.Throws<FormatException>(() => RespValue.Integer(2).AsBoolean());
        Assert.Throws<FormatException>(() => RespValue.BulkString("true").AsBoolean());
        Assert.Throws<InvalidCastException>(() => RespValue.SimpleString("OK").AsBoolean());
        Assert.Throws<InvalidCastException>(() => RespValue.Null.AsBoolean());
        Assert.False(RespValue.Integer(-1).TryGetBoolean(out _));
    }

    [Fact]
    public void A_value_of_another_kind_is_named_and_its_content_only_if_it_is_the_servers()
    {
        Assert.Contains("SimpleString 'OK'", Assert.Throws<InvalidCastException>(() => RespValue.SimpleString("OK").AsInt64()).Message);
        Assert.Contains("Error 'ERR no'", Assert.Throws<InvalidCastException>(() => RespValue.Error("ERR no").AsDouble()).Message);
        Assert.Contains("Array of 3 items", Assert.Throws<InvalidCastException>(() => Nested.AsDouble()).Message);
        Assert.DoesNotContain("secret", Assert.Throws<InvalidCastException>(() => RespValue.BulkString("secret").AsArray()).Message);
    }

    [Fact]
    public void An_array_is_read_as_pairs_and_as_a_dictionary()
    {
        var map = RespValue.Array(
            RespValue.BulkString("a"), RespValue.Integer(1), RespValue.BulkString("b"), RespValue.Null,
            RespValue.BulkString("a"), RespValue.Integer(2));

        Assert.Equal(["a", "b", "a"], map.AsPairs().Select(pair => pair.Key.AsString()));
        Assert.Equal([RespValue.Integer(1), RespValue.Null, RespValue.Integer(2)], map.AsPairs().Select(pair => pair.Value));
        var dictionary = map.AsDictionary();
        Assert.Equal(2, dictionary.Count);
        Assert.Equal(2, dictionary["a"].AsInt64());
        Assert.True(dictionary["b"].IsNull);
        Assert.Empty(RespValue.Array().AsDictionary());
    }

    [Fact]
    public void What_is_no_list_of_pairs_is_no_map()
    {
        Assert.Contains("Array of 3 items", Assert.Throws<InvalidCastException>(() => Nested.AsPairs()).Message);
        Assert.Throws<InvalidCastException>(() => RespValue.Integer(1).AsDictionary());
        Assert.Throws<InvalidCastException>(() => RespValue.Array(RespValue.Null, RespValue.Integer(1)).AsDictionary());
        Assert.Throws<InvalidCastException>(() => RespValue.Array(RespValue.Array(), RespValue.Integer(1)).AsDictionary());
    }

    [Fact]
    public void A_status_or_an_error_has_a_text()
    {
        Assert.Throws<ArgumentNullException>(() => RespValue.SimpleString((string)null!));
        Assert.Throws<ArgumentNullException>(() => RespValue.Error(null!));
    }

    [Fact]
    public void An_array_has_its_items_and_is_no_single_value()
    {
        var items = Nested.AsArray();

        Assert.Equal(3, items.Length);
        Assert.Equal(1, items[0].AsInt64());
        Assert.Equal("two", items[1].AsString());
        Assert.Equal(RespKind.Error, items[2].AsArray()[1].Kind);
        Assert.Throws<InvalidCastException>(() => Nested.AsString());
        Assert.Throws<InvalidCastException>(() => Nested.AsRedisValue());
        Assert.Throws<InvalidCastException>(() => Nested.AsInt64());
    }

    [Fact]
    public void A_single_value_is_no_array()
    {
        Assert.Throws<InvalidCastException>(() => RespValue.Integer(1).AsArray());
        Assert.Contains("SimpleString", Assert.Throws<InvalidCastException>(() => RespValue.SimpleString("OK").AsArray()).Message);
    }

    [Fact]
    public void An_empty_array_is_no_null()
    {
        Assert.False(RespValue.Array().IsNull);
        Assert.Empty(RespValue.Array().AsArray());
        Assert.NotEqual(RespValue.Null, RespValue.Array());
    }

    [Fact]
    public void Values_of_one_kind_and_content_are_equal()
    {
        var same = RespValue.Array(
            RespValue.Integer(1), RespValue.BulkString("two"), RespValue.Array(RespValue.Null, RespValue.Error("ERR three")));

        Assert.True(Nested == same);
        Assert.Equal(Nested.GetHashCode(), same.GetHashCode());
        Assert.Equal(RespValue.BulkString("two").GetHashCode(), RespValue.BulkString("two"u8.ToArray()).GetHashCode());
        Assert.Equal(RespValue.BulkString("two"), RespValue.BulkString("two"u8.ToArray()));
        Assert.Equal(RespValue.BulkString("5"), RespValue.BulkString(5));
        Assert.Equal(RespValue.BulkString("5").GetHashCode(), RespValue.BulkString(5).GetHashCode());
        Assert.True(Nested.Equals((object)same));
    }

    [Fact]
    public void Values_of_another_kind_or_content_are_not()
    {
        Assert.True(RespValue.Integer(5) != RespValue.BulkString("5"));
        Assert.NotEqual(RespValue.SimpleString("OK"), RespValue.BulkString("OK"));
        Assert.NotEqual(RespValue.Integer(5), RespValue.Integer(6));
        Assert.NotEqual(RespValue.BulkString("5"), RespValue.BulkString("05"));
        Assert.NotEqual(RespValue.BulkString("5"), RespValue.BulkString("5.0"));
        Assert.NotEqual(Nested, RespValue.Array(RespValue.Integer(1)));
        Assert.False(Nested.Equals("text"));
    }

    [Fact]
    public void Its_text_is_what_redis_cli_would_show()
    {
        Assert.Equal("(nil)", RespValue.Null.ToString());
        Assert.Equal("(integer) 5", RespValue.Integer(5).ToString());
        Assert.Equal("\"text\"", RespValue.BulkString("text").ToString());
        Assert.Equal("OK", RespValue.SimpleString("OK").ToString());
        Assert.Equal("[(integer) 1, \"two\", [(nil), (error) ERR three]]", Nested.ToString());
    }
    [Theory]
    [InlineData("a \"b\" \\\\ c", "\"a \\\"b\\\" \\\\\\\\ c\"")]
    [InlineData("a\r\n\tb", "\"a\\r\\n\\tb\"")]
    [InlineData("\0\u001b\u007f", "\"\\x00\\x1b\\x7f\"")]
    [InlineData("gr\u00fc\u00dfe \ud83d\ude00", "\"gr\u00fc\u00dfe \ud83d\ude00\"")]
    public void Its_text_escapes_what_would_be_mistaken(string text, string expected) =>
        Assert.Equal(expected, RespValue.BulkString(text).ToString());

    [Fact]
    public void Its_text_shows_bytes_that_are_no_text_by_their_values() =>
        Assert.Equal("\"a\\xff\\x00\"", RespValue.BulkString(new byte[] { (byte)'a', 255, 0 }).ToString());
}
