using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisActors.Configuration;

namespace RedisActors.Hosting.Tests;

/// <summary>What <c>WithRedis</c> does to an actor system and its registry. No server is needed: commands would wait for it.</summary>
public sealed class WithRedisTests
{
    private const string Hook = "akka.coordinated-shutdown.run-by-clr-shutdown-hook";

    [Fact]
    public async Task Called_twice_for_a_connection_it_adds_to_the_options_and_the_last_call_wins()
    {
        using var host = await StartAsync(akka => akka
            .WithRedis(options => (options.Endpoint, options.ClientName) = ("localhost:1", "first"))
            .WithRedis("localhost:2"));

        var settings = SettingsOf(host).Default;
        Assert.Equal(("localhost:2", "first"), (settings.Link.Target, settings.Link.ClientName));
        Assert.Equal("redis", ActorOf<RedisActor>(host).Path.Name);
        await host.StopAsync();
    }

    [Fact]
    public async Task Called_twice_for_a_named_connection_it_provides_one_actor()
    {
        using var host = await StartAsync(akka => akka.WithRedis<Cache>("cache").WithRedis<Cache>("cache").WithRedis<Sessions>("cache"));

        Assert.Equal("redis-cache", ActorOf<Cache>(host).Path.Name);
        Assert.Equal(ActorOf<Cache>(host), ActorOf<Sessions>(host));
        await host.StopAsync();
    }

