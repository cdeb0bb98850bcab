using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisActors.Hosting;
using RedisActors.Testing;

// Metrics belong to the process, so that an application here would show the commands and sessions of another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace RedisActors.AspNetCore.Tests;

/// <summary>A web application with the page, at an address on loopback, and a Redis server of its own.</summary>
internal sealed class PageApplication : IAsyncDisposable
{
    private readonly WebApplication _application;

    private PageApplication(WebApplication application, RedisServer server)
    {
        (_application, Server) = (application, server);
        Redis = RedisExtension.Get(application.Services.GetRequiredService<ActorSystem>()).RedisActor;
        Client = new HttpClient { BaseAddress = new Uri(Address) };
    }

    public RedisServer Server { get; }

    public IActorRef Redis { get; }

    public HttpClient Client { get; }

    public string Address => _application.Urls.Single();

    public static async Task<PageApplication> StartAsync(
        string environment = "Development", Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var server = await RedisServer.StartAsync();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAkka("page", akka => akka
            .AddHocon("akka { stdout-loglevel = OFF, loggers = [] }", HoconAddMode.Prepend)
            .WithRedis(server.Endpoint));
        services?.Invoke(builder.Services);
        var application = builder.Build();
        if (map is null) application.MapRedisActors();
        else map(application);
        await application.StartAsync();
        return new PageApplication(application, server);
    }

    public Task StopAsync() => _application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
        await Server.DisposeAsync();
    }
}
