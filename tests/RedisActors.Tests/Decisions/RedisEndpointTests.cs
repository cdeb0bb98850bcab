using RedisActors.Configuration;

namespace RedisActors.Tests.Decisions;

public sealed class RedisEndpointTests
{
    [Theory]
    [InlineData("localhost:6379", "localhost", 6379)]
    [InlineData("redis.example.org:7000", "redis.example.org", 7000)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("10.0.0.1:65535", "10.0.0.1", 65535)]
    [InlineData("  localhost:6380  ", "localhost", 6380)]
    [InlineData("[::1]:6380", "::1", 6380)]
    [InlineData("[2001:db8::7]:6379", "2001:db8::7", 6379)]
    [InlineData("[fe80::1%2]:6379", "fe80::1%2", 6379)]
    [InlineData("my_redis-1.shop.internal.:6379", "my_redis-1.shop.internal.", 6379)]
    [InlineData("b\u00fccher.example:6379", "b\u00fccher.example", 6379)]
    public void A_host_and_a_port_are_read(string text, string host, int port) =>
        Assert.Equal(new RedisEndpoint(host, port), Parse(text));

    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("[::1]", "::1")]
    public void Without_a_port_it_is_6379(string text, string host) => Assert.Equal(new RedisEndpoint(host, 6379), Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(":6379")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("localhost:+1")]
    [InlineData("localhost:99999999999")]
    [InlineData("localhost:redis")]
    [InlineData("local host:6379")]
    [InlineData("one:6379,two:6379")]
    [InlineData("one,two")]
    [InlineData("redis://localhost:6379")]
    [InlineData("localhost/0")]
    [InlineData("::1")]
    [InlineData("::1:6379")]
    [InlineData("[::1")]
    [InlineData("[::1]6379")]
    [InlineData("[::1]:")]
    [InlineData("[]:6379")]
    [InlineData("[nonsense]:6379")]
    [InlineData("[localhost]:6379")]
    [InlineData("[127.0.0.1]:6379")]
    [InlineData("[::1/64]:6379")]
    [InlineData("[[::1]]:6379")]
    [InlineData("[::1]:0")]
    [InlineData("[::1]:65536")]
    [InlineData("[::1] :6379")]
    [InlineData("a:b:c")]
    [InlineData("2001:db8::7")]
    [InlineData("localhost :6379")]
    [InlineData("localhost: 6379")]
    [InlineData("local\thost:6379")]
    [InlineData("6379")]
    [InlineData("10.0.0:6379")]
    [InlineData("10.0.0.256:6379")]
    [InlineData("010.0.0.1:6379")]
    [InlineData(".example.org:6379")]
    [InlineData("example..org:6379")]
    [InlineData("-redis:6379")]
    [InlineData("redis-:6379")]
    [InlineData(".:6379")]
    [InlineData("me@redis:6379")]
    [InlineData("redis?x:6379")]
    [InlineData("redis;password=x")]
    [InlineData("redis#1:6379")]
    [InlineData("$REDIS_HOST:6379")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(RedisEndpoint.TryParse(text, out var endpoint));
        Assert.Null(endpoint);
    }

    [Theory]
    [InlineData("localhost:6379")]
    [InlineData("[::1]:6380")]
    public void It_is_shown_as_it_is_written(string text) => Assert.Equal(text, Parse(text).ToString());

    private static RedisEndpoint Parse(string text)
    {
        Assert.True(RedisEndpoint.TryParse(text, out var endpoint), text);
        return endpoint;
    }
}
