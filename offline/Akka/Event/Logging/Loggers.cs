#nullable disable
using Akka.Actor;
using Akka.Dispatch;

namespace Akka.Event;

public interface ILoggerMessageQueueSemantics : ISemantics
{
}

/// <summary>A logger that is no actor, and so is there before and after all actors.</summary>
public abstract class MinimalLogger : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "StandardOutLogger";

    public override IActorRefProvider Provider => throw new NotSupportedException("A minimal logger has no provider.");

    protected abstract void Log(object message);

    protected override void TellInternal(object message, IActorRef sender) => Log(message ?? throw new ArgumentNullException(nameof(message)));
}

public class StandardOutLogger : MinimalLogger
{
    protected override void Log(object message) => Print(message);

    /// <summary>A format that does not fit its arguments is reported and takes nobody down with it.</summary>
    internal static void Print(object message)
    {
        try
        {
            Console.WriteLine(message);
        }
        catch (FormatException e)
        {
            var format = ((message as LogEvent)?.Message as LogMessage)?.Format;
            Console.WriteLine($"[ERROR][{nameof(StandardOutLogger)}] {e.Message} The log call has the format [{format}].");
        }
    }
}

/// <summary>The logger of a system that configures no other; it writes to the standard output.</summary>
public class DefaultLogger : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Print(logEvent);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Print(LogEvent logEvent) => StandardOutLogger.Print(logEvent);
}
