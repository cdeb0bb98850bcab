#nullable disable
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;

namespace Akka.Event;

/// <summary>Starts and stops the loggers and keeps them subscribed to the levels that are in force.</summary>
public class LoggingBus : TypedEventBus
{
    private static readonly LogLevel[] Levels = Enum.GetValues<LogLevel>();

    private readonly StandardOutLogger _stdout = new();
    private readonly List<IActorRef> _loggers = [];
    private LogLevel _logLevel = Event.Logging.Off;

    public LogLevel LogLevel => _logLevel;

    public void SetLogLevel(LogLevel logLevel)
    {
        _logLevel = logLevel;
        foreach (var logger in _loggers)
        {
            SubscribeAt(logger, logLevel);
        }
    }

    public void StartStdoutLogger(Settings config)
    {
        _logLevel = Event.Logging.LogLevelFor(config.StdoutLogLevel);
        SubscribeAt(_stdout, _logLevel);
    }

    internal void StartLoggers(ActorSystemImpl system)
    {
        var settings = system.Settings;
        var level = Event.Logging.LogLevelFor(settings.LogLevel);
        var keepsStdout = false;
        foreach (var name in settings.Loggers)
        {
            var type = Type.GetType(name)
                ?? throw new ConfigurationException($"Logger specified in config cannot be found: \"{name}\"");
            if (type == typeof(StandardOutLogger))
            {
                keepsStdout = true;
                continue;
            }

            _loggers.Add(StartLogger(system, type, level));
        }

        _logLevel = level;
        if (keepsStdout)
        {
            SubscribeAt(_stdout, level);
        }
        else
        {
            Unsubscribe(_stdout);
        }
    }

    /// <summary>The loggers are about to stop; what is still to be said goes to the standard output.</summary>
    internal void StopLoggers(ActorSystemImpl system)
    {
        SubscribeAt(_stdout, Event.Logging.LogLevelFor(system.Settings.StdoutLogLevel));
        foreach (var logger in _loggers)
        {
            Unsubscribe(logger);
        }
    }

    private IActorRef StartLogger(ActorSystemImpl system, Type type, LogLevel level)
    {
        var logger = system.SystemActorOf(Props.Create(type), $"log{ActorSystemImpl.NewUid()}-{type.Name}");
        try
        {
            var answer = logger.Ask(new InitializeLogger(this), system.Settings.LoggerStartTimeout);
            answer.Wait();
            if (answer.Result is not LoggerInitialized)
            {
                throw new LoggerInitializationException(
                    $"Logger {type} did not respond with LoggerInitialized, sent instead [{answer.Result}]");
            }
        }
        catch (AggregateException e)
        {
            throw new LoggerInitializationException($"Logger [{type}] could not be started", e.InnerException);
        }

        SubscribeAt(logger, level);
        return logger;
    }

    private void SubscribeAt(IActorRef logger, LogLevel level)
    {
        foreach (var each in Levels)
        {
            if (each >= level)
            {
                Subscribe(logger, each.ClassFor());
            }
            else
            {
                Unsubscribe(logger, each.ClassFor());
            }
        }
    }
}
