using System.Text;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Tests.ExactlyOnce;

public sealed class RespTextTests
{
    [Fact]
    public void Every_kind_of_value_is_read()
    {
        Assert.Equal(RespValue.Integer(long.MinValue), Decode(":-9223372036854775808\r\n"));
        Assert.Equal(RespValue.BulkString("a\r\nb"), Decode("$4\r\na\r\nb\r\n"));
        Assert.Equal(RespValue.BulkString(""), Decode("$0\r\n\r\n"));
        Assert.Equal(RespValue.Null, Decode("$-1\r\n"));
        Assert.Equal(RespValue.Null, Decode("*-1\r\n"));
        Assert.Equal(RespValue.SimpleString("OK"), Decode("+OK\r\n"));
        Assert.Equal(RespValue.SimpleString(""), Decode("+\r\n"));
        Assert.Equal(RespValue.Error("ERR no"), Decode("-ERR no\r\n"));
        Assert.Equal(RespValue.Array(), Decode("*0\r\n"));
        Assert.Equal(
            RespValue.Array(RespValue.Integer(1), RespValue.Array(RespValue.Null, RespValue.Error("ERR x")), RespValue.BulkString("b")),
            Decode("*3\r\n:1\r\n*2\r\n$-1\r\n-ERR x\r\n$1\r\nb\r\n"));
        Assert.Equal(RespValue.BulkString("9.2233720368547758e+18"), Decode(",9.2233720368547758e+18\r\n"));
    }

    [Theory]
    [InlineData("", "a value is missing")]
    [InlineData("\r\n", "a line is empty")]
    [InlineData("OK\r\n", "begins with byte 0x4f")]
    [InlineData("+OK", "does not end")]
    [InlineData("+OK\n", "does not end")]
    [InlineData("+OK\r\n+OK\r\n", "more follows")]
    [InlineData(":\r\n", "not a 64-bit integer")]
    [InlineData(":+1\r\n", "not a 64-bit integer")]
    [InlineData(":1.0\r\n", "not a 64-bit integer")]
    [InlineData(":9223372036854775808\r\n", "not a 64-bit integer")]
    [InlineData("$3\r\nab\r\n", "does not fit")]
    [InlineData("$1\r\nab\r\n", "does not end with CR LF")]
    [InlineData("$-2\r\n", "does not fit")]
    [InlineData("$9223372036854775807\r\nab\r\n", "does not fit")]
    [InlineData("*2\r\n:1\r\n", "does not fit")]
    [InlineData("*2\r\n:100\r\n", "a value is missing")]
    [InlineData("*1000000000\r\n", "does not fit")]
    [InlineData("*-3\r\n", "does not fit")]
    public void Anything_else_is_an_exception_that_says_what_is_wrong(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => Decode(text)).Message);

    [Fact]
    public void Endlessly_nested_arrays_do_not_exhaust_the_stack() =>
        Assert.Contains("deep", Assert.Throws<FormatException>(() => Decode(string.Concat(Enumerable.Repeat("*1\r\n", 1_000_000)))).Message);

    [Fact]
    public void Any_value_is_read_back_and_any_damage_to_it_ends_in_a_value_or_a_clear_exception()
    {
        var random = new Random(20240601);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder();
            var value = Write(random, text, 0);
            var bytes = Encoding.Latin1.GetBytes(text.ToString());
            Assert.Equal(value, RespText.Decode(bytes));

            Damage(random, ref bytes);
            try
            {
                RespText.Decode(bytes);
            }
            catch (FormatException)
            {
            }
        }
    }

    private static RespValue Decode(string text) => RespText.Decode(Encoding.Latin1.GetBytes(text));

    private static RespValue Write(Random random, StringBuilder text, int depth)
    {
        switch (random.Next(depth < 4 ? 6 : 5))
        {
            case 0:
                var number = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
                text.Append($":{number}\r\n");
                return RespValue.Integer(number);
            case 1:
                var bytes = new byte[random.Next(20)];
                random.NextBytes(bytes);
                text.Append($"${bytes.Length}\r\n{Encoding.Latin1.GetString(bytes)}\r\n");
                return RespValue.BulkString(bytes);
            case 2:
                text.Append(random.Next(2) == 0 ? "$-1\r\n" : "*-1\r\n");
                return RespValue.Null;
            case 3:
                text.Append("+OK\r\n");
                return RespValue.SimpleString("OK");
            case 4:
                text.Append("-ERR some\r\n");
                return RespValue.Error("ERR some");
            default:
                var items = new RespValue[random.Next(6)];
                text.Append($"*{items.Length}\r\n");
                for (var i = 0; i < items.Length; i++) items[i] = Write(random, text, depth + 1);
                return RespValue.Array(items);
        }
    }

    private static void Damage(Random random, ref byte[] bytes)
    {
        switch (random.Next(3))
        {
            case 0:
                bytes = bytes[..random.Next(bytes.Length)];
                break;
            case 1:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
            default:
                bytes[random.Next(bytes.Length)] = (byte)":$+-*,0123456789\r\n"[random.Next(18)];
                break;
        }
    }
}
