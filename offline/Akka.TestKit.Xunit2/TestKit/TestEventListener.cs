#nullable disable // as Akka.TestKit
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;
using Akka.TestKit.TestEvent;

namespace Akka.TestKit;

/// <summary>
/// The logger of a test: prints what no filter takes for itself. It also makes a log event of every dead letter and every
/// unhandled message, so that filters see those whether they are logged or not.
/// </summary>
public class TestEventListener : DefaultLogger
{
    private readonly List<EventFilterBase> _filters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Context.System.EventStream.Subscribe(Self, typeof(Mute));
                Context.System.EventStream.Subscribe(Self, typeof(Unmute));
                Context.System.EventStream.Subscribe(Self, typeof(EverythingBeforeIsCounted));
                Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
                Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));
                return base.Receive(message);

            case Mute mute:
                _filters.AddRange(mute.Filters);
                return true;

            case Unmute unmute:
                foreach (var filter in unmute.Filters)
                    _filters.Remove(filter);

                return true;

            case EverythingBeforeIsCounted mark:
                mark.Done.TrySetResult();
                return true;

            case LogEvent logEvent:
                return IsTaken(logEvent) || base.Receive(message);

            case DeadLetter letter:
                Handle(new Warning(letter.Recipient.Path.ToString(), letter.Recipient.GetType(), letter));
                return true;

            case UnhandledMessage unhandled:
                Handle(new Warning(
                    unhandled.Recipient.Path.ToString(),
                    unhandled.Recipient.GetType(),
                    $"Unhandled message from {unhandled.Sender}: {unhandled.Message}"));
                return true;

            default:
                return base.Receive(message);
        }
    }

    /// <summary>What the system may have logged already is offered to the filters, but not printed a second time.</summary>
    private void Handle(Warning warning) => IsTaken(warning);

    // Every filter that matches counts, not just the first.
    private bool IsTaken(LogEvent logEvent) => _filters.ToArray().Count(filter => filter.Apply(logEvent)) > 0;
}
