using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisActors.Hosting;

namespace RedisActors.TestKit.Tests;

/// <summary>An application with Akka.Hosting, as its own tests start it.</summary>
public sealed class HostedTests
{
    [Fact]
    public async Task An_application_whose_builder_is_given_the_setup_uses_the_memory()
    {
        var redis = new TestRedis();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("shop", akka =>
        {
            akka.WithRedis("redis.invalid:6379");
            akka.AddSetup(redis.Setup);
        });
        using var host = builder.Build();
        await host.StartAsync();

        await host.Services.GetRequiredService<IRequiredActor<RedisActor>>().ActorRef.ExecuteAsync("SET", "name", "Ada");

        Assert.Equal("Ada", redis.Execute("GET", "name").AsString());
        await host.StopAsync();
    }
}
