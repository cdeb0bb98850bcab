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
        Assert.Throws<InvalidOperationException>(() => default(RespValue).AsInt64());
    }

    [Fact]
    public void An_integer_is_read_as_number_or_text()
    {
        var value = RespValue.Integer(long.MinValue);

        Assert.Equal(RespKind.Integer, value.Kind);
        Assert.Equal(long.MinValue, value.AsInt64());
        Assert.Equal("-9223372036854775808", value.AsString());
        Assert.Equal(long.MinValue, (long)value.AsRedisValue());
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
    public void Digits_are_read_as_an_integer(string text, long expected) =>
        Assert.Equal(expected, RespValue.BulkString(text).AsInt64());

    [Theory]
    [InlineData("")]
    [InlineData("five")]
    [InlineData("1.5")]
    [InlineData("9223372036854775808")]
    public void Other_text_is_no_integer(string text) =>
        Assert.Throws<InvalidOperationException>(() => RespValue.BulkString(text).AsInt64());

    [Fact]
    public void An_array_has_its_items_and_is_no_single_value()
    {
        var items = Nested.AsArray();

        Assert.Equal(3, items.Length);
        Assert.Equal(1, items[0].AsInt64());
        Assert.Equal("two", items[1].AsString());
        Assert.Equal(RespKind.Error, items[2].AsArray()[1].Kind);
        Assert.Throws<InvalidOperationException>(() => Nested.AsString());
        Assert.Throws<InvalidOperationException>(() => Nested.AsRedisValue());
        Assert.Throws<InvalidOperationException>(() => Nested.AsInt64());
    }

    [Fact]
    public void A_single_value_is_no_array()
    {
        Assert.Throws<InvalidOperationException>(() => RespValue.Integer(1).AsArray());
        Assert.Contains("SimpleString", Assert.Throws<InvalidOperationException>(() => RespValue.SimpleString("OK").AsArray()).Message);
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
        Assert.True(Nested.Equals((object)same));
    }

    [Fact]
    public void Values_of_another_kind_or_content_are_not()
    {
        Assert.True(RespValue.Integer(5) != RespValue.BulkString("5"));
        Assert.NotEqual(RespValue.SimpleString("OK"), RespValue.BulkString("OK"));
        Assert.NotEqual(RespValue.Integer(5), RespValue.Integer(6));
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
}
