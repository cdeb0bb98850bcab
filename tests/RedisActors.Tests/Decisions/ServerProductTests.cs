using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

public sealed class ServerProductTests
{
    [Fact]
    public void Redis_names_its_version()
    {
        var product = ServerProduct.Parse("# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:00000000\r\nredis_mode:standalone\r\n");

        Assert.Equal(new ServerProduct("Redis", "7.0.15"), product);
        Assert.Equal("Redis 7.0.15", $"{product}");
        Assert.True(product!.ScriptsSurviveCrash);
    }

    [Fact]
    public void Garnet_names_its_own_version_beside_that_of_the_Redis_it_follows()
    {
        var product = ServerProduct.Parse("# Server\r\ngarnet_version:2.2.8\r\nserver_name:garnet\r\nredis_version:7.4.3\r\n");

        Assert.Equal(new ServerProduct("Garnet", "2.2.8"), product);
        Assert.False(product!.ScriptsSurviveCrash);
        Assert.Equal(product, ServerProduct.Parse("redis_version:7.4.3\r\ngarnet_version:2.2.8"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PONG")]
    [InlineData("# Server\r\nuptime_in_seconds:1\r\n")]
    [InlineData("redis_version")]
    [InlineData("redis_version:")]
    [InlineData("old_redis_version:7")]
    public void A_reply_without_a_version_names_no_product(string info) => Assert.Null(ServerProduct.Parse(info));
}
