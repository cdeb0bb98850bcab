using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisActors.Configuration;
using RedisActors.Lanes;

namespace RedisActors.Hosting.Tests;

/// <summary>Hosts that were started, and what their connections were set to.</summary>
internal static class Started
{
    /// <summary>Starts a host. What it cannot start with is thrown.</summary>
    public static async Task<IHost> HostAsync(
        Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection>? services = null, params (string Key, string Value)[] configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        services?.Invoke(builder.Services);
        builder.Services.AddAkka("started", akka => configure(
            akka.AddHocon("akka { stdout-loglevel = OFF, loggers = [] }", HoconAddMode.Prepend)));
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

    public static RedisConnections Settings(IHost host)
    {
        var system = host.Services.GetRequiredService<ActorSystem>();
        return RedisConnections.Create(system.Settings.Config, ConnectionAdditionsSetup.Of(system));
    }

    /// <summary>The settings of the connection <c>default</c> of a host that starts with this.</summary>
    public static async Task<RedisSettings> DefaultAsync(
        Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection>? services = null, params (string Key, string Value)[] configuration)
    {
        using var host = await HostAsync(configure, services, configuration);
        var settings = Settings(host).Default;
        await host.StopAsync();
        return settings;
    }

    /// <summary>What is said of a host that cannot start, a line for each problem.</summary>
    public static async Task<string[]> ProblemsAsync(
        Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection>? services = null, params (string Key, string Value)[] configuration)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => HostAsync(configure, services, configuration));
        return Assert.IsType<Akka.Configuration.ConfigurationException>(error.GetBaseException()).Message.Split(Environment.NewLine);
    }
}
