using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Hosting.Logging;
using Akka.Util;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

/// <summary>Collects what the actor system of a host is made of, and what is started in it.</summary>
public sealed class AkkaConfigurationBuilder
{
    public readonly HashSet<Setup> Setups = [];

    private readonly string _actorSystemName;
    private readonly List<ActorStarter> _actorStarters = [];
    private readonly List<StartupTask> _startupTasks = [];
    private readonly List<Type> _extensions = [];

    public AkkaConfigurationBuilder(IServiceCollection serviceCollection, string actorSystemName)
    {
        ArgumentNullException.ThrowIfNull(serviceCollection);
        _actorSystemName = actorSystemName;
    }

    public Option<Config> Configuration { get; private set; } = Option<Config>.None;

        /// <summary>Actors are started in this order, all of them before the first startup task.</summary>
    public AkkaConfigurationBuilder StartActors(ActorStarter starter)
    {
        _actorStarters.Add(starter);
        return this;
    }

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry> starter) =>
        StartActors((system, registry) =>
        {
            starter(system, registry);
            return Task.CompletedTask;
        });

    public AkkaConfigurationBuilder AddStartup(StartupTask startupTask)
    {
        _startupTasks.Add(startupTask);
        return this;
    }

    public AkkaConfigurationBuilder AddStartup(Action<ActorSystem, IActorRegistry> startupTask) =>
        AddStartup((system, registry) =>
        {
            startupTask(system, registry);
            return Task.CompletedTask;
        });

    /// <summary>An extension that is created together with the actor system.</summary>
    public AkkaConfigurationBuilder WithExtension<T>()
        where T : IExtensionId => WithExtensions(typeof(T));

    public AkkaConfigurationBuilder WithExtensions(params Type[] extensions)
    {
        foreach (var extension in extensions)
        {
            if (!typeof(IExtensionId).IsAssignableFrom(extension))
                throw new ConfigurationException($"Type must extends IExtensionId: [{extension}]");

            if (!_extensions.Contains(extension))
                _extensions.Add(extension);
        }

        return this;
    }

    internal AkkaConfigurationBuilder AddHoconConfiguration(Config hocon, HoconAddMode addMode)
    {
        var current = Configuration.HasValue ? Configuration.Value : Config.Empty;
        Configuration = addMode switch
        {
            HoconAddMode.Append => current.SafeWithFallback(hocon),
            // Akka.Hosting 1.5 keeps what a replacement does not mention, so that both modes come to the same.
            HoconAddMode.Prepend or HoconAddMode.Replace => hocon.SafeWithFallback(current),
            _ => throw new ArgumentOutOfRangeException(nameof(addMode), addMode, null),
        };
        return this;
    }

    internal ActorSystem CreateActorSystem(IServiceProvider services)
    {
        var config = Configuration.HasValue ? Configuration.Value : Config.Empty;
        if (_extensions.Count > 0)
        {
            var names = config.GetStringList("akka.extensions").Concat(_extensions.Select(type => type.AssemblyQualifiedName));
            config = ConfigurationFactory.ParseString($"akka.extensions = [{string.Join(", ", names.Select(name => $"\"{name}\""))}]")
                .WithFallback(config);
        }

        var setup = ActorSystemSetup.Create([.. Setups]).And(BootstrapSetup.Create().WithConfig(config));
        if (!Setups.OfType<LoggerFactorySetup>().Any() && services.GetService<ILoggerFactory>() is { } loggerFactory)
            setup = setup.And(new LoggerFactorySetup(loggerFactory));

        return ActorSystem.Create(_actorSystemName, setup);
    }

    internal async Task StartAsync(ActorSystem system)
    {
        var registry = ActorRegistry.For(system);
        foreach (var start in _actorStarters)
            await start(system, registry).ConfigureAwait(false);

        foreach (var run in _startupTasks)
            await run(system, registry).ConfigureAwait(false);
    }
}
