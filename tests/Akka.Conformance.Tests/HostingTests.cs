using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Akka.Conformance.Tests;

public sealed class HostingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task AddAkka_starts_a_system_of_that_name_with_the_host()
    {
        using var host = await StartAsync(_ => { });

        var system = host.Services.GetRequiredService<ActorSystem>();

        Assert.Equal("hosted", system.Name);
        Assert.False(system.WhenTerminated.IsCompleted);
        Assert.Same(system, host.Services.GetRequiredService<ActorSystem>());
        await host.StopAsync();
    }

    [Fact]
    public async Task Stopping_the_host_terminates_the_system()
    {
        using var host = await StartAsync(_ => { });
        var system = host.Services.GetRequiredService<ActorSystem>();

        await host.StopAsync();

        await system.WhenTerminated.WaitAsync(Patience);
    }

    [Fact]
    public async Task Stopping_the_host_runs_CoordinatedShutdown()
    {
        var ran = new ConcurrentQueue<string>();
        using var host = await StartAsync(akka => akka.WithActors((system, _) =>
        {
            string[] phases = [CoordinatedShutdown.PhaseBeforeActorSystemTerminate, CoordinatedShutdown.PhaseServiceStop];
            foreach (var phase in phases)
            {
                CoordinatedShutdown.Get(system).AddTask(phase, "note", () =>
                {
                    ran.Enqueue(phase);
                    return Task.FromResult(Done.Instance);
                });
            }
        }));

        await host.StopAsync();

        Assert.Equal([CoordinatedShutdown.PhaseServiceStop, CoordinatedShutdown.PhaseBeforeActorSystemTerminate], ran);
    }

    [Fact]
    public async Task Actors_run_PostStop_before_the_host_has_stopped()
    {
        var stopped = false;
        using var host = await StartAsync(akka => akka.WithActors((system, _) =>
            system.ActorOf(Scripted.Props(a => a.OnPostStop = () => stopped = true))));

        await host.StopAsync();

        Assert.True(Volatile.Read(ref stopped));
    }

    [Fact]
    public async Task A_system_that_terminates_by_itself_stops_the_host()
    {
        using var host = await StartAsync(_ => { });
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await host.Services.GetRequiredService<ActorSystem>().Terminate();

        await stopping.Task.WaitAsync(Patience);
        await host.StopAsync();
    }

    [Fact]
    public async Task WithActors_starts_actors_and_registers_them()
    {
        using var host = await StartAsync(akka => akka.WithActors((system, registry) =>
            registry.Register<Key>(system.ActorOf(Echo(), "echo"))));

        var actor = host.Services.GetRequiredService<ActorRegistry>().Get<Key>();

        Assert.Equal("hello", await actor.Ask<string>("hello", Patience));
        await host.StopAsync();
    }

    [Fact]
    public async Task Actors_start_in_the_order_in_which_they_were_added_and_then_the_startup_tasks()
    {
        var ran = new ConcurrentQueue<string>();
        using var host = await StartAsync(akka => akka
            .AddStartup((_, _) => ran.Enqueue("startup 1"))
            .WithActors((_, _) => ran.Enqueue("actors 1"))
            .AddStartup(async (_, _) =>
            {
                await Task.Yield();
                ran.Enqueue("startup 2");
            })
            .WithActors((_, _) => ran.Enqueue("actors 2"))
            .AddStartup((_, _) => ran.Enqueue("startup 3")));

        Assert.Equal(["actors 1", "actors 2", "startup 1", "startup 2", "startup 3"], ran);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_startup_task_finds_the_registered_actors()
    {
        IActorRef? found = null;
        using var host = await StartAsync(akka => akka
            .AddStartup((_, registry) => found = registry.Get<Key>())
            .WithActors((system, registry) => registry.Register<Key>(system.ActorOf(Echo()))));

        Assert.NotNull(found);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_startup_task_that_fails_fails_the_start_of_the_host()
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(
            () => StartAsync(akka => akka.AddStartup((_, _) => throw new InvalidOperationException("asked to"))));

        Assert.Equal("asked to", thrown.GetBaseException().Message);
    }

    [Fact]
    public async Task IRequiredActor_is_the_actor_that_was_registered_for_its_type()
    {
        using var host = await StartAsync(akka => akka.WithActors((system, registry) =>
            registry.Register<Key>(system.ActorOf(Echo(), "echo"))));

        var required = host.Services.GetRequiredService<IRequiredActor<Key>>();

        Assert.Equal("/user/echo", required.ActorRef.Path.ToStringWithoutAddress());
        Assert.Equal(required.ActorRef, await required.GetAsync());
        await host.StopAsync();
    }

    [Fact]
    public async Task IRequiredActor_of_nothing_registered_throws_when_it_is_used()
    {
        using var host = await StartAsync(_ => { });

        Assert.Throws<MissingActorRegistryEntryException>(
            () => host.Services.GetRequiredService<IRequiredActor<Key>>().ActorRef);

        await host.StopAsync();
    }

    [Fact]
    public async Task IRequiredActor_can_be_awaited_before_the_actor_is_registered()
    {
        using var host = await StartAsync(_ => { });
        var system = host.Services.GetRequiredService<ActorSystem>();

        var awaited = host.Services.GetRequiredService<IRequiredActor<Key>>().GetAsync();
        Assert.False(awaited.IsCompleted);
        var actor = system.ActorOf(Echo());
        ActorRegistry.For(system).Register<Key>(actor);

        Assert.Equal(actor, await awaited.WaitAsync(Patience));
        await host.StopAsync();
    }

    [Fact]
    public async Task IRequiredActor_is_injected_into_services()
    {
        using var host = await StartAsync(
            akka => akka.WithActors((system, registry) => registry.Register<Key>(system.ActorOf(Echo()))),
            services => services.AddSingleton<Client>());

        Assert.Equal("hello", await host.Services.GetRequiredService<Client>().AskAsync("hello"));
        await host.StopAsync();
    }

    [Fact]
    public async Task The_registry_refuses_a_second_actor_for_a_key()
    {
        using var host = await StartAsync(_ => { });
        var system = host.Services.GetRequiredService<ActorSystem>();
        var registry = ActorRegistry.For(system);
        IActorRef first = system.ActorOf(Echo()), second = system.ActorOf(Echo());
        registry.Register<Key>(first);

        Assert.Throws<DuplicateActorRegistryException>(() => registry.Register<Key>(second));
        Assert.False(registry.TryRegister<Key>(second));
        Assert.Equal(first, registry.Get<Key>());

        registry.Register<Key>(second, overwrite: true);
        Assert.Equal(second, registry.Get<Key>());
        await host.StopAsync();
    }

    [Fact]
    public async Task The_registry_tells_what_is_missing()
    {
        using var host = await StartAsync(_ => { });
        var registry = host.Services.GetRequiredService<ActorRegistry>();

        Assert.Throws<MissingActorRegistryEntryException>(() => registry.Get<Key>());
        Assert.False(registry.TryGet<Key>(out _));
        await host.StopAsync();
    }

    [Fact]
    public async Task The_registry_of_the_services_is_that_of_the_system()
    {
        using var host = await StartAsync(_ => { });

        var registry = ActorRegistry.For(host.Services.GetRequiredService<ActorSystem>());

        Assert.Same(registry, host.Services.GetRequiredService<ActorRegistry>());
        Assert.Same(registry, host.Services.GetRequiredService<IActorRegistry>());
        Assert.Same(registry, host.Services.GetRequiredService<IReadOnlyActorRegistry>());
        await host.StopAsync();
    }

    [Fact]
    public async Task What_is_prepended_goes_before_what_is_there()
    {
        var config = await ConfigOfAsync(akka => akka
            .AddHocon(Parse("a = first, b = first"), HoconAddMode.Append)
            .AddHocon(Parse("a = second, c = second"), HoconAddMode.Prepend));

        Assert.Equal(("second", "first", "second"), (config.GetString("a"), config.GetString("b"), config.GetString("c")));
    }

    [Fact]
    public async Task What_is_appended_goes_behind_what_is_there()
    {
        var config = await ConfigOfAsync(akka => akka
            .AddHocon(Parse("a = first, b = first"), HoconAddMode.Append)
            .AddHocon(Parse("a = second, c = second"), HoconAddMode.Append));

        Assert.Equal(("first", "first", "second"), (config.GetString("a"), config.GetString("b"), config.GetString("c")));
    }

    // Whether what was there before is also forgotten is not asserted: Akka.Hosting 1.5.30 keeps it as a fallback.
    [Fact]
    public async Task What_replaces_goes_before_what_was_there()
    {
        var config = await ConfigOfAsync(akka => akka
            .AddHocon(Parse("a = first"), HoconAddMode.Append)
            .AddHocon(Parse("a = second, c = second"), HoconAddMode.Replace));

        Assert.Equal(("second", "second"), (config.GetString("a"), config.GetString("c")));
    }

    [Fact]
    public async Task The_defaults_of_Akka_stay_below_whatever_is_added()
    {
        foreach (var mode in new[] { HoconAddMode.Append, HoconAddMode.Prepend, HoconAddMode.Replace })
        {
            var config = await ConfigOfAsync(akka => akka.AddHocon(Parse("akka.loglevel = ERROR"), mode));

            Assert.Equal("ERROR", config.GetString("akka.loglevel"));
            Assert.True(config.HasPath("akka.actor.serialize-messages"));
        }
    }

    [Fact]
    public async Task The_builder_tells_what_has_been_configured_so_far()
    {
        var seen = "";
        await ConfigOfAsync(akka =>
        {
            akka.AddHocon(Parse("a = 1"), HoconAddMode.Prepend);
            seen = akka.Configuration.Value.GetString("a");
        });

        Assert.Equal("1", seen);
    }

    [Fact]
    public async Task The_builder_may_use_the_services()
    {
        var builder = new HostBuilder().ConfigureServices(services => services
            .AddSingleton(new Greeting("from services"))
            .AddAkka("hosted", (akka, provider) => akka
                .AddHocon(Quiet, HoconAddMode.Append)
                .AddHocon(Parse($"greeting = \"{provider.GetRequiredService<Greeting>().Text}\""), HoconAddMode.Prepend)));
        using var host = await builder.StartAsync();

        Assert.Equal(
            "from services",
            host.Services.GetRequiredService<ActorSystem>().Settings.Config.GetString("greeting"));
        await host.StopAsync();
    }

    private static Config Quiet => Parse("akka.stdout-loglevel = OFF, akka.loglevel = OFF");

    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    private static Props Echo() => Scripted.Props(a => a.OnAny(m => a.Reply(m)));

    private static Task<IHost> StartAsync(
        Action<AkkaConfigurationBuilder> configure, Action<IServiceCollection>? services = null) => new HostBuilder()
        .ConfigureServices(all =>
        {
            services?.Invoke(all);
            all.AddAkka("hosted", (akka, _) => configure(akka.AddHocon(Quiet, HoconAddMode.Append)));
        })
        .StartAsync();

    private static async Task<Config> ConfigOfAsync(Action<AkkaConfigurationBuilder> configure)
    {
        using var host = await new HostBuilder()
            .ConfigureServices(all => all.AddAkka("hosted", (akka, _) => configure(akka)))
            .StartAsync();
        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;
        await host.StopAsync();
        return config;
    }

    public sealed class Key;

    public sealed record Greeting(string Text);

    public sealed class Client(IRequiredActor<Key> actor)
    {
        public Task<string> AskAsync(string question) => actor.ActorRef.Ask<string>(question, Patience);
    }
}
