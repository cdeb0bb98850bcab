using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Hosting;

/// <summary>What logs, and from which level on. It starts with Akka's default logger at <see cref="LogLevel.InfoLevel"/>.</summary>
public sealed class LoggerConfigBuilder
{
    private readonly List<Type> _loggers = [typeof(DefaultLogger)];

    internal LoggerConfigBuilder(AkkaConfigurationBuilder builder)
    {
        Builder = builder;
    }

    public LogLevel LogLevel { get; set; } = LogLevel.InfoLevel;

    public bool LogConfigOnStart { get; set; }

    internal AkkaConfigurationBuilder Builder { get; }

    public LoggerConfigBuilder ClearLoggers()
    {
        _loggers.Clear();
        return this;
    }

    public LoggerConfigBuilder AddLogger<T>()
        where T : IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        if (!_loggers.Contains(typeof(T)))
            _loggers.Add(typeof(T));

        return this;
    }

    internal Config ToConfig()
    {
        var level = LogLevel.ToString().Replace("Level", "", StringComparison.Ordinal);
        var loggers = string.Join(", ", _loggers.Select(type => $"\"{type.AssemblyQualifiedName}\""));
        return ConfigurationFactory.ParseString(
            $$"""
            akka {
                loglevel = {{level}}
                log-config-on-start = {{(LogConfigOnStart ? "on" : "off")}}
                loggers = [{{loggers}}]
            }
            """);
    }
}
