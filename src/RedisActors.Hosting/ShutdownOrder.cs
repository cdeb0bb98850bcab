using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.DependencyInjection;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RedisActors.Hosting;

/// <summary>
/// One order of shutdown: first the services that send commands, then the actor system that executes them. A generic host does that
/// by itself: on SIGTERM or Ctrl-C it stops its services in the reverse order of their registration, the web server among the first,
/// and the actor system as one of them.
/// </summary>
internal static class ShutdownOrder
{
    private const string Hook = "akka.coordinated-shutdown.run-by-clr-shutdown-hook";

    /// <summary>Assemblies whose services send no commands, by the beginning of their names.</summary>
    private static readonly string[] WithoutCommands = ["Microsoft.", "OpenTelemetry."];

    private static readonly ConditionalWeakTable<ActorSystem, object> Hooked = [];
    private static readonly ConditionalWeakTable<ActorSystem, object> Checked = [];

    /// <summary>
    /// Turns off Akka's own hook for these signals, which would stop the actor system at the same time as the host its services.
    /// Appended, so that whatever the application's HOCON says of it wins.
    /// </summary>
    public static AkkaConfigurationBuilder LeaveSignalsToTheHost(this AkkaConfigurationBuilder builder) => builder
        .AddHocon($"{Hook} = off", HoconAddMode.Append)
        .WithActors((system, _, resolver) => Check(system, resolver));

    /// <summary>Warns of Akka's hook where nothing has turned it off.</summary>
    public static void CheckHook(ActorSystem system)
    {
        if (!Hooked.TryAdd(system, Hooked)) return;
        if (system.Settings.Config.GetBoolean(Hook))
        {
            system.Log.Warning(
                "{0} is on: at SIGTERM the actor system stops at the same time as the host's services, and commands that these still "
                + "send are answered NotSent. Without this setting the host stops them one after the other.",
                Hook);
        }
    }

    private static void Check(ActorSystem system, IDependencyResolver resolver)
    {
        CheckHook(system);
        if (!Checked.TryAdd(system, Checked)) return;
        if (StopsConcurrently(resolver))
        {
            system.Log.Warning(
                "HostOptions.ServicesStopConcurrently is true: the host stops the actor system at the same time as its other services, and "
                + "commands that these still send are answered NotSent. Leave it false.");
        }

        if (resolver.GetService(typeof(IEnumerable<IHostedService>)) is not IEnumerable<IHostedService> registered) return;
        var services = registered.ToList();
        if (StoppedLater(services) is { Count: > 0 } later)
        {
            system.Log.Info(
                "Registered before AddAkka, these services are stopped after the actor system: {0}. Commands that they send when they stop are "
                + "answered NotSent; register after AddAkka those that send some.",
                string.Join(", ", later));
        }

        if (StopsBeforeWebServer(services))
        {
            system.Log.Warning(
                "AddAkka was called after the web server was registered, so that the host stops the actor system first, and requests "
                + "that are being served at shutdown find their commands answered NotSent. Call AddAkka before or within ConfigureWebHostDefaults.");
        }
    }

    /// <summary>
    /// <c>HostOptions.ServicesStopConcurrently</c>. The options are in a package of the application's, the host itself, of which this one needs
    /// the abstractions only.
    /// </summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Where the option was trimmed away, nobody has set it.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Where the option was trimmed away, nobody has set it.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "A generic type over a class needs no code of its own.")]
    private static bool StopsConcurrently(IDependencyResolver resolver)
    {
        if (Type.GetType("Microsoft.Extensions.Hosting.HostOptions, Microsoft.Extensions.Hosting", throwOnError: false) is not { } type) return false;
        var options = resolver.GetService(typeof(IOptions<>).MakeGenericType(type)) as IOptions<object>;
        return options is not null && type.GetProperty("ServicesStopConcurrently")?.GetValue(options.Value) is true;
    }

    /// <summary>The host stops the service that was registered last first. ASP.NET Core's own service is not public.</summary>
    private static bool StopsBeforeWebServer(List<IHostedService> services)
    {
        var webServer = services.FindIndex(service => service.GetType().Name == "GenericWebHostService");
        return webServer >= 0 && services.FindIndex(service => service is AkkaHostedService) > webServer;
    }

    /// <summary>The application's own services that outlive the actor system.</summary>
    private static List<string> StoppedLater(List<IHostedService> services) =>
    [
        .. services.TakeWhile(service => service is not AkkaHostedService)
            .Select(service => service.GetType())
            .Where(type => !Array.Exists(WithoutCommands, name => type.Assembly.GetName().Name!.StartsWith(name, StringComparison.Ordinal)))
            .Where(type => type.Assembly != typeof(ShutdownOrder).Assembly)
            .Select(type => type.Name),
    ];
}