    [Fact]
    public async Task One_class_for_two_connections_is_an_error_that_names_both()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(akka => akka
            .WithRedis<Cache>("cache")
            .WithRedis<Cache>("sessions")));

        Assert.Contains("IRequiredActor<Cache> cannot be the Redis connection 'sessions'", error.ToString());
        Assert.Contains("/user/redis-cache", error.ToString());
    }

    [Fact]
    public async Task It_finds_the_actor_that_akka_extensions_started()
    {
        using var host = await StartAsync(akka => akka
            .AddHocon("akka.extensions = [\"RedisActors.RedisExtensionProvider, RedisActors\"]", HoconAddMode.Prepend)
            .WithRedis());

        Assert.Equal(RedisExtension.Get(host.Services.GetRequiredService<ActorSystem>()).RedisActor, ActorOf<RedisActor>(host));
        await host.StopAsync();
    }

    [Fact]
    public async Task Hocon_alone_makes_the_actor_available_too()
    {
        using var host = await StartAsync(akka => akka.AddHocon(
            "akka.extensions = [\"RedisActors.RedisExtensionProvider, RedisActors\"]", HoconAddMode.Prepend));

        Assert.Equal("redis", ActorOf<RedisActor>(host).Path.Name);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_actor_can_be_had_in_the_constructor_of_a_hosted_service_that_starts_before_the_actor_system()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddHostedService<Early>();
        AddAkka(builder.Services, akka => akka.WithRedis().WithRedis<Cache>("cache"));
        using var host = builder.Build();

        await host.StartAsync();

        var early = Assert.IsType<Early>(host.Services.GetServices<IHostedService>().First());
        Assert.Equal((ActorOf<RedisActor>(host), ActorOf<Cache>(host)), early.Found);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_message_that_is_no_command_is_answered_with_what_would_be()
    {
        using var host = await StartAsync(akka => akka.WithRedis());

        var error = await Assert.ThrowsAsync<ArgumentException>(() => ActorOf<RedisActor>(host).Ask("PING", TimeSpan.FromSeconds(20)));

        Assert.Contains("A command is sent as new RedisCommand(\"PING\")", error.Message);
        await host.StopAsync();
    }

    [Fact]
    public async Task It_leaves_signals_to_the_host()
    {
        using var host = await StartAsync(akka => akka.WithRedis<Cache>("cache"));

        Assert.False(host.Services.GetRequiredService<ActorSystem>().Settings.Config.GetBoolean(Hook));
        Assert.Empty(await WarningsAsync(host));
        await host.StopAsync();
    }

    [Fact]
    public async Task Hocon_that_wants_akkas_hook_keeps_it_and_is_warned_once()
    {
        using var host = await StartAsync(akka => akka
            .AddHocon($"{Hook} = on", HoconAddMode.Prepend)
            .WithRedis()
            .WithRedis<Cache>("cache"));

        Assert.True(host.Services.GetRequiredService<ActorSystem>().Settings.Config.GetBoolean(Hook));
        Assert.Contains($"{Hook} is on", Assert.Single(await WarningsAsync(host)));
        await host.StopAsync();
    }

    [Fact]
    public async Task Hocon_that_starts_the_actor_alone_is_warned_of_akkas_hook()
    {
        LogCollector.Lines.Clear();
        using var host = await Started.HostAsync(akka => akka.AddHocon(
            $"akka {{ extensions = [\"RedisActors.RedisExtensionProvider, RedisActors\"], loggers = [\"{typeof(LogCollector).AssemblyQualifiedName}\"] }}",
            HoconAddMode.Prepend));

        await RedisActors.Testing.Until.HoldsAsync(
            "there is a warning", () => Task.FromResult(LogCollector.Lines.Any(warning => warning.Contains($"{Hook} is on"))));
        await host.StopAsync();
    }

    [Fact]
    public async Task Services_that_outlive_the_actor_system_are_named()
    {
        LogCollector.Lines.Clear();
        using var host = await Started.HostAsync(
            akka => akka
                .AddHocon($"akka.loggers = [\"{typeof(LogCollector).AssemblyQualifiedName}\"]", HoconAddMode.Prepend)
                .WithRedis()
                .WithRedis<Cache>("cache"),
            services => services.AddRedisMultiplexer().AddHostedService<Early>());

        await RedisActors.Testing.Until.HoldsAsync(
            "they are named", () => Task.FromResult(LogCollector.Lines.Any(line => line.Contains("stopped after the actor system: Early."))));
        await host.StopAsync();
    }

    [Fact]
    public async Task Services_that_stop_at_the_same_time_are_warned_of()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.Configure<HostOptions>(options => options.ServicesStopConcurrently = true);
        AddAkka(builder.Services, akka => akka.WithRedis());
        using var host = builder.Build();
        await host.StartAsync();

        Assert.Contains("ServicesStopConcurrently", Assert.Single(await WarningsAsync(host)));
        await host.StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_actor_system_that_would_stop_before_the_web_server_is_warned_of(bool akkaFirst)
    {
        var builder = Host.CreateDefaultBuilder();
        if (akkaFirst) builder.ConfigureServices(services => AddAkka(services, akka => akka.WithRedis()));
        builder.ConfigureWebHostDefaults(web => web.UseUrls("http://127.0.0.1:0").Configure(_ => { }));
        if (!akkaFirst) builder.ConfigureServices(services => AddAkka(services, akka => akka.WithRedis()));
        using var host = builder.Build();
        await host.StartAsync();

        var warnings = await WarningsAsync(host);
        if (akkaFirst) Assert.Empty(warnings);
        else Assert.Contains("before or within ConfigureWebHostDefaults", Assert.Single(warnings));
        await host.StopAsync();
    }

    [Fact]
    public async Task The_actor_system_of_a_web_application_stops_after_its_web_server()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        AddAkka(builder.Services, akka => akka.WithRedis());
        await using var application = builder.Build();
        await application.StartAsync();

        Assert.Empty(await WarningsAsync(application));
        await application.StopAsync();
    }

    private static async Task<IHost> StartAsync(Action<AkkaConfigurationBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        AddAkka(builder.Services, configure);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Warnings are collected from before the first actor starts.</summary>
    private static void AddAkka(IServiceCollection services, Action<AkkaConfigurationBuilder> configure)
    {
        services.AddLogging(logging => logging.ClearProviders());
        services.AddSingleton(provider => Inbox.Create(provider.GetRequiredService<ActorSystem>()));
        services.AddAkka("embedded", (akka, provider) =>
        {
            akka.WithActors((system, _) => system.EventStream.Subscribe(provider.GetRequiredService<Inbox>().Receiver, typeof(Warning)));
            configure(akka.AddHocon("akka { stdout-loglevel = OFF, loggers = [] }", HoconAddMode.Prepend));
        });
    }

    /// <summary>What has been warned of until now, apart from the server that is not there.</summary>
    private static async Task<IReadOnlyList<string>> WarningsAsync(IHost host)
    {
        const string Last = "the last one";
        var warnings = new List<string>();
        host.Services.GetRequiredService<ActorSystem>().Log.Warning(Last);
        var inbox = host.Services.GetRequiredService<Inbox>();
        while (true)
        {
            var warning = ((Warning)await inbox.ReceiveAsync(TimeSpan.FromSeconds(20))).Message.ToString()!;
            if (warning == Last) return warnings;
            if (!warning.StartsWith("redis ", StringComparison.Ordinal)) warnings.Add(warning);
        }
    }

    private static RedisConnections SettingsOf(IHost host)
    {
        var system = host.Services.GetRequiredService<ActorSystem>();
        return RedisConnections.Create(system.Settings.Config, ConnectionAdditionsSetup.Of(system));
    }

    private static IActorRef ActorOf<TKey>(IHost host) => host.Services.GetRequiredService<IRequiredActor<TKey>>().ActorRef;

    /// <summary>Hears what is logged while the actor system starts.</summary>
    public sealed class LogCollector : ReceiveActor
    {
        public LogCollector()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(line => Lines.Enqueue($"{line.Message}"));
            ReceiveAny(_ => { });
        }

        public static System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = new();
    }

    private sealed class Early(IRequiredActor<RedisActor> redis, IRequiredActor<Cache> cache) : IHostedService
    {
        public (IActorRef, IActorRef) Found { get; } = (redis.ActorRef, cache.ActorRef);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Cache;

    private sealed class Sessions;
}
