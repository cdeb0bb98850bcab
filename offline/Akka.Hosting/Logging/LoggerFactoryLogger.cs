using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using EventLevel = Akka.Event.LogLevel;
using HostLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Akka.Hosting.Logging;

/// <summary>Passes log events on to Microsoft.Extensions.Logging, all under the category of the actor system.</summary>
public class LoggerFactoryLogger : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly ILogger _logger;

    public LoggerFactoryLogger()
    {
        var setup = Context.System.Settings.Setup.Get<LoggerFactorySetup>();
        if (!setup.HasValue)
            throw new ConfigurationException("There is no ILoggerFactory: add logging to the host, or pass one to AddLoggerFactory.");

        _logger = setup.Value.LoggerFactory.CreateLogger<ActorSystem>();
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;

            case LogEvent log:
                Log(log, Self.Path);
                return true;

            default:
                return false;
        }
    }

    protected virtual void Log(LogEvent log, ActorPath path) =>
        _logger.Log(LevelOf(log.LogLevel()), default, log, log.Cause, (state, _) => state.ToString());

    private static HostLevel LevelOf(EventLevel level) => level switch
    {
        EventLevel.DebugLevel => HostLevel.Debug,
        EventLevel.InfoLevel => HostLevel.Information,
        EventLevel.WarningLevel => HostLevel.Warning,
        EventLevel.ErrorLevel => HostLevel.Error,
        _ => HostLevel.Error,
    };
}
