using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Persistence;
using RedisActors.Testing;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace RedisActors.Ecosystem.Tests.Services;

/// <summary>Orleans with its membership and its grains' state in Redis.</summary>
public sealed class OrleansTests(ITestOutputHelper output)
{
    private const int Grains = 8;

    [Theory]
    [InlineData(Client.Plain)]
    [InlineData(Client.ExactlyOnce)]
    public async Task Grains_write_their_state_during_an_outage(Client client)
    {
        await using var run = await OutageRun.StartAsync(client);
        var written = new int[Grains];
        using (var silo = await SiloAsync(run.Multiplexer))
        {
            var grains = silo.Services.GetRequiredService<IGrainFactory>();
            await run.UnderLoadAsync(Grains, async number => written[number] = await grains.GetGrain<ICounterGrain>(number).AddAsync());
            await silo.StopAsync();
        }

        run.Report(output, "Orleans");
        using (var silo = await SiloAsync(run.Multiplexer))
        {
            var grains = silo.Services.GetRequiredService<IGrainFactory>();
            var lost = 0;
            for (var number = 0; number < Grains; number++)
            {
                var kept = await grains.GetGrain<ICounterGrain>(number).GetAsync();
                lost += Math.Max(0, written[number] - kept);
                if (client != Client.Plain) Assert.Equal(written[number], kept);
            }

            Assert.Equal(0, lost);
            await silo.StopAsync();
        }

        if (client != Client.Plain) Assert.Empty(run.Failures);
    }

    private static async Task<IHost> SiloAsync(IConnectionMultiplexer multiplexer)
    {
        var (silo, gateway) = (LoopbackPorts.PickFree(), LoopbackPorts.PickFree());
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(orleans => orleans
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("shop", "shop"))
            .ConfigureEndpoints(System.Net.IPAddress.Loopback, silo, gateway, listenOnAnyHostAddress: false)
            .UseRedisClustering(options =>
            {
                options.ConfigurationOptions = new ConfigurationOptions();
                options.CreateMultiplexer = _ => Task.FromResult((multiplexer, true));
            })
            .AddRedisGrainStorageAsDefault(options =>
            {
                options.ConfigurationOptions = new ConfigurationOptions();
                options.CreateMultiplexer = _ => Task.FromResult((multiplexer, true));
            }));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}

public interface ICounterGrain : IGrainWithIntegerKey
{
    Task<int> AddAsync();

    Task<int> GetAsync();
}

[GenerateSerializer]
public sealed class CounterState
{
    [Id(0)]
    public int Count { get; set; }
}

public sealed class CounterGrain([PersistentState("counter")] IPersistentState<CounterState> counter) : Grain, ICounterGrain
{
    public async Task<int> AddAsync()
    {
        counter.State.Count++;
        await counter.WriteStateAsync();
        return counter.State.Count;
    }

    public Task<int> GetAsync() => Task.FromResult(counter.State.Count);
}
